import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { withConnection } from './connections.ts';
import type { Side } from './driver-errors.ts';
import type { Progress, Work } from './work.ts';

/** Often enough for a heartbeat timeout of a minute. */
const LOOK_EVERY_MS = 5000;

/**
 * Runs one statement that may take minutes and says nothing meanwhile. A second connection looks whether the server is
 * still at it, and only then progress is reported: a timer alone would prove nothing but that this process lives.
 * @param place where `client` is connected to
 */
export async function longQuery<T>(
  client: pg.Client,
  place: { readonly url: string; readonly side: Side },
  work: Work,
  progress: Progress,
  run: () => Promise<T>,
): Promise<T> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const stop = new AbortController();
  const watching = watch(place, rows[0]?.pid ?? 0, work, progress, stop.signal);
  try {
    return await run();
  } finally {
    stop.abort();
    await watching;
  }
}

async function watch(
  place: { readonly url: string; readonly side: Side },
  pid: number,
  work: Work,
  progress: Progress,
  stop: AbortSignal,
): Promise<void> {
  try {
    await wait(LOOK_EVERY_MS, undefined, { signal: stop });
    await withConnection(place.url, place.side, stop, async (client) => {
      for (;;) {
        const { rowCount } = await client.query(
          "select from pg_stat_activity where pid = $1 and state = 'active'",
          [pid],
        );
        if (rowCount === 1) work.progress(progress);
        await wait(LOOK_EVERY_MS, undefined, { signal: stop });
      }
    });
  } catch {
    // Stopped, or the server cannot be asked: then nothing is reported, and the statement itself says what is wrong.
  }
}
