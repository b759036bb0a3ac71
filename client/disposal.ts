import { setTimeout as delay } from 'node:timers/promises';
import { SlipwayError } from '../domain/errors.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import { DISPOSAL_PATIENCE } from '../domain/policies.ts';
import type { Database } from '../store/database.ts';
import { outcomeAfter } from '../store/step-outputs.ts';

/** How often it is looked whether a decision was carried out. Milliseconds. */
const POLL = 100;

/**
 * Waits for what a decision about the quarantine of a dataset did, and how many rows are open and accepted then.
 * Undefined when the step takes longer, or is parked: the record tells.
 * @param refused the code to raise when the step found that the decision must not be carried out
 */
export async function disposalOf(
  database: Database,
  decision: { readonly onboarding: string; readonly dataset: string; readonly version: number },
  refused: ErrorCode,
): Promise<JsonObject | undefined> {
  const { onboarding, dataset, version } = decision;
  const until = Date.now() + DISPOSAL_PATIENCE;
  for (;;) {
    const step = `migration/quarantine/${dataset}`;
    const found = await outcomeAfter(database, onboarding, step, version);
    const { open = 0, accepted = 0, last } = found?.output ?? {};
    const outcome = last as JsonObject | undefined;
    const why = outcome?.['refused'];
    if (typeof why === 'string') throw new SlipwayError(refused, why);
    if (outcome !== undefined) return { open, accepted, ...outcome };
    if (found !== undefined || Date.now() > until) return undefined;
    await delay(POLL);
  }
}
