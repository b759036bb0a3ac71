import { subtractDecimals } from '../../domain/decimal.ts';
import type { ComparedRow } from './bucket-sums.ts';

/** A row that the two sides do not hold alike: `missing` on the platform, `extra` there, or `different`. */
export interface Difference {
  readonly kind: 'missing' | 'extra' | 'different';
  /** The row's key on the platform: as it is told apart, as people see it, and its parts as texts. */
  readonly key: string;
  readonly shown: string;
  readonly parts: readonly string[];
  /** The source row; absent for a row that is only on the platform. */
  readonly source?: {
    readonly dataset: string;
    readonly rowKey: string;
    readonly shown: string;
    readonly parts: readonly string[];
  };
}

/** A source row with the dataset it is of. */
export interface Sourced {
  readonly row: ComparedRow;
  readonly dataset: string;
}

/**
 * Compares the rows of some buckets.
 * @param tolerances of the columns in `tolerated`, in their order
 * @returns the differences, and how many rows differ only by what the tolerances allow
 */
export function compareRows(
  theirs: readonly Sourced[],
  ours: readonly ComparedRow[],
  tolerances: readonly string[],
): { readonly differences: readonly Difference[]; readonly withinTolerance: number } {
  const differences: Difference[] = [];
  let withinTolerance = 0;
  const there = new Map(ours.map((row) => [row.key, row]));
  for (const { row, dataset } of theirs) {
    const { key, shown, parts } = row;
    const source = {
      dataset,
      rowKey: row.sourceRowKey ?? '',
      shown: row.sourceShown ?? '',
      parts: row.sourceParts ?? [],
    };
    const other = there.get(key);
    // A second source row of the same key finds its place taken.
    there.delete(key);
    if (other === undefined) differences.push({ kind: 'missing', key, shown, parts, source });
    else if (other.checksum !== row.checksum) {
      if (isTolerated(row, other, tolerances)) withinTolerance += 1;
      else differences.push({ kind: 'different', key, shown, parts: other.parts, source });
    }
  }
  for (const { key, shown, parts } of there.values()) {
    differences.push({ kind: 'extra', key, shown, parts });
  }
  return { differences, withinTolerance };
}

function isTolerated(one: ComparedRow, other: ComparedRow, tolerances: readonly string[]): boolean {
  return (
    tolerances.length > 0 &&
    one.exact === other.exact &&
    tolerances.every((tolerance, index) =>
      isWithin(one.tolerated[index] ?? null, other.tolerated[index] ?? null, tolerance),
    )
  );
}

const PLAIN = /^-?\d+(\.\d+)?$/;

/** Do two numbers, as texts, differ by no more than `tolerance`? An empty value is only like an empty one. */
export function isWithin(one: string | null, other: string | null, tolerance: string): boolean {
  if (one === other) return true;
  if (one === null || other === null) return false;
  if (PLAIN.test(one) && PLAIN.test(other)) {
    const difference = subtractDecimals(one, other).replace(/^-/, '');
    return !subtractDecimals(tolerance, difference).startsWith('-');
  }
  // Floats with an exponent. NaN and infinities are like nothing but themselves.
  return Math.abs(Number(one) - Number(other)) <= Number(tolerance);
}
