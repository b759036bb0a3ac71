import type { ValueSketch } from './schema.ts';

/** How alike the values of two columns are. Each part is 0 to 1; undefined where it cannot be said. */
export interface ValueLikeness {
  /** Everything together. */
  readonly score: number;
  /** How much can be concluded from it: low where values are few or of the kind that any column has. */
  readonly trust: number;
  readonly words: string;
}

/** Hashes in ascending order, each with its weight: a `1` that every column has relates nothing. */
export interface WeighedHashes {
  readonly hashes: readonly number[];
  readonly weights: readonly number[];
}

/** Weighs the values (or words) of the columns of both schemas by the number of columns that have them. */
export function weighHashes(
  lists: readonly (readonly number[])[],
): Map<readonly number[], WeighedHashes> {
  const having = new Map<number, number>();
  for (const list of lists) for (const hash of list) having.set(hash, (having.get(hash) ?? 0) + 1);
  return new Map(
    lists.map((hashes) => [
      hashes,
      // Two columns are what a match needs.
      { hashes, weights: hashes.map((hash) => 1 / Math.max(1, (having.get(hash) ?? 1) - 1)) },
    ]),
  );
}

/** A sketch with its hashes weighed. */
export interface WeighedSketch {
  readonly sketch: ValueSketch;
  readonly values: WeighedHashes;
  readonly words: WeighedHashes;
}

/** Compares two sketches; undefined where one of them holds nothing. */
export function compareValues(
  left: WeighedSketch,
  right: WeighedSketch,
): ValueLikeness | undefined {
  const [a, b] = [left.sketch, right.sketch];
  if (a.values === 0 || b.values === 0) return undefined;
  const overlap = overlapOf(left.values, right.values);
  const words = overlapOf(left.words, right.words);
  const shape = shapeLikeness(a, b);
  const grams = cosine(a.grams, b.grams);
  const numbers =
    a.deciles !== undefined && b.deciles !== undefined
      ? rangeLikeness(a.deciles, b.deciles)
      : undefined;
  const numeric = isNumeric(a) && isNumeric(b);
  const few = Math.min(a.distinct, b.distinct);
  // Small whole numbers are in every second column; large ones, fractions, words and codes are not.
  const known = Math.log2(1 + few);
  const ordinary = numeric && (isOrdinary(a) || isOrdinary(b));
  const strength = Math.min(
    1,
    ordinary ? known / 20 : numeric ? 0.35 + known / 10 : 0.45 + known / 8,
  );
  const shared = Math.max(overlap.containment * 0.8, overlap.jaccard);
  const direct =
    Math.max(shared, numeric ? 0 : 0.85 * Math.max(words.jaccard, 0.7 * words.containment)) *
    strength;
  const form = numeric
    ? 0.75 * (numbers ?? 0) + 0.25 * shape
    : 0.55 * grams + 0.3 * shape + 0.15 * lengthLikeness(a, b);
  // What values have in common says most; the form they have says the rest.
  const score = Math.min(1, direct + (1 - direct) * form * (numeric ? 0.75 : 0.8));
  const trust =
    Math.min(1, Math.log2(1 + Math.min(a.values, b.values)) / 6) *
    (few <= 2 && shared < 0.5 ? 0.6 : 1);
  return {
    score,
    trust,
    words: inWords({ shared: overlap, words, numbers, shape, grams, numeric }),
  };
}

function isNumeric(sketch: ValueSketch): boolean {
  return sketch.deciles !== undefined && sketch.type !== 'date';
}

/** Counting numbers, years, ages: from zero to a few thousand. */
function isOrdinary({ deciles, type }: ValueSketch): boolean {
  return type === 'integer' && (deciles?.[9] ?? 0) < 3000;
}

interface Overlap {
  readonly jaccard: number;
  readonly containment: number;
}

