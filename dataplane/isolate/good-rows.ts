import type pg from 'pg';
import { longQuery } from '../long-query.ts';
import type { LoadOptions } from '../load-options.ts';
import type { CompiledDataset } from '../mapping/compiled-dataset.ts';
import { quoteColumns, quoteIdentifier } from '../quote.ts';
import type { Work } from '../work.ts';
import { isGood, MAPPED_ROWS, VERDICT } from './temporary-tables.ts';

/** Inserts the good mapped rows into the platform's table; returns how many. */
export async function insertGood(
  options: Pick<LoadOptions, 'dataset' | 'target' | 'targetUrl' | 'places'>,
  work: Work,
): Promise<number> {
  const { dataset, target, places } = options;
  const names = quoteColumns(dataset.fields.map(({ name }) => name));
  const at = { url: options.targetUrl, side: 'target' } as const;
  const { rowCount } = await longQuery(target, at, work, { done: 0, unit: 'rows' }, () =>
    target.query(
      `insert into ${places.table(dataset.target)} (${names}) select ${names} from ${MAPPED_ROWS} m where ${isGood('m')}`,
    ),
  );
  return rowCount ?? 0;
}

/** Sums of the control totals over the good mapped rows, as decimal text. */
export async function totalsOfGood(
  target: pg.Client,
  dataset: CompiledDataset,
): Promise<Record<string, string>> {
  const sums = dataset.totals.map((name) => `coalesce(sum(m.${quoteIdentifier(name)}), 0)::text`);
  const { rows } = await target.query<{ sums: string[] }>(
    `select array[${sums.join(', ')}]::text[] as sums from ${MAPPED_ROWS} m where ${isGood('m')}`,
  );
  return Object.fromEntries(
    dataset.totals.map((name, index) => [name, rows[0]?.sums[index] ?? '0']),
  );
}

/** The number of rows that broke a rule. */
export async function countBad(target: pg.Client): Promise<number> {
  const { rows } = await target.query<{ rows: number }>(
    `select count(distinct n)::int as rows from ${VERDICT}`,
  );
  return rows[0]?.rows ?? 0;
}
