import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SlipwayError } from '../domain/errors.ts';
import type { EmbeddedConfig } from './config.ts';
import { type Home, inspectHome, SPACE_FOR_NEW } from './home.ts';
import { lockHolder } from './home-lock.ts';
import { findOrphans } from './orphans.ts';
import { freePort } from './ports.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { readServices } from './services.ts';
import { findOnPath, findTemporalBinary, temporalWays } from './temporal-binary.ts';

/** One thing that Slipway needs or likes to have on this machine. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  /** Without it `slipway up` does not work. */
  readonly needed: boolean;
  /** What was found. */
  readonly found: string;
  /** How to get it; only where it is missing. */
  readonly advice?: string;
}

const OLDEST_NODE = [20, 19] as const;

/** Looks at everything Slipway needs on this machine, and at one home. Changes nothing. */
export async function examine(home: Home, config: EmbeddedConfig): Promise<Finding[]> {
  return [
    node(),
    dependencies(),
    await postgres(),
    await temporal(config),
    go(config),
    chromium(config),
    disk(home),
    await ports(),
    state(home),
  ];
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const advice = `install Node ${OLDEST_NODE.join('.')} or newer, from nodejs.org or as the npm package "node"`;
  return { name: 'node', needed: true, found: process.versions.node, ...outcome(ok, advice) };
}

function dependencies(): Finding {
  const root = packageRoot();
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const names = Object.keys(manifest.dependencies);
  const folders = createRequire(join(root, 'package.json')).resolve.paths('any') ?? [];
  const missing = names.filter((name) => !folders.some((folder) => existsSync(join(folder, name))));
  const found = missing.length === 0 ? `${names.length} packages` : `without ${missing.join(', ')}`;
  return {
    name: 'dependencies',
    needed: true,
    found,
    ...outcome(missing.length === 0, 'run npm ci'),
  };
}

async function postgres(): Promise<Finding> {
  const base = { name: 'postgres', needed: true };
  try {
    const { postgres: program } = await findPostgresBinaries();
    const found = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim();
    return { ...base, ok: true, found };
  } catch (error) {
    return { ...base, ok: false, found: messageOf(error), advice: adviceOf(error) ?? 'run npm ci' };
  }
}

async function temporal(config: EmbeddedConfig): Promise<Finding> {
  const base = { name: 'temporal', needed: true };
  if (config.temporalAddress !== undefined) {
    return {
      ...base,
      ok: true,
      found: `the cluster at ${config.temporalAddress} (TEMPORAL_ADDRESS)`,
    };
  }
  try {
    const binary = findTemporalBinary(config);
    if (binary !== undefined) return { ...base, ok: true, found: `${binary.path} (${binary.way})` };
  } catch (error) {
    return { ...base, ok: false, found: messageOf(error), advice: temporalWays(config) };
  }
  if (await canDownload())
    return { ...base, ok: true, found: 'will be downloaded at the first start' };
  if (findOnPath(config, 'go') !== undefined) {
    return {
      ...base,
      ok: true,
      found: 'will be built with Go at the first start, if Go reaches its module proxy',
    };
  }
  return { ...base, ok: false, found: 'none', advice: temporalWays(config) };
}

async function canDownload(): Promise<boolean> {
  try {
    await fetch('https://temporal.download', { method: 'HEAD', signal: AbortSignal.timeout(3000) });
    return true;
  } catch {
    return false;
  }
}

function go(config: EmbeddedConfig): Finding {
  const program = findOnPath(config, 'go');
  const advice = 'only to build the Temporal server where it cannot be had otherwise: go.dev/dl';
  return {
    name: 'go',
    needed: false,
    found: program ?? 'none',
    ...outcome(program !== undefined, advice),
  };
}

function chromium(config: EmbeddedConfig): Finding {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
  const program = names.map((name) => findOnPath(config, name)).find((path) => path !== undefined);
  const advice = 'only for the browser tests: apt-get install chromium';
  return {
    name: 'chromium',
    needed: false,
    found: program ?? 'none',
    ...outcome(program !== undefined, advice),
  };
}

function disk(home: Home): Finding {
  let folder = home.folder;
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const mebibytes = (bytes: number): number => Math.floor(bytes / 1024 / 1024);
  const ok = bavail * bsize >= SPACE_FOR_NEW;
  const advice = `free at least ${mebibytes(SPACE_FOR_NEW)} MiB, or choose another --home`;
  const found = `${mebibytes(bavail * bsize)} MiB free for ${home.folder}`;
  return { name: 'disk', needed: true, found, ...outcome(ok, advice) };
}

async function ports(): Promise<Finding> {
  const base = { name: 'ports', needed: true };
  try {
    await freePort();
    return { ...base, ok: true, found: 'free ones on 127.0.0.1' };
  } catch (error) {
    return {
      ...base,
      ok: false,
      found: messageOf(error),
      advice: 'let programs listen on 127.0.0.1',
    };
  }
}

function state(home: Home): Finding {
  const base = { name: 'home', needed: true };
  try {
    const known = inspectHome(home) === 'ready';
    const holder = lockHolder(home);
    if (holder !== undefined) {
      const url = readServices(home)?.apiUrl ?? 'still starting';
      return {
        ...base,
        ok: true,
        found: `${home.folder}: running as process ${holder.pid}, ${url}`,
      };
    }
    const orphans = findOrphans(home).map(({ service, process }) => `${service} ${process.pid}`);
    const left =
      orphans.length === 0 ? '' : `; left over: ${orphans.join(', ')} (the next start stops them)`;
    return {
      ...base,
      ok: true,
      found: `${home.folder}: ${known ? 'not running' : 'not made yet'}${left}`,
    };
  } catch (error) {
    return {
      ...base,
      ok: false,
      found: messageOf(error),
      advice: adviceOf(error) ?? 'choose another --home',
    };
  }
}

function outcome(ok: boolean, advice: string): { ok: boolean; advice?: string } {
  return ok ? { ok } : { ok, advice };
}

function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function adviceOf(error: unknown): string | undefined {
  return error instanceof SlipwayError ? error.entry.advice : undefined;
}
