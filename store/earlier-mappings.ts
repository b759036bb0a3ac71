import type { StepEvent } from '../domain/progress.ts';
import type { Queryable } from './database.ts';

/** A mapping that an onboarding was compiled with before. */
export interface EarlierMapping {
  /** Of its SQL. */
  readonly hash: string;
  /** Hash of the manifest it was compiled from. */
  readonly manifest: string;
  /** The data owner has confirmed it. */
  readonly confirmed: boolean;
}

/**
 * The mapping that a new one is compared with: the last one that was confirmed, or else the last that was compiled.
 * @param manifest of the present mapping: it is not compared with itself
 */
export async function earlierMapping(
  database: Queryable,
  onboarding: string,
  manifest: string,
): Promise<EarlierMapping | undefined> {
  const { rows } = await database.query<{ key: string; history: readonly StepEvent[] }>(
    "select key, history from step where onboarding = $1 and key in ('mapping/compile', 'mapping/confirm')",
    [onboarding],
  );
  const history = (key: string): readonly StepEvent[] =>
    rows.find((row) => row.key === key)?.history ?? [];
  const confirmed = confirmedHashes(history('mapping/confirm'));
  const compiled = history('mapping/compile').flatMap((event): EarlierMapping[] => {
    if (event.type !== 'step.succeeded') return [];
    const { hash, manifest: from } = event.output;
    if (typeof hash !== 'string' || typeof from !== 'string' || from === manifest) return [];
    return [{ hash, manifest: from, confirmed: confirmed.has(hash) }];
  });
  return compiled.findLast((each) => each.confirmed) ?? compiled.at(-1);
}

function confirmedHashes(events: readonly StepEvent[]): ReadonlySet<string> {
  const confirmed = new Set<string>();
  let asked: unknown;
  for (const event of events) {
    if (event.type === 'step.waiting') asked = event.output['hash'];
    if (event.type === 'step.approved' && typeof asked === 'string') confirmed.add(asked);
  }
  return confirmed;
}
