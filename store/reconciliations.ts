import type { Progress } from '../domain/progress.ts';
import { type KeptReconciliation, keptReconciliationSchema } from '../domain/reconciliation.ts';
import { viewStep } from '../domain/step-view.ts';
import type { Queryable } from './database.ts';
import { findEvidence } from './read-model.ts';

/** A reconciliation that was finished, and when. */
export interface StoredReconciliation {
  /** ISO time. */
  readonly at: string;
  readonly reconciliation: KeptReconciliation;
}

/**
 * The last comparison that a step has finished, whether both sides held the same or not; undefined before the first.
 * Attempts that could not compare (a database was away) do not count.
 */
export async function lastReconciliation(
  database: Queryable,
  onboarding: string,
  step: string,
): Promise<StoredReconciliation | undefined> {
  const { rows } = await database.query<{ history: Progress['steps'][string] }>(
    'select history from step where onboarding = $1 and key = $2',
    [onboarding, step],
  );
  const { attempts, evidence } = viewStep(step, rows[0]?.history ?? []);
  const last = attempts.findLast(
    ({ endedAt, failure }) =>
      endedAt !== undefined && (failure === undefined || failure.code === 'data/not-reconciled'),
  );
  if (last?.endedAt === undefined) return undefined;
  const proof = evidence.find(({ kind }) => kind === 'reconciliation');
  const kept =
    last.failure === undefined && proof !== undefined
      ? (await findEvidence(database, onboarding, proof.hash))?.content
      : last.failure?.details;
  if (kept === undefined) return undefined;
  return { at: last.endedAt, reconciliation: keptReconciliationSchema.parse(kept) };
}
