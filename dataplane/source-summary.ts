import type pg from 'pg';
import { longQuery } from './long-query.ts';
import type { CompiledDataset } from './mapping/compiled-dataset.ts';
import {
  exclusionReasons,
  type RowSelection,
  type Suspicion,
  summarySql,
  summaryWithSuspectsSql,
} from './mapping/source-rows.ts';
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
    source.query<SummaryRow>(summarySql(dataset, selection, columns)),
  );
  return summaryOf(dataset, rows[0], columns);
}

/**
 * As `sourceSummary`, with the row keys of the rows that are suspect: they count as left out.
 */
export async function summaryWithSuspects(
  source: pg.Client,
  dataset: CompiledDataset,
  selection: RowSelection,
  suspicion: Suspicion,
  work: Work,
): Promise<SourceSummary & { readonly suspects: readonly string[] }> {
  const { rows } = await longQuery(source, dataset.relation, work, { done: 0, unit: 'rows' }, () =>
    source.query<SummaryRow & { suspects: string[] }>(
      summaryWithSuspectsSql(dataset, selection, suspicion),
    ),
  );
  const suspects = rows[0]?.suspects ?? [];
  return { ...summaryOf(dataset, rows[0], dataset.totals), suspects };
}

function summaryOf(
  dataset: CompiledDataset,
  row: SummaryRow | undefined,
  columns: readonly string[],
): SourceSummary {
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

type SummaryRow = Record<'read' | 'mapped' | 'left', string> & Lists;

interface Lists {
  readonly excluded: readonly string[];
  readonly totals: readonly string[];
}
