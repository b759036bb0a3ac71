import type { Policy } from './manifest.ts';

/**
 * What a comparison of one person's pay element says: `equal` to the penny; `rounding`, different within the tolerance;
 * `timing`, made up for to the penny in a neighbouring period; `mapping`, one element of one side is split or merged on the
 * other; `missing`, on the legacy side only; `extra`, on the platform only; `different`, by more than the tolerance.
 * Whatever its class, a difference by more than the tolerance has to be explained.
 */
export const VARIANCE_CLASSES = [
  'equal',
  'rounding',
  'timing',
  'mapping',
  'missing',
  'extra',
  'different',
] as const;

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

/** Differences of one person in the neighbouring periods, in pence by element. */
export interface Neighbours {
  readonly previous?: ReadonlyMap<string, number>;
  readonly next?: ReadonlyMap<string, number>;
}

/** What the lines of a period are judged by. */
export interface VarianceRules {
  readonly period: string;
  readonly tolerances: Tolerances;
  /** Elements that no other element can stand in for: net pay, tax, National Insurance, pension. */
  readonly protectedElements?: ReadonlySet<string> | undefined;
}

/**
 * The variances of one person, of all pay lines that are not equal on both sides.
 *
 * A line of no amount that the other side does not have is a variance too, because the two sides differ, but never over
 * tolerance.
 */
export function variancesOf(
  rules: VarianceRules,
  lines: readonly PayLine[],
  neighbours: Neighbours = {},
): Variance[] {
  const variances = lines.flatMap((line) => varianceOf(rules, line) ?? []);
  const timed = variances.map((variance) => asTiming(variance, neighbours));
  const moved = movedElements(
    timed.filter(({ class: found, element, overTolerance }) => {
      const mayMove = found === 'missing' || found === 'extra' || found === 'different';
      return mayMove && overTolerance && rules.protectedElements?.has(element) !== true;
    }),
  );
  return timed.map((variance) => moved.get(variance) ?? variance);
}

function varianceOf(
  { period, tolerances }: VarianceRules,
  { person, element, legacyPence, platformPence }: PayLine,
): Variance | undefined {
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
): Exclude<VarianceClass, 'timing' | 'mapping'> {
  if (platformPence === null) return 'missing';
  if (legacyPence === null) return 'extra';
  if (legacyPence === platformPence) return 'equal';
  return overTolerance ? 'different' : 'rounding';
}

/** A difference that a neighbouring period has the other way round, to the penny, was paid in that period. */
function asTiming(variance: Variance, { previous, next }: Neighbours): Variance {
  const { element, differencePence, overTolerance } = variance;
  if (!overTolerance) return variance;
  const isMadeUpIn = (there: ReadonlyMap<string, number> | undefined): boolean =>
    there?.get(element) === -differencePence;
  const where = isMadeUpIn(previous) ? 'previous' : isMadeUpIn(next) ? 'next' : undefined;
  if (where === undefined) return variance;
  const signature = `${signatureOf(element, 'timing', differencePence)}:${where}-period`;
  return { ...variance, class: 'timing', signature };
}

/** With more differences than this no sum of some of them says anything. */
const MOST_MOVED = 6;

/**
 * The lines whose differences cancel each other out, of which at least one side lacks an element: what one side pays under
 * one element the other pays under several, or under another. First all lines of the person, then pairs.
 */
function movedElements(lines: readonly Variance[]): Map<Variance, Variance> {
  const moved = new Map<Variance, Variance>();
  const move = (group: readonly Variance[]): void => {
    const elements = group.map(({ element }) => element).toSorted();
    const pence = group.reduce((sum, line) => sum + Math.max(0, line.differencePence), 0);
    const signature = signatureOf(elements.join('+'), 'mapping', pence).replace(':higher', '');
    for (const line of group) moved.set(line, { ...line, class: 'mapping', signature });
  };
  const sum = (group: readonly Variance[]): number =>
    group.reduce((total, line) => total + line.differencePence, 0);
  const isOneSided = (line: Variance): boolean => line.class !== 'different';
  if (lines.length < 2) return moved;
  if (lines.length <= MOST_MOVED && lines.some(isOneSided) && sum(lines) === 0) {
    move(lines);
    return moved;
  }
  const fitting = (line: Variance): Variance[] =>
    lines.filter((other) => other.differencePence === -line.differencePence);
  for (const line of lines.filter(isOneSided)) {
    const [counterpart, another] = fitting(line);
    // Two that fit are as good as none: which of them is meant nobody can tell.
    if (counterpart === undefined || another !== undefined) continue;
    if (fitting(counterpart).length === 1 && !moved.has(line)) move([line, counterpart]);
  }
  return moved;
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
