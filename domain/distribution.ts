/** A number and for how many rows it stands. */
export interface WeightedNumber {
  readonly x: number;
  readonly rows: number;
}

/** A part of the range of a column: from `from` up to and without `to`; the last one with it. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
}

/** How the numbers of a column lie. */
export interface Distribution {
  readonly quartiles: readonly [number, number, number];
  /** Numbers outside are far from the others; undefined where most are the same. */
  readonly fences: readonly [number, number] | undefined;
}

/** Tukey (1977) calls values "far out" beyond three times the distance of the quartiles. */
const FAR_OUT = 3;
const BINS = 12;

/** Quartiles and outer fences; undefined without numbers. */
export function distributionOf(numbers: readonly WeightedNumber[]): Distribution | undefined {
  if (numbers.length === 0) return undefined;
  const sorted = numbers.toSorted((a, b) => a.x - b.x);
  const all = sorted.reduce((sum, { rows }) => sum + rows, 0);
  const at = (share: number): number => {
    let left = share * all;
    for (const { x, rows } of sorted) {
      left -= rows;
      if (left <= 0) return x;
    }
    return sorted.at(-1)?.x ?? 0;
  };
  const quartiles = [at(0.25), at(0.5), at(0.75)] as const;
  const width = FAR_OUT * (quartiles[2] - quartiles[0]);
  const fences = width > 0 ? ([quartiles[0] - width, quartiles[2] + width] as const) : undefined;
  return { quartiles, fences };
}

/**
 * Twelve bins of equal width over the range; numbers beyond the fences are in the first and the last one, so that one wrong
 * amount does not press all others into one bin. Empty for less than two different numbers.
 */
export function histogramOf(
  numbers: readonly WeightedNumber[],
  { fences }: Pick<Distribution, 'fences'>,
): Bin[] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { x } of numbers) {
    low = Math.min(low, x);
    high = Math.max(high, x);
  }
  if (fences !== undefined) [low, high] = [Math.max(low, fences[0]), Math.min(high, fences[1])];
  if (!(high > low)) return [];
  const width = (high - low) / BINS;
  const rows = Array.from({ length: BINS }, () => 0);
  for (const number of numbers) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor((number.x - low) / width)));
    rows[bin] = (rows[bin] ?? 0) + number.rows;
  }
  return rows.map((count, bin) => ({
    from: low + bin * width,
    to: low + (bin + 1) * width,
    rows: Math.round(count),
  }));
}
