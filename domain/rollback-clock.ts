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

/** What has to be acknowledged when nobody can go back in time any more. */
const RUN_OUT = 'rollback-clock';

/**
 * The lines that whoever passes the point of no return has to acknowledge because of the clock (control C9): nobody finds
 * out afterwards that going back was no longer possible. Pure.
 * @param switched output of `cutover/switch`
 * @param now milliseconds
 */
export function clockProblems(switched: JsonObject, now: number): string[] {
  const until = switched['rollbackViableUntil'];
  return typeof until === 'string' && Date.parse(until) <= now ? [RUN_OUT] : [];
}

/** Where the roll-back clock of a cutover stands. */
export interface RollbackClock {
  /** ISO times. */
  readonly liveFrom: string;
  readonly viableUntil: string;
  /** `running`: the cutover can be taken back in time; `out`: not any more, and nobody has decided; `decided`: the point of no return is passed. */
  readonly state: 'running' | 'out' | 'decided';
}

/** The clock from the steps of a cutover; undefined as long as nothing is live, and after a roll-back. Pure. */
export function rollbackClock(
  steps: readonly {
    readonly key: string;
    readonly status: string;
    readonly output?: Readonly<Record<string, unknown>> | null | undefined;
  }[],
  now: number,
): RollbackClock | undefined {
  const find = (key: string) => steps.find((step) => step.key === key);
  const switched = find('cutover/switch');
  const { liveFrom, rollbackViableUntil: viableUntil } = switched?.output ?? {};
  if (switched?.status !== 'succeeded') return undefined;
  if (typeof liveFrom !== 'string' || typeof viableUntil !== 'string') return undefined;
  const decided = find('cutover/no-return')?.status === 'succeeded';
  const out = Date.parse(viableUntil) <= now;
  return { liveFrom, viableUntil, state: decided ? 'decided' : out ? 'out' : 'running' };
}
