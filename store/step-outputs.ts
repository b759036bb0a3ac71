import type { JsonObject } from '../domain/json.ts';
import { isSettled, viewStep } from '../domain/progress.ts';
import type { Progress } from '../domain/progress.ts';
import type { Queryable } from './database.ts';

/** Outputs of the settled steps of an onboarding, by key. Steps that were skipped or waived have an empty output. */
export async function settledOutputs(
  database: Queryable,
  onboarding: string,
): Promise<Map<string, JsonObject>> {
  const { rows } = await database.query<{ key: string; history: Progress['steps'][string] }>(
    'select key, history from step where onboarding = $1',
    [onboarding],
  );
  const views = rows
    .map((row) => viewStep(row.key, row.history))
    .filter((view) => isSettled(view.status));
  return new Map(views.map((view) => [view.key, view.output ?? {}]));
}
