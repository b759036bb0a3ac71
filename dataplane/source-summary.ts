import type pg from 'pg';
import { longQuery } from './long-query.ts';
import type { CompiledDataset } from './mapping/compiled-dataset.ts';
import { exclusionReasons, type RowSelection, summarySql } from './mapping/source-rows.ts';
import type { Work } from './work.ts';

/** What the source says of its rows. */
export interface SourceSummary {
  readonly read: number;
  readonly mapped: number;
  /** Rows that the selection left out. */
  readonly left: number;
  readonly excluded: number;
  /** Reasons without rows are left out. */
  readonly excludedBy: Readonly<Record<string, number>>;
  /** Sums of columns over the mapped rows, as decimal text. */
  readonly totals: Readonly<Record<string, string>>;
}

/**
 * Counts the source rows of a selection and adds up columns of the mapped ones.
 * @param columns target columns to add up. Default: the control totals of the dataset
 */
export async function sourceSummary(
  source: pg.Client,
  dataset: CompiledDataset,
  selection: RowSelection,
  work: Work,
  columns: readonly string[] = dataset.totals,
): Promise<SourceSummary> {
  const { rows } = await longQuery(source, dataset.relation, work, { done: 0, unit: 'rows' }, () =>
    source.query<Record<'read' | 'mapped' | 'left', string> & Lists>(
      summarySql(dataset, selection, columns),
    ),
  );
  const row = rows[0];
  const counts = row?.excluded ?? [];
  const excludedBy: Record<string, number> = {};
  for (const [index, reason] of exclusionReasons(dataset).entries()) {
    // A reason that is given twice counts once.
    const count = (excludedBy[reason] ?? 0) + Number(counts[index] ?? 0);
    if (count > 0) excludedBy[reason] = count;
  }
  return {
    read: Number(row?.read),
    mapped: Number(row?.mapped),
    left: Number(row?.left),
    excluded: counts.reduce((sum, count) => sum + Number(count), 0),
    excludedBy,
    totals: Object.fromEntries(columns.map((name, index) => [name, row?.totals[index] ?? '0'])),
  };
}

interface Lists {
  readonly excluded: readonly string[];
  readonly totals: readonly string[];
}
