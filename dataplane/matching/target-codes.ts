import type pg from 'pg';
import type { Code } from '../../domain/matching/match-codes.ts';
import { quoteIdentifier, quoteTable } from '../quote.ts';
import { DEPARTMENT, findTargetTable, tableName, type TargetTable } from '../target-table.ts';
import { ruleOfColumn } from './check-rule.ts';

/** Columns of a reference table that say what a code is called. */
const LABELS = ['name', 'label', 'title', 'description'];
/** A table of more rows holds things, not codes. */
const MOST = 300;

/**
 * The codes that a column of the platform takes: those of the reference table it refers to, with their labels, or those its check
 * constraint lists.
 * @returns undefined for a column that takes any value, or rows of a department's own
 */
export async function readTargetCodes(
  client: pg.Client,
  table: TargetTable,
  column: string,
): Promise<Code[] | undefined> {
  const key = table.foreignKeys.find(
    ({ columns }) => columns.length === 1 && columns[0] === column,
  );
  if (key !== undefined) {
    const reference = await findTargetTable(client, tableName(key));
    const [code] = key.targetColumns;
    if (reference === undefined || code === undefined) return undefined;
    if (reference.columns.some(({ name }) => name === DEPARTMENT)) return undefined;
    const label = LABELS.find(
      (name) => name !== code && reference.columns.some((each) => each.name === name),
    );
    const { rows } = await client.query<{ code: string; label: string | null }>(
      `select ${quoteIdentifier(code)}::text as code, ${label === undefined ? 'null' : quoteIdentifier(label)}::text as label
       from ${quoteTable(reference.schema, reference.table)} order by 1 limit ${MOST + 1}`,
    );
    if (rows.length > MOST) return undefined;
    return rows.map((row) => ({ code: row.code, label: row.label ?? undefined }));
  }
  return ruleOfColumn(table, column)?.among?.map((each) => ({ code: each }));
}
