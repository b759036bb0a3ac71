import type { Json } from '../domain/json.ts';
import type { Queryable } from './database.ts';

/** A profile of a source that a run of discovery left behind. */
export interface ProfileRun {
  readonly source: string;
  readonly hash: string;
  readonly at: string;
}

const STEP = 'discovery/profile/';

/** The profiles of an onboarding's sources in the order in which they were made, those of earlier runs included. */
export async function listProfileRuns(
  database: Queryable,
  onboarding: string,
): Promise<ProfileRun[]> {
  const { rows } = await database.query<{ source: string; hash: string; at: Date }>(
    `select substr(e.step, ${STEP.length + 1}) as source, d ->> 'hash' as hash, e.at
     from event e cross join lateral jsonb_array_elements(e.body -> 'evidence') d
     where e.onboarding = $1 and e.type = 'step.succeeded' and starts_with(e.step, '${STEP}')
       and d ->> 'kind' = 'profile'
     order by e.position`,
    [onboarding],
  );
  return rows.map(({ source, hash, at }) => ({ source, hash, at: at.toISOString() }));
}

/** The newest profile of a source, whichever run of the step made it; undefined before the first. */
export async function latestProfile(
  database: Queryable,
  onboarding: string,
  source: string,
): Promise<{ hash: string; content: Json } | undefined> {
  const runs = await listProfileRuns(database, onboarding);
  const newest = runs.findLast((run) => run.source === source);
  if (newest === undefined) return undefined;
  const { rows } = await database.query<{ content: Json }>(
    'select content from evidence where onboarding = $1 and step = $2 and hash = $3',
    [onboarding, `${STEP}${source}`, newest.hash],
  );
  return rows[0] === undefined ? undefined : { hash: newest.hash, content: rows[0].content };
}
