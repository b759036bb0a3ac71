import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Verbs that the embedded runtime understands by itself. */
export const EMBEDDED_VERBS = ['up', 'down', 'doctor', 'demo'] as const;

/**
 * Hands a command line over to the embedded runtime, which has this terminal until it ends. It is a process of its own, so
 * that the client needs nothing of servers.
 * @returns its exit code
 */
export async function passThrough(args: readonly string[]): Promise<number> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const program = fileURLToPath(new URL(`../../embedded/main.${extension}`, import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, program, ...args], {
    stdio: 'inherit',
  });
  // Ctrl-C reaches it as well, from the terminal: it ends in its own time, and we with it.
  const stay = (): void => undefined;
  process.on('SIGINT', stay);
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, forward);
  return await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}
