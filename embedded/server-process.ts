import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A server program running beside us, with its output in a log file. */
export interface ServerProcess {
  readonly pid: number;
  /** Settles when the process has ended, whoever ended it. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** True as soon as the process has ended. */
  hasExited(): boolean;
  /** What it wrote to its log since this start, at most the last 4,000 characters. */
  output(): string;
  /** Sends `signal`, then SIGKILL when it has not ended after `graceMs`. Resolves when it has ended. */
  stop(signal: NodeJS.Signals, graceMs: number): Promise<void>;
}

export interface ServerProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly logFile: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Starts a server in a process group of its own: a Ctrl-C in the terminal goes to the whole foreground group, and
 * servers that heard it by themselves would stop before those that still need them.
 */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a');
  const logStart = readFileSync(options.logFile).length;
  let child: ChildProcess;
  try {
    child = spawn(options.command, options.args, {
      detached: true,
      stdio: ['ignore', log, log],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
    });
    await once(child, 'spawn');
  } finally {
    closeSync(log);
  }
  return handleOf(child, () =>
    readFileSync(options.logFile).subarray(logStart).toString('utf8').slice(-4000),
  );
}

function handleOf(child: ChildProcess, output: () => string): ServerProcess {
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const hasExited = (): boolean => child.exitCode !== null || child.signalCode !== null;
  if (child.pid === undefined) throw new Error('the process was spawned without a pid');
  return {
    pid: child.pid,
    exited,
    hasExited,
    output,
    async stop(signal, graceMs) {
      if (hasExited()) return;
      child.kill(signal);
      const hardStop = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(hardStop);
    },
  };
}
