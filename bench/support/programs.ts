import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';

/** What a program says its version is; undefined when it is not installed. */
export function versionOf(program: string): string | undefined {
  try {
    const output = execFileSync(program, ['--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return output.split('\n')[0]?.trim();
  } catch {
    return undefined;
  }
}

/**
 * Runs a line of shell, so that a pipe between two programs is the kernel's and costs us nothing.
 * @param values `$1`, `$2` ... of the line
 * @throws when any program of the line fails, with the end of what it printed
 */
export async function runShell(line: string, values: readonly string[]): Promise<void> {
  const child = spawn('bash', ['-c', `set -o pipefail; ${line}`, 'bench', ...values], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString('utf8')).slice(-2000);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${line} ended with ${code}: ${output}`);
}
