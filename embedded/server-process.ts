import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A server program running beside us, with its output in a log file. */
export interface ServerProcess {
  readonly pid: number;
  /** Settles when the process has ended, whoever ended it; in words for people, as `killed by SIGKILL`. */
  readonly exited: Promise<string>;
  /** True as soon as the process has ended. */
  hasExited(): boolean;
  /** What it wrote to its log since this start, at most the last 4,000 characters. */
  output(): string;
  /** Asks it to stop, and kills it when it takes too long. Resolves when it has ended. */
  stop(): Promise<void>;
  /** Kills it without asking. */
  kill(): void;
}

export interface StopOptions {
  readonly stopSignal: NodeJS.Signals;
  /** How long it may take to stop before it is killed. */
  readonly stopGraceMs: number;
}

export interface ServerProcessOptions extends StopOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly logFile: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Starts a server in a process group of its own: a Ctrl-C in the terminal goes to the whole foreground group, and
 * servers that heard it by themselves would stop before those that still need them.
 */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const log = openLog(options.logFile);
  try {
    const child = spawn(options.command, options.args, {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
    });
    await once(child, 'spawn');
    return serverProcessOf(child, log.since, options);
  } finally {
    closeSync(log.fd);
  }
}

/** Opens a log for appending; `since` reads what was written to it from now on (the last 4,000 characters). */
export function openLog(file: string): { fd: number; since: () => string } {
  mkdirSync(dirname(file), { recursive: true });
  const fd = openSync(file, 'a');
  const start = fstatSync(fd).size;
  const since = (): string => readFileSync(file).subarray(start).toString('utf8').slice(-4000);
  return { fd, since };
}

/** The handle of a child process that has been spawned. */
export function serverProcessOf(
  child: ChildProcess,
  output: () => string,
  { stopSignal, stopGraceMs }: StopOptions,
): ServerProcess {
  if (child.pid === undefined) throw new Error('the process was not spawned');
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(signal === null ? `ended with exit code ${code}` : `killed by ${signal}`);
    });
  });
  const hasExited = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    pid: child.pid,
    exited,
    hasExited,
    output,
    async stop() {
      if (hasExited()) return;
      child.kill(stopSignal);
      const hardStop = setTimeout(() => child.kill('SIGKILL'), stopGraceMs);
      await exited;
      clearTimeout(hardStop);
    },
    kill() {
      child.kill('SIGKILL');
    },
  };
}
