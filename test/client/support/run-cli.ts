import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How a run of the command line ended. */
interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly cwd: string;
  readonly env?: Record<string, string>;
  /** Is told all that was printed so far. */
  readonly onOutput?: (stdout: string) => void;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The command line, compiled. */
export interface Cli {
  /** Runs it as people do: a process of its own, without a terminal. */
  run(args: readonly string[], options: RunOptions): Promise<CliResult>;
  remove(): Promise<void>;
}

/** Compiles the command line as it is now: it starts several times faster than from its sources. */
export async function compileCli(): Promise<Cli> {
  const cache = join(ROOT, 'node_modules', '.cache', 'slipway');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'test-cli-'));
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const compiled = await run(
    [tsc, '-p', join(ROOT, 'tsconfig.build.json'), '--noCheck', '--outDir', folder],
    { cwd: ROOT },
  );
  if (compiled.code !== 0) throw new Error(compiled.stdout);
  await copyFile(join(ROOT, 'package.json'), join(folder, 'package.json'));
  const program = join(folder, 'client', 'cli', 'main.js');
  return {
    run: (args, options) => run([program, ...args], options),
    remove: () => rm(folder, { recursive: true }),
  };
}

async function run(
  args: readonly string[],
  { cwd, env = {}, onOutput }: RunOptions,
): Promise<CliResult> {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
    onOutput?.(stdout);
  });
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
