import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import type { Limits } from '../domain/manifest.ts';
import type { Relation } from './relation.ts';
import type { Work } from './work.ts';

/** How often is looked whether a busy source, or a place at it, is free again. */
const LOOK_EVERY_MS = 500;

/** Slipway does not queue for a lock of the source for long: whoever comes after it would wait as well. */
const LOCK_SECONDS = 10;

/** A chunk is no larger than what may be read in so many seconds: a load rests between chunks. */
const SECONDS_A_CHUNK = 5;

/** A chunk that takes this long, at less than half the pace seen before, says that the source is busy. */
const SLOW_MS = 5000;
const LONGEST_REST_MS = 60_000;
const ROWS_THAT_TELL = 1000;

/** Rows per chunk, so that the rests between chunks keep a load to its rate. */
export function limitedChunkRows(chunkRows: number, { rowsPerSecond }: Limits): number {
  if (rowsPerSecond === undefined) return chunkRows;
  return Math.min(chunkRows, Math.max(100, rowsPerSecond * SECONDS_A_CHUNK));
}

/** How long a lane of a load rests after each chunk. */
export class LanePace {
  readonly #msPerRow: number;
  /** Rows a millisecond. */
  #best = 0;

  /** Each of the lanes has its share of the rate. */
  constructor({ rowsPerSecond, lanes }: Limits) {
    this.#msPerRow = rowsPerSecond === undefined ? 0 : (1000 * lanes) / rowsPerSecond;
  }

  /** @returns milliseconds to rest after a chunk of so many rows that took `ms` */
  restAfter(rows: number, ms: number): number {
    const untilRate = Math.max(0, rows * this.#msPerRow - ms);
    if (rows < ROWS_THAT_TELL) return untilRate;
    const pace = rows / Math.max(1, ms);
    const isBusy = ms >= SLOW_MS && pace < this.#best / 2;
    this.#best = Math.max(this.#best, pace);
    return Math.max(untilRate, isBusy ? Math.min(ms, LONGEST_REST_MS) : 0);
  }
}

/** Waits so many milliseconds, or until the work is stopped. */
export async function rest(ms: number, work: Work): Promise<void> {
  if (ms <= 0) return;
  await wait(ms, undefined, { signal: work.signal }).catch(() => work.signal.throwIfAborted());
}

/**
 * Takes one of the places at a source, which all workers share: a lock on the platform, held as long as the connection.
 * Waits while all are taken.
 */
export async function takePlace(
  target: pg.Client,
  relation: Relation,
  { lanes }: Limits,
  work: Work,
): Promise<void> {
  const { host, pathname } = new URL(relation.url);
  for (;;) {
    for (let place = 0; place < lanes; place += 1) {
      const { rows } = await target.query<{ taken: boolean }>(
        'select pg_try_advisory_lock(hashtext($1), $2) as taken',
        [`slipway source ${host}${pathname}`, place],
      );
      if (rows[0]?.taken === true) return;
    }
    work.progress({ done: 0, unit: 'rows' });
    await rest(LOOK_EVERY_MS, work);
  }
}

/** Ends statements on the source that take longer than they may, and those that would wait for a lock. */
export async function limitSession(source: pg.Client, { statementSeconds }: Limits): Promise<void> {
  await source.query(
    `set statement_timeout = '${statementSeconds}s'; set lock_timeout = '${LOCK_SECONDS}s'`,
  );
}

/** Waits while more sessions of others are at work on the source than `activeSessions`. */
export async function waitUntilQuiet(
  source: pg.Client,
  { activeSessions }: Limits,
  work: Work,
): Promise<void> {
  if (activeSessions === undefined) return;
  for (;;) {
    const { rows } = await source.query<{ active: number }>(
      `select count(*)::int as active from pg_stat_activity
       where datname = current_database() and state = 'active' and backend_type = 'client backend'
         and application_name <> 'slipway' and pid <> pg_backend_pid()`,
    );
    if ((rows[0]?.active ?? 0) <= activeSessions) return;
    work.progress({ done: 0, unit: 'rows' });
    await rest(LOOK_EVERY_MS, work);
  }
}
