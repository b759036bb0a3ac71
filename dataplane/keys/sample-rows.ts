import type pg from 'pg';
import { quoteIdentifier } from '../quote.ts';
import type { Relation } from '../relation.ts';
import { comparedColumn } from './key-check.ts';

const ROWS = 20_000;

/** Rows of a table by column: equal numbers stand for equal values, -1 for none. */
export interface SampledRows {
  readonly rows: number;
  /** True when these are all rows of the table. */
  readonly whole: boolean;
  readonly columns: ReadonlyMap<string, Int32Array>;
}

/**
 * Fetches some 20,000 rows, of large tables from pages all over the table, to disprove with them what does not hold. What
 * they do not disprove is to be checked against all rows.
 * @param rows how many the table has
 */
export async function sampleRows(
  client: pg.Client,
  relation: Relation,
  names: readonly string[],
  rows: number,
): Promise<SampledRows> {
  const whole = rows <= ROWS;
  const values = names.map((name) => `${comparedColumn(relation, name, 'r')}::text`).join(', ');
  const share = Math.min(100, ((ROWS * 1.2) / Math.max(1, rows)) * 100);
  // The same pages each time.
  const some = (await hasPages(client, relation))
    ? `${relation.sql} r tablesample system (${share}) repeatable (1)`
    : `${relation.sql} r`;
  const found = await client.query<(string | null)[]>({
    text: `select ${values} from ${whole ? `${relation.sql} r` : some} limit ${ROWS}`,
    rowMode: 'array',
  });
  const columns = new Map<string, Int32Array>();
  for (const [index, name] of names.entries()) {
    const codes = new Map<string, number>();
    columns.set(
      name,
      Int32Array.from(found.rows, (row) => {
        const value = row[index] ?? '';
        if (value.trim() === '') return -1;
        const code = codes.get(value) ?? codes.size;
        codes.set(value, code);
        return code;
      }),
    );
  }
  return { rows: found.rows.length, whole, columns };
}

/** Views have no pages to choose from. */
async function hasPages(client: pg.Client, relation: Relation): Promise<boolean> {
  const { rows } = await client.query<{ table: boolean }>(
    `select relkind in ('r', 'm') as table from pg_class where oid = to_regclass($1)`,
    [`${quoteIdentifier(relation.schema)}.${quoteIdentifier(relation.table)}`],
  );
  return rows[0]?.table === true;
}
