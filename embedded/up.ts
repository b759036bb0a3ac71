import { createServer } from 'node:net';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { SlipwayError } from '../domain/errors.ts';
import { cleanHome, removeDrafts } from './clean-home.ts';
import type { EmbeddedConfig } from './config.ts';
import { type Home, openHome } from './home.ts';
import { lockHome } from './home-lock.ts';
import { isRunning, type ProcessIdentity } from './process-table.ts';
import type { Programs } from './programs.ts';
import { type Progress, withHeartbeat } from './progress.ts';
import { readServices, removeServices, type Services } from './services.ts';
import { startHome } from './start-home.ts';

export interface UpOptions {
  readonly home: Home;
  readonly config: EmbeddedConfig;
  readonly programs: Programs;
  /** Port of API and dashboard; left out, the last one or a free one. */
  readonly apiPort?: number | undefined;
  readonly say: Progress;
  /** Stops the home. */
  readonly signal: AbortSignal;
}

/**
 * Runs a home until `signal` is aborted, or until `whileRunning` has resolved. Cleans up first what a killed start
 * left. A home that another process runs already is left to that process: `whileRunning` is called all the same.
 * @param whileRunning called once everything is ready; `elsewhere` says that another process runs it
 * @throws SlipwayError when the home cannot be used or a service does not start; nothing of it runs then
 */
export async function runHome(
  options: UpOptions,
  whileRunning: (services: Services, elsewhere: boolean) => Promise<void>,
): Promise<void> {
  try {
    await runOrJoin(options, whileRunning);
  } catch (error) {
    // Asked to stop while starting: that is not a failure.
    if (!options.signal.aborted || error !== options.signal.reason) throw error;
  }
}

async function runOrJoin(
  options: UpOptions,
  whileRunning: (services: Services, elsewhere: boolean) => Promise<void>,
): Promise<void> {
  const { home, say, signal } = options;
  openHome(home);
  const lock = lockHome(home);
  if (typeof lock !== 'function') {
    const services = await servicesOf(home, lock, options);
    if (services !== undefined) return whileRunning(services, true);
    return runOrJoin(options, whileRunning); // that process has ended meanwhile
  }
  try {
    await requireFreePort(options.apiPort);
    await cleanHome(home, say);
    signal.throwIfAborted();
    const running = await startHome(options);
    // Once more: what a killed start had under way may have gone on for a moment after it was cleared away.
    removeDrafts(home);
    try {
      await whileRunning(running.services(), false);
    } finally {
      removeServices(home);
      await running.stop();
    }
  } finally {
    lock();
  }
}

/** What runs in a home that another process has. Waits while that one is starting; undefined when it has ended. */
async function servicesOf(
  home: Home,
  holder: ProcessIdentity,
  { say, signal }: UpOptions,
): Promise<Services | undefined> {
  const what = `Waiting for process ${holder.pid}, which starts or stops this home`;
  return withHeartbeat(say, what, async () => {
    while (isRunning(holder)) {
      const services = readServices(home);
      // A killed start leaves its record behind, until the next one has cleaned up.
      if (services?.pids['supervisor'] === holder.pid) return services;
      await delay(50);
      signal.throwIfAborted();
    }
    return undefined;
  });
}

async function requireFreePort(port: number | undefined): Promise<void> {
  if (port === undefined) return;
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (cause) {
    const why =
      cause instanceof Error && 'code' in cause && cause.code === 'EACCES'
        ? 'not allowed'
        : 'taken by another program';
    throw new SlipwayError('home/port-in-use', `port ${port} is ${why}`, { cause });
  }
  server.close();
  await once(server, 'close');
}
