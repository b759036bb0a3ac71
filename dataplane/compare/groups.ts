import { equalDecimals } from '../../domain/decimal.ts';
import type { GroupSum, SideSums } from './bucket-sums.ts';
import { masked } from './masked.ts';

/** A group whose rows or control totals are not the same on both sides. */
export interface ComparedGroup {
  /** The values of the columns the totals are taken apart by; null for a group of few rows, who could be a person. */
  readonly group: readonly (string | null)[] | null;
  readonly rows: { readonly source: number; readonly target: number };
  /** The control totals that differ; masked for such a group, as the pay of one person would be. */
  readonly totals: readonly {
    readonly column: string;
    readonly source: string;
    readonly target: string;
  }[];
}

/** A group of fewer rows on both sides is not named in evidence, nor are its totals. */
const FEW = 5;

const NONE: GroupSum = { rows: 0, totals: [] };

/** The groups that differ, in order of their names; groups that hold the same are left out. */
export function differingGroups(
  source: Pick<SideSums, 'groups'>,
  target: Pick<SideSums, 'groups'>,
  columns: readonly string[],
): ComparedGroup[] {
  const names = [...new Set([...source.groups.keys(), ...target.groups.keys()])].toSorted();
  return names.flatMap((name) => {
    const [one, other] = [source.groups.get(name) ?? NONE, target.groups.get(name) ?? NONE];
    const totals = columns.flatMap((column, index) => {
      const sums = { source: one.totals[index] ?? '0', target: other.totals[index] ?? '0' };
      return equalDecimals(sums.source, sums.target) ? [] : [{ column, ...sums }];
    });
    if (totals.length === 0 && one.rows === other.rows) return [];
    const isFew = Math.max(one.rows, other.rows) < FEW;
    const group = isFew ? null : (JSON.parse(name) as (string | null)[]);
    const shown = isFew ? totals.map(hidden) : totals;
    return [{ group, rows: { source: one.rows, target: other.rows }, totals: shown }];
  });
}

function hidden({ column, source, target }: ComparedGroup['totals'][number]) {
  return { column, source: masked(source) ?? '', target: masked(target) ?? '' };
}
