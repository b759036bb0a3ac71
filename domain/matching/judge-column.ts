import type { ScoredPair } from './schema.ts';
import type { SuggestionState } from './suggestions.ts';

/** A candidate within this of the best is as good as the best. */
const NEAR = 0.1;
/** So much better has another candidate to be before a person is asked to look again. */
const FAR = 0.25;

/**
 * How a suggestion stands to what the manifest maps.
 * @param mapped the source columns the manifest uses; null where it does not map the column, none where it is a constant
 * @param candidates all of them, the best first
 * @param match the one the matcher stands by
 */
export function judgeColumn(
  mapped: readonly string[] | null,
  candidates: readonly ScoredPair[],
  match: ScoredPair | undefined,
): SuggestionState {
  if (mapped === null) return match === undefined ? 'no-match' : 'suggested';
  if (mapped.length === 0) return 'mapped';
  const best = candidates[0]?.score ?? 0;
  const own = Math.max(
    0,
    ...candidates.filter(({ source }) => mapped.includes(source.column)).map(({ score }) => score),
  );
  if (own > 0 && best - own <= NEAR) return 'confirmed';
  return match !== undefined && best - own >= FAR ? 'contradicted' : 'mapped';
}
