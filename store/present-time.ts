import { timeToJudgeBy } from '../domain/present-time.ts';
import type { Queryable } from './database.ts';

/** The time to judge an onboarding by, ISO: the clock, but never before its latest event. */
export async function presentTime(database: Queryable, onboarding: string): Promise<string> {
  const { rows } = await database.query<{ at: Date | null }>(
    'select max(at) as at from event where onboarding = $1',
    [onboarding],
  );
  return new Date(timeToJudgeBy(Date.now(), rows[0]?.at?.toISOString())).toISOString();
}
