import type { Json, JsonObject } from '../domain/json.ts';
import { isSettled, viewStep } from '../domain/step-view.ts';
import type { Progress } from '../domain/progress.ts';
import type { Queryable } from './database.ts';
import { findEvidence } from './read-model.ts';

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
  // What a waiting step has found does not count when it is waived instead of decided.
  const measured = (status: string): boolean => status !== 'skipped' && status !== 'waived';
  return new Map(views.map((view) => [view.key, measured(view.status) ? (view.output ?? {}) : {}]));
}

/** How a step ended after a version, or that it was parked: the first such event. Undefined as long as there is none. */
export async function outcomeAfter(
  database: Queryable,
  onboarding: string,
  step: string,
  version: number,
): Promise<{ readonly type: string; readonly output: JsonObject | null } | undefined> {
  const { rows } = await database.query<{ type: string; output: JsonObject | null }>(
    `select type, body -> 'output' as output from event
     where onboarding = $1 and step = $2 and version > $3 and type in ('step.succeeded', 'step.waiting', 'step.parked')
     order by version, part limit 1`,
    [onboarding, step, version],
  );
  return rows[0];
}

/**
 * The document that a settled step rests on now, or undefined. Documents of earlier runs of the step stay in the store
 * but no longer count.
 */
export async function evidenceOf(
  database: Queryable,
  onboarding: string,
  step: string,
  kind: string,
): Promise<Json | undefined> {
  const { rows } = await database.query<{ history: Progress['steps'][string] }>(
    'select history from step where onboarding = $1 and key = $2',
    [onboarding, step],
  );
  const view = viewStep(step, rows[0]?.history ?? []);
  const reference = isSettled(view.status)
    ? view.evidence.find((each) => each.kind === kind)
    : undefined;
  if (reference === undefined) return undefined;
  return (await findEvidence(database, onboarding, reference.hash))?.content;
}
