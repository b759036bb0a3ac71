import type pg from 'pg';
import { quoteColumns, quoteIdentifier } from '../quote.ts';

/**
 * Gives the rows of a draft the numbers (`_row`) that they had when they were taken in before, and new numbers to new
 * rows: what the load keeps about a row (its place in quarantine) stays true when its source is taken in again. A row
 * is the same when its key is; without a key, when all of it is. Of several rows alike the first is the first.
 * @param before the table as it was taken in last, as SQL; undefined when it never was
 * @param lastRow the highest number ever given
 * @returns the highest number ever given, now
 */
export async function keepRowNumbers(
  client: pg.Client,
  draft: string,
  before: { readonly table: string; readonly columns: readonly string[] } | undefined,
  columns: readonly string[],
  key: readonly string[] | undefined,
  lastRow: number,
): Promise<number> {
  if (before !== undefined) {
    const known = (names: readonly string[]): boolean =>
      names.every((name) => columns.includes(name) && before.columns.includes(name));
    const identity = key !== undefined && key.length > 0 && known(key) ? key : columns;
    if (known(identity)) await renumber(client, draft, before.table, identity, lastRow);
    else await client.query(`update ${draft} set _row = _row + $1`, [lastRow]);
  }
  const { rows } = await client.query<{ last: string }>(
    `select greatest($1::bigint, coalesce(max(_row), 0)) as last from ${draft}`,
    [lastRow],
  );
  return Number(rows[0]?.last);
}

async function renumber(
  client: pg.Client,
  draft: string,
  before: string,
  identity: readonly string[],
  lastRow: number,
): Promise<void> {
  // A digest, because a whole row may be longer than what a hash join likes to keep.
  const digest = (alias: string): string =>
    `sha256(convert_to(row(${quoteColumns(identity, alias)})::text, 'UTF8'))`;
  const numbered = (table: string): string =>
    `select _row, same, row_number() over (partition by same order by _row) as turn
     from (select t._row, ${digest('t')} as same from ${table} t) d`;
  await client.query(
    `with there as materialized (${numbered(before)}),
       here as materialized (${numbered(draft)}),
       placed as (
         select here._row as draft_row,
           coalesce(there._row, $1::bigint + row_number() over (partition by there._row is null order by here._row)) as kept
         from here left join there on there.same = here.same and there.turn = here.turn
       )
     update ${draft} d set ${quoteIdentifier('_row')} = placed.kept
     from placed where placed.draft_row = d._row and placed.kept <> d._row`,
    [lastRow],
  );
}
