import type { Policy } from './manifest.ts';

/**
 * What a comparison of one person's pay element says: `equal` to the penny; `rounding`, different within the tolerance;
 * `missing`, on the legacy side only; `extra`, on the platform only; `different`, by more than the tolerance.
 */
export const VARIANCE_CLASSES = ['equal', 'rounding', 'missing', 'extra', 'different'] as const;

/** One of the classes. */
export type VarianceClass = (typeof VARIANCE_CLASSES)[number];

/** Pay of one person and element on both sides, in pence; null where a side has no such line. */
export interface PayLine {
  readonly person: string;
  readonly element: string;
  readonly legacyPence: number | null;
  readonly platformPence: number | null;
}

/** A pay line that is not equal. */
export interface Variance extends PayLine {
  readonly period: string;
  /** Platform less legacy; an absent line counts as nothing. */
  readonly differencePence: number;
  readonly class: Exclude<VarianceClass, 'equal'>;
  /** By more than the tolerance of its element, whatever its class. */
  readonly overTolerance: boolean;
  /** What variances of one cause have in common: element, class, direction and size. An explanation holds for one. */
  readonly signature: string;
}

/** Tolerances of a policy, in pence. */
export type Tolerances = Policy['tolerances'];

/** The tolerance of an element, in pence. */
export function toleranceOf(tolerances: Tolerances, element: string): number {
  return Object.hasOwn(tolerances.elements, element)
    ? (tolerances.elements[element] ?? tolerances.defaultPence)
    : tolerances.defaultPence;
}

/**
 * Compares a pay line; undefined when it is equal.
 *
 * A line of no amount that the other side does not have is a variance too, because the two sides differ, but never over
 * tolerance.
 */
export function varianceOf(
  period: string,
  line: PayLine,
  tolerances: Tolerances,
): Variance | undefined {
  const { person, element, legacyPence, platformPence } = line;
  const differencePence = (platformPence ?? 0) - (legacyPence ?? 0);
  const overTolerance = Math.abs(differencePence) > toleranceOf(tolerances, element);
  const found = classOf(legacyPence, platformPence, overTolerance);
  if (found === 'equal') return undefined;
  return {
    period,
    person,
    element,
    legacyPence,
    platformPence,
    differencePence,
    class: found,
    overTolerance,
    signature: signatureOf(element, found, differencePence),
  };
}

function classOf(
  legacyPence: number | null,
  platformPence: number | null,
  overTolerance: boolean,
): VarianceClass {
  if (platformPence === null) return 'missing';
  if (legacyPence === null) return 'extra';
  if (legacyPence === platformPence) return 'equal';
  return overTolerance ? 'different' : 'rounding';
}

/** Upper bounds, in pence, of the bands of size, with what they are called. */
const BANDS: readonly (readonly [number, string])[] = [
  [0, '0'],
  [1, '0.01'],
  [10, '0.02-0.10'],
  [100, '0.11-1'],
  [1_000, '1-10'],
  [10_000, '10-100'],
  [100_000, '100-1000'],
  [Number.POSITIVE_INFINITY, 'over-1000'],
];

/** `ELEMENT:class:direction:band`, the band in pounds. `higher` means that the platform pays (or deducts) more. */
export function signatureOf(
  element: string,
  kind: Exclude<VarianceClass, 'equal'>,
  differencePence: number,
): string {
  const size = Math.abs(differencePence);
  const band = BANDS.find(([limit]) => size <= limit)?.[1] ?? 'over-1000';
  const direction = differencePence === 0 ? 'same' : differencePence > 0 ? 'higher' : 'lower';
  return [element, kind, direction, band].join(':');
}
