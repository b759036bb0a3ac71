import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { homeAt } from '../../../embedded/home.ts';
import { stopHome } from '../../../embedded/down.ts';
import type { Services } from '../../../embedded/services.ts';

const MAIN = fileURLToPath(new URL('../../../embedded/main.ts', import.meta.url));
const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url));
const TSX = ['--import', 'tsx'];

/** What a command answered. */
export interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A new folder for a home, which does not exist yet. What runs in it is stopped and it goes away with the test. */
export function temporaryHome(): string {
  const parent = mkdtempSync(join(tmpdir(), 'slipway-home-'));
  const home = join(parent, 'home');
  onTestFinished(async () => {
    if (existsSync(home)) await stopHome(homeAt(home), () => undefined);
    rmSync(parent, { recursive: true, force: true });
  });
  return home;
}

/** Runs a command of embedded/main.ts to its end, with small programs in the place of worker and API. */
export async function slipway(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Answer> {
  const child = spawn(process.execPath, [...TSX, MAIN, ...withPrograms(args)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collect(child);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...output() };
}

/** The object that a command with `--json` answered. */
export function parsed(answer: Answer): Record<string, unknown> {
  return JSON.parse(answer.stdout) as Record<string, unknown>;
}

/** A supervisor in front, as in a terminal. It stops when the test's process is gone. */
export interface Supervisor {
  readonly child: ChildProcess;
  readonly services: Services;
  /** Its exit code and everything it wrote, once it has ended. */
  readonly answer: Promise<Answer>;
}

/** Runs `up` in front and waits until it has printed where it runs. */
export async function startSupervisor(home: string): Promise<Supervisor> {
  const child = forkUp(home);
  const output = collect(child);
  const answer = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    ...output(),
  }));
  const printed = new Promise<Services>((resolve) => {
    child.stdout?.on('data', () => {
      const { stdout } = output();
      if (!stdout.endsWith('\n')) return;
      const services = JSON.parse(stdout) as Partial<Services>;
      // A start that fails prints why in its place, and ends.
      if (services.pids !== undefined) resolve(services as Services);
    });
  });
  const failed = answer.then(({ stdout, stderr }) =>
    Promise.reject(new Error(`it ended: ${stdout}${stderr}`)),
  );
  failed.catch(() => undefined);
  return { child, services: await Promise.race([printed, failed]), answer };
}

/** Starts `up` in front without waiting for anything. */
export function forkUp(home: string): ChildProcess {
  return fork(MAIN, withPrograms(['up', '--json', '--home', home]), {
    execArgv: TSX,
    // A group of its own, so that a test can press Ctrl-C in it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

function withPrograms([command, ...args]: readonly string[]): string[] {
  const programs = ['--worker-program', CHILD, '--api-program', CHILD];
  return [
    ...(command === undefined ? [] : [command]),
    ...(command === 'up' ? programs : []),
    ...args,
  ];
}

function collect(child: ChildProcess): () => { stdout: string; stderr: string } {
  const text = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    text.stdout += chunk.toString('utf8');
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    text.stderr += chunk.toString('utf8');
  });
  return () => ({ ...text });
}
