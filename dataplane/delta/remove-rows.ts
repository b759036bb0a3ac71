import type pg from 'pg';
import { describeDataError, isDataError } from '../data-error.ts';
import { SlipwayError } from '../../domain/errors.ts';
import { quoteIdentifier } from '../quote.ts';
import { PLATFORM } from '../target-places.ts';
import { DEPARTMENT, type TargetTable, tableName } from '../target-table.ts';

/** Rows of the platform that have to go. */
export interface Doomed {
  readonly table: TargetTable;
  /** Columns of the key, and the keys as PostgreSQL writes a row of them. */
  readonly key: readonly string[];
  readonly keys: readonly string[];
}

/**
 * Removes rows of a department and all rows that refer to them, referring ones first. Rows that go because of another
 * one are looked at anew afterwards: what their source row lacks now is found then.
 * @param tables those of the mapping, referenced ones first
 * @returns the number of rows removed, by table; tables without are left out
 * @throws SlipwayError `data/chunk-failed` when a table outside the mapping refers to them
 */
export async function removeRows(
  target: pg.Client,
  tables: readonly TargetTable[],
  department: string,
  doomed: readonly Doomed[],
): Promise<ReadonlyMap<string, number>> {
  await target.query(
    `drop table if exists pg_temp.slipway_doomed;
     create temporary table slipway_doomed (number integer, place tid, primary key (number, place))`,
  );
  const numberOf = (table: TargetTable): number =>
    tables.findIndex((each) => tableName(each) === tableName(table));
  for (const { table, key, keys } of doomed) {
    const columns = key.map((name) => `t.${quoteIdentifier(name)}`).join(', ');
    await target.query(
      `insert into slipway_doomed select $1, t.ctid from ${PLATFORM.table(table)} t
       where t.${DEPARTMENT} = $2 and row(${columns})::text = any($3) on conflict do nothing`,
      [numberOf(table), department, keys],
    );
  }
  while ((await doomReferring(target, tables)) > 0);
  const removed = new Map<string, number>();
  for (const table of tables.toReversed()) {
    const { rowCount } = await deleteDoomed(target, table, numberOf(table));
    if (rowCount !== null && rowCount > 0) removed.set(tableName(table), rowCount);
  }
  return removed;
}

/** Adds the rows that refer to those which have to go; returns how many were added. */
async function doomReferring(target: pg.Client, tables: readonly TargetTable[]): Promise<number> {
  let added = 0;
  for (const [number, table] of tables.entries()) {
    for (const key of table.foreignKeys) {
      const parent = tables.findIndex((each) => tableName(each) === tableName(key));
      if (parent < 0) continue;
      const same = key.columns.map(
        (name, index) =>
          `c.${quoteIdentifier(name)} = p.${quoteIdentifier(key.targetColumns[index] ?? '')}`,
      );
      const { rowCount } = await target.query(
        `insert into slipway_doomed
         select $1, c.ctid from ${PLATFORM.table(table)} c
           join ${PLATFORM.table(key)} p on ${same.join(' and ')}
           join slipway_doomed d on d.number = $2 and d.place = p.ctid
         on conflict do nothing`,
        [number, parent],
      );
      added += rowCount ?? 0;
    }
  }
  return added;
}

async function deleteDoomed(
  target: pg.Client,
  table: TargetTable,
  number: number,
): Promise<pg.QueryResult> {
  try {
    return await target.query(
      `delete from ${PLATFORM.table(table)} t using slipway_doomed d where d.number = $1 and d.place = t.ctid`,
      [number],
    );
  } catch (error) {
    if (!isDataError(error)) throw error;
    throw new SlipwayError(
      'data/chunk-failed',
      `rows of ${tableName(table)} that are gone from the source cannot be removed: ${describeDataError(error)}`,
    );
  }
}
