import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How a run of the command line ended. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const PROGRAM = fileURLToPath(new URL('../../../client/cli/main.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

/** Runs the command line as people do: a process of its own, without a terminal. */
export async function runCli(
  args: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: Record<string, string> },
): Promise<CliResult> {
  const child = spawn(process.execPath, ['--import', TSX, PROGRAM, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, stdout, stderr };
}

/** A state folder as `slipway up` leaves it: where the API is, and tokens. */
export async function makeHome(
  apiUrl: string,
  tokens: Record<string, string>,
): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-cli-'));
  const home = join(folder, '.slipway');
  await mkdir(join(home, 'run'), { recursive: true });
  await mkdir(join(home, 'secrets'));
  await writeFile(join(home, 'run', 'services.json'), JSON.stringify({ apiUrl }));
  for (const [person, token] of Object.entries(tokens))
    await writeFile(join(home, 'secrets', `${person}.token`), `${token}\n`);
  return { folder, remove: () => rm(folder, { recursive: true }) };
}
