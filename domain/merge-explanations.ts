import type { Explanation } from './step-run.ts';

/**
 * Puts what is said now over what was said before, by signature: a later decision takes the place of the earlier, owner and
 * due date stay until they are changed, notes are added. Cases of other people stand beside each other. Pure.
 */
export function mergeExplanations(
  before: readonly Explanation[],
  said: readonly Explanation[],
): Explanation[] {
  const merged = new Map(before.map((each) => [keyOf(each), each]));
  for (const each of said) {
    const earlier = merged.get(keyOf(each));
    // Taking it up again withdraws what was decided.
    const withdrawn = each.status === undefined ? {} : { decision: undefined, cause: undefined };
    const settled = each.decision === undefined ? {} : { status: undefined };
    const notes = [...(earlier?.notes ?? []), ...(each.notes ?? [])];
    const by = each.decision === undefined ? (earlier?.by ?? each.by) : each.by;
    merged.set(keyOf(each), { ...earlier, ...settled, ...withdrawn, ...each, notes, by });
  }
  return [...merged.values()];
}

function keyOf({ signature, cases }: Explanation): string {
  return `${signature} ${cases ?? ''}`;
}
