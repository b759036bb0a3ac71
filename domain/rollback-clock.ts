import type { JsonObject } from './json.ts';
import type { Manifest } from './manifest-shape.ts';
import { rehearsedParts } from './rehearsals.ts';
import type { StepKey } from './step-catalogue.ts';

/**
 * Until when a roll-back may begin so that it ends in time: `cutover.rollbackHours` after the switch, less what the last
 * rehearsed roll-back took. Never before the switch. Pure.
 * @param liveFrom ISO time of the switch, by the platform's clock
 */
export function rollbackViableUntil(
  manifest: Manifest,
  outputs: ReadonlyMap<StepKey, JsonObject>,
  liveFrom: string,
): string {
  const { rehearsals, rollbackHours } = manifest.cutover;
  const rehearsal = rehearsals.findLast((each) => each.rollback);
  const parts = rehearsal === undefined ? [] : rehearsedParts(rehearsal, outputs);
  const took = parts.find(({ part }) => part === 'rollback')?.ms ?? 0;
  const switched = Date.parse(liveFrom);
  const until = switched + rollbackHours * 3_600_000 - took;
  return new Date(Math.max(switched, until)).toISOString();
}
