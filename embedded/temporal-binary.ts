import { spawn } from 'node:child_process';
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { SlipwayError } from '../domain/errors.ts';
import type { EmbeddedConfig } from './config.ts';
import { type Progress, withHeartbeat } from './progress.ts';

/** The release that is downloaded or built: later ones have a `replace` in go.mod, which `go install` refuses. */
export const TEMPORAL_CLI_VERSION = '1.5.1';
const GO_PACKAGE = `github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_CLI_VERSION}`;
const PROGRAM = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

/** The Temporal program and how it was come by, in a few words. */
export interface TemporalBinary {
  readonly path: string;
  readonly way: string;
}

/**
 * Finds the Temporal program, or gets it: `SLIPWAY_TEMPORAL_CLI`, the PATH, the per-user cache, the Temporal SDK's
 * own download, a build with Go. The last two fill the cache.
 * @param signal ends a build that is under way
 * @throws SlipwayError `temporal/not-found`, whose message says what was tried and lists every way
 */
export async function obtainTemporalBinary(
  config: EmbeddedConfig,
  progress: Progress,
  signal?: AbortSignal,
): Promise<TemporalBinary> {
  const present = findTemporalBinary(config);
  if (present !== undefined) return present;
  const tried: string[] = [];
  for (const [way, get] of [
    ['downloaded by the Temporal SDK', download],
    ['built with Go', build],
  ] as const) {
    try {
      const path = await intoCache(config, (folder) => get({ config, folder, progress, signal }));
      return { path, way };
    } catch (error) {
      signal?.throwIfAborted();
      tried.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new SlipwayError(
    'temporal/not-found',
    `no Temporal server: ${tried.join('; ')}. ${temporalWays(config)}`,
  );
}

/**
 * The Temporal program where it is here already, without getting one.
 * @throws SlipwayError `temporal/not-found` when `SLIPWAY_TEMPORAL_CLI` names something that cannot be run
 */
export function findTemporalBinary(config: EmbeddedConfig): TemporalBinary | undefined {
  if (config.temporalCli !== undefined) {
    if (isProgram(config.temporalCli))
      return { path: config.temporalCli, way: 'SLIPWAY_TEMPORAL_CLI' };
    throw new SlipwayError(
      'temporal/not-found',
      `SLIPWAY_TEMPORAL_CLI is ${config.temporalCli}, which is not a program`,
    );
  }
  const onPath = findOnPath(config, PROGRAM);
  if (onPath !== undefined) return { path: onPath, way: 'on the PATH' };
  const cached = join(cacheFolder(config), PROGRAM);
  return isProgram(cached) ? { path: cached, way: 'in the cache' } : undefined;
}

/** The full path of a program on the PATH. */
export function findOnPath(config: EmbeddedConfig, program: string): string | undefined {
  return config.path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, program))
    .find((path) => isProgram(path));
}

/** Every way to get a Temporal server, for people. */
export function temporalWays(config: EmbeddedConfig): string {
  return [
    'Ways to get one: set TEMPORAL_ADDRESS to a cluster you have',
    'put the Temporal CLI on the PATH or name it in SLIPWAY_TEMPORAL_CLI',
    `copy it to ${join(cacheFolder(config), PROGRAM)}`,
    'let this machine reach temporal.download',
    'or install Go and let it reach a Go module proxy, and it is built',
  ].join('; ');
}

function cacheFolder(config: EmbeddedConfig): string {
  return join(config.cacheFolder, `temporal-cli-${TEMPORAL_CLI_VERSION}`);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

interface Getting {
  readonly config: EmbeddedConfig;
  /** Where to put the program. */
  readonly folder: string;
  readonly progress: Progress;
  readonly signal: AbortSignal | undefined;
}

/** The program appears in the cache complete, by a rename: two starts at once each bring their own, and either serves. */
async function intoCache(
  config: EmbeddedConfig,
  get: (folder: string) => Promise<string>,
): Promise<string> {
  const folder = cacheFolder(config);
  mkdirSync(folder, { recursive: true });
  const draft = mkdtempSync(join(folder, 'getting-'));
  try {
    const path = join(folder, PROGRAM);
    renameSync(await get(draft), path);
    return path;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function download({ folder, progress }: Getting): Promise<string> {
  await withHeartbeat(progress, 'Downloading the Temporal server (once)', async () => {
    try {
      const { TestWorkflowEnvironment } = await import('@temporalio/testing');
      const executable = {
        type: 'cached-download',
        downloadDir: folder,
        version: `v${TEMPORAL_CLI_VERSION}`,
      } as const;
      const environment = await TestWorkflowEnvironment.createLocal({ server: { executable } });
      await environment.teardown();
    } catch (cause) {
      throw new Error('the download by the Temporal SDK failed', { cause });
    }
  });
  const file = readdirSync(folder).find((name) => name.startsWith('temporal'));
  if (file === undefined) throw new Error('the download by the Temporal SDK left no program');
  return join(folder, file);
}

async function build(getting: Getting): Promise<string> {
  const { config, folder, progress } = getting;
  const go = findOnPath(config, process.platform === 'win32' ? 'go.exe' : 'go');
  if (go === undefined) throw new Error('Go is not on the PATH');
  const what = 'Building the Temporal server with Go (once, 2 to 3 minutes on 2 cores)';
  await withHeartbeat(progress, what, () => runGo(getting, go));
  return join(folder, PROGRAM);
}

async function runGo({ config, folder, signal }: Getting, go: string): Promise<void> {
  const child = spawn(go, ['install', '-trimpath', '-ldflags', '-s -w', GO_PACKAGE], {
    env: { ...config.environment, GOBIN: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-2000);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return;
  const reason = output.split('\n').findLast((line) => line.trim() !== '');
  throw new Error(`the build with Go failed (${reason?.trim() ?? `exit code ${code}`})`);
}
