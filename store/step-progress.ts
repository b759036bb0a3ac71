import type { Queryable } from './database.ts';

/** Says how far a running step is and wakes those who watch. Overwrites what was said before. */
export async function saveStepProgress(
  database: Queryable,
  onboarding: string,
  key: string,
  progress: { unit: string; done: number; total: number | undefined; startedAt: Date },
): Promise<void> {
  await database.query(
    `with saved as (
       insert into step_progress (onboarding, key, unit, done, total, started_at, at)
       values ($1, $2, $3, $4, $5, $6, now())
       on conflict (onboarding, key) do update set unit = excluded.unit, done = excluded.done, total = excluded.total,
         started_at = excluded.started_at, at = excluded.at
       returning 1
     )
     select pg_notify('slipway_progress', $1) from saved`,
    [onboarding, key, progress.unit, progress.done, progress.total ?? null, progress.startedAt],
  );
}