/** Of two bottom-k sketches: what both could have, by weight. Both lists are ascending: one pass is enough. */
function overlapOf(a: WeighedHashes, b: WeighedHashes): Overlap {
  if (a.hashes.length === 0 || b.hashes.length === 0) return { jaccard: 0, containment: 0 };
  // Beyond the largest hash of a full sketch it does not say what it has.
  const bound = Math.min(reach(a.hashes), reach(b.hashes));
  let [common, onlyA, onlyB] = [0, 0, 0];
  let [i, j] = [0, 0];
  for (;;) {
    const [x, y] = [
      a.hashes[i] ?? Number.POSITIVE_INFINITY,
      b.hashes[j] ?? Number.POSITIVE_INFINITY,
    ];
    const next = Math.min(x, y);
    if (next > bound || next === Number.POSITIVE_INFINITY) break;
    if (x === y) common += a.weights[i] ?? 0;
    else if (x < y) onlyA += a.weights[i] ?? 0;
    else onlyB += b.weights[j] ?? 0;
    if (x === next) i += 1;
    if (y === next) j += 1;
  }
  const union = common + onlyA + onlyB;
  const smaller = common + Math.min(onlyA, onlyB);
  return {
    jaccard: union === 0 ? 0 : common / union,
    containment: smaller === 0 ? 0 : common / smaller,
  };
}

/** How many hashes a sketch keeps. */
export const SKETCH_SIZE = 512;

function reach(hashes: readonly number[]): number {
  return hashes.length < SKETCH_SIZE ? Number.POSITIVE_INFINITY : (hashes.at(-1) ?? 0);
}

function shapeLikeness(a: ValueSketch, b: ValueSketch): number {
  const other = new Map(b.shapes);
  return a.shapes.reduce((sum, [shape, share]) => sum + Math.min(share, other.get(shape) ?? 0), 0);
}

function lengthLikeness(a: ValueSketch, b: ValueSketch): number {
  const longer = Math.max(a.length, b.length);
  return longer === 0 ? 1 : Math.min(a.length, b.length) / longer;
}

function cosine(a: readonly number[], b: readonly number[]): number {
  let dot = 0;
  let [x, y] = [0, 0];
  for (const [index, left] of a.entries()) {
    const right = b[index] ?? 0;
    dot += left * right;
    x += left * left;
    y += right * right;
  }
  return x === 0 || y === 0 ? 0 : dot / Math.sqrt(x * y);
}

/** How much two distributions lie in the same place: 1 for equal deciles, 0 when they are apart. */
function rangeLikeness(a: readonly number[], b: readonly number[]): number {
  const [lowest, highest] = [
    Math.min(a[0] ?? 0, b[0] ?? 0),
    Math.max(a.at(-1) ?? 0, b.at(-1) ?? 0),
  ];
  if (highest === lowest) return 1;
  // The middle of both says how wide they are; outliers must not.
  const spread = Math.max(
    (a[9] ?? 0) - (a[1] ?? 0),
    (b[9] ?? 0) - (b[1] ?? 0),
    (highest - lowest) / 1e6,
  );
  const apart =
    a.slice(1, 10).reduce((sum, value, index) => sum + Math.abs(value - (b[index + 1] ?? 0)), 0) /
    9;
  return Math.max(0, 1 - (1.5 * apart) / spread);
}

function inWords(found: {
  shared: Overlap;
  words: Overlap;
  numbers: number | undefined;
  shape: number;
  grams: number;
  numeric: boolean;
}): string {
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  if (found.shared.containment >= 0.1) {
    return `${percent(found.shared.containment)} of the values of one side are on the other`;
  }
  if (!found.numeric && found.words.containment >= 0.2) {
    return `${percent(found.words.containment)} of the words of one side are on the other`;
  }
  if (found.numbers !== undefined && found.numbers >= 0.5)
    return 'the values lie in the same range';
  if (found.shape >= 0.5) return `${percent(found.shape)} of the values have the same shape`;
  if (!found.numeric && found.grams >= 0.6) return 'the values are made of the same letters';
  return 'the values are not alike';
}
