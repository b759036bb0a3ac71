import { setTimeout as delay } from 'node:timers/promises';
import type { Progress } from './progress.ts';
import type { ServerProcess } from './server-process.ts';

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
/** A process that lived this long was well: the next restart is immediate again. */
const HEALTHY_MS = 60_000;

/** A process that is started again whenever it ends without having been asked to. */
export interface KeptProcess {
  /** The process as it is now; undefined between an unexpected end and the restart. */
  current(): ServerProcess | undefined;
  /** Stops it for good. */
  stop(): Promise<void>;
}

/**
 * Starts a process and keeps it running. Restarts wait 0.5 s, then twice as long each time, at most 30 s.
 * @param start starts it and resolves when it is ready; the rejection of the first start is passed on
 * @param onChange called whenever `current` has changed
 */
export async function keepRunning(
  name: string,
  start: () => Promise<ServerProcess>,
  say: Progress,
  onChange: () => void = () => undefined,
): Promise<KeptProcess> {
  const stopping = new AbortController();
  let current: ServerProcess | undefined = await start();

  const watch = async (): Promise<void> => {
    let pause = FIRST_DELAY_MS;
    let started = Date.now();
    while (current !== undefined) {
      const end = await current.exited;
      if (stopping.signal.aborted) return;
      current = undefined;
      onChange();
      if (Date.now() - started > HEALTHY_MS) pause = FIRST_DELAY_MS;
      say(`${name} ${end}; starting it again`);
      while (current === undefined && !stopping.signal.aborted) {
        await delay(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
        if (stopping.signal.aborted) return;
        pause = Math.min(pause * 2, LONGEST_DELAY_MS);
        started = Date.now();
        current = await start().catch((error: unknown) => {
          say(`${name} does not start: ${error instanceof Error ? error.message : String(error)}`);
          return undefined;
        });
      }
      if (stopping.signal.aborted) {
        await current?.stop(); // asked to stop while it was starting
        return;
      }
      say(`${name} runs again`);
      onChange();
    }
  };
  const watching = watch();

  return {
    current: () => current,
    async stop() {
      stopping.abort();
      await current?.stop();
      await watching;
    },
  };
}
