import type { JsonObject } from './json.ts';
import type { Manifest } from './manifest.ts';
import { stepKey } from './step-catalogue.ts';
import type { StepKey } from './step-catalogue.ts';

/** The parts of a rehearsal, in order. They run what the steps of the cutover run, on the rehearsal platform. */
export const REHEARSAL_PARTS = [
  'load',
  'freeze',
  'delta',
  'reconcile',
  'totals',
  'switch',
  'smoke',
  'rollback',
] as const;

export type RehearsalPart = (typeof REHEARSAL_PARTS)[number];

/** A rehearsal as the manifest describes it. */
export type Rehearsal = Manifest['cutover']['rehearsals'][number];

/** What is known of one part that was rehearsed. */
export interface RehearsedPart {
  readonly part: RehearsalPart;
  readonly step: StepKey;
  /** From the beginning of the first attempt to the end of the last, in milliseconds. */
  readonly ms: number;
  /** ISO time. */
  readonly endedAt: string;
  /** Hash of the mapping it was rehearsed with. */
  readonly mapping: string;
}

/** The parts a rehearsal has. */
export function partsOf(rehearsal: Rehearsal): RehearsalPart[] {
  return REHEARSAL_PARTS.filter((part) => part !== 'rollback' || rehearsal.rollback);
}

/** The items of the step `cutover/rehearse`: `dress/load` and so on, in order. */
export function rehearsalItems({ cutover }: Manifest): string[] {
  return cutover.rehearsals.flatMap((rehearsal) =>
    partsOf(rehearsal).map((part) => `${rehearsal.id}/${part}`),
  );
}

/** The rehearsal and the part of an item; undefined where the manifest has no such rehearsal. */
export function rehearsalOf(
  { cutover }: Manifest,
  item: string,
): { rehearsal: Rehearsal; part: RehearsalPart } | undefined {
  const [id, name] = item.split('/');
  const rehearsal = cutover.rehearsals.find((each) => each.id === id);
  const part = REHEARSAL_PARTS.find((each) => each === name);
  return rehearsal === undefined || part === undefined ? undefined : { rehearsal, part };
}

/** The parts of a rehearsal that ended well, from the outputs of the settled steps. A waived part proves nothing. */
export function rehearsedParts(
  rehearsal: Rehearsal,
  outputs: ReadonlyMap<StepKey, JsonObject>,
): RehearsedPart[] {
  return partsOf(rehearsal).flatMap((part) => {
    const step = stepKey('cutover/rehearse', `${rehearsal.id}/${part}`);
    const { ms, endedAt, mapping } = outputs.get(step) ?? {};
    return typeof ms === 'number' && typeof endedAt === 'string' && typeof mapping === 'string'
      ? [{ part, step, ms, endedAt, mapping }]
      : [];
  });
}
