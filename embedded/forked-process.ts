import { fork } from 'node:child_process';
import { closeSync } from 'node:fs';
import { SlipwayError } from '../domain/errors.ts';
import { openLog, type ServerProcess, serverProcessOf } from './server-process.ts';

const READY_TIMEOUT_MS = 120_000;

export interface ForkedProcessOptions {
  /** For people, as in `the worker`. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** How long it may drain before it is killed. */
  readonly stopGraceMs: number;
}

/** A Node program of ours in a process of its own that has said it is ready. */
export interface ForkedProcess {
  readonly process: ServerProcess;
  /** Where it answers, if it serves HTTP. */
  readonly url: string | undefined;
}

/**
 * Starts a Node program of ours and waits until it sends `{ ready: true, url? }`. It is in a process group of its own
 * (see `startServerProcess`), and it stops by itself when this process is gone, because the channel closes.
 * @throws SlipwayError `service/failed` when it ends before it is ready, or is not ready after two minutes
 */
export async function startForkedProcess(options: ForkedProcessOptions): Promise<ForkedProcess> {
  const log = openLog(options.logFile);
  const child = fork(options.program, options.args, {
    detached: true,
    env: options.env,
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
  });
  closeSync(log.fd);
  const handle = serverProcessOf(child, log.since, {
    stopSignal: 'SIGTERM',
    stopGraceMs: options.stopGraceMs,
  });
  let timer: NodeJS.Timeout | undefined;
  const ready = new Promise<{ url: string | undefined }>((resolve) => {
    child.on('message', (message) => {
      if (isReadyMessage(message)) resolve({ url: message.url });
    });
  });
  const tooLate = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('is not ready after two minutes'), READY_TIMEOUT_MS);
  });
  const outcome = await Promise.race([ready, handle.exited, tooLate]);
  clearTimeout(timer);
  if (typeof outcome !== 'string') return { process: handle, url: outcome.url };
  handle.kill();
  throw new SlipwayError(
    'service/failed',
    `${options.name} did not start: ${reasonIn(log.since()) ?? outcome} (log: ${options.logFile})`,
  );
}

/** The line that says why: Node writes a stack and its own version below the error. */
function reasonIn(output: string): string | undefined {
  const lines = output.split('\n').map((line) => line.trim());
  return lines.findLast((line) => /^(\w*Error)\b.*: /.test(line)) ?? lines.findLast(Boolean);
}

function isReadyMessage(message: unknown): message is { ready: true; url?: string } {
  return (
    typeof message === 'object' && message !== null && 'ready' in message && message.ready === true
  );
}
