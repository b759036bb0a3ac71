import type pg from 'pg';
import { MAX_EXAMPLES } from '../../domain/findings.ts';
import type { KeyCheck } from '../../domain/profile.ts';
import { quoteColumns, quoteIdentifier } from '../quote.ts';
import type { Relation } from '../relation.ts';

/** A column as it is compared: texts of files without the blanks around them. */
export function comparedColumn(relation: Relation, column: string, alias: string): string {
  const name = `${quoteIdentifier(alias)}.${quoteIdentifier(column)}`;
  return relation.staged ? `btrim(${name})` : name;
}

/** Does the row have no value in the column? */
export function hasNoValue(relation: Relation, column: string, alias: string): string {
  const value = comparedColumn(relation, column, alias);
  return relation.staged ? `coalesce(${value}, '') = ''` : `${value} is null`;
}

/** Checks whether a key is unique, and lists the rows that break it. */
export async function checkKey(
  client: pg.Client,
  relation: Relation,
  columns: readonly string[],
  origin: KeyCheck['origin'],
): Promise<KeyCheck> {
  const parts = columns.map((column) => comparedColumn(relation, column, 'r'));
  const incomplete = columns.map((column) => hasNoValue(relation, column, 'r')).join(' or ');
  const names = columns.map((_column, index) => `k${index}`);
  const same = parts.map((part, index) => `${part} = repeated.k${index}`).join(' and ');
  const order = quoteColumns(relation.keyColumns, 'r') || '1';
  const listed = (table: string, condition: string): string => `
    select count(*)::int as n, coalesce(jsonb_agg(key order by place) filter (where place <= ${MAX_EXAMPLES} and key is not null), '[]') as keys
    from (select ${relation.keyText('r')} as key, row_number() over (order by ${order}) as place
          from ${table} where ${condition}) s`;
  const { rows } = await client.query<{
    values: number;
    rows: number;
    keys: string[];
    incomplete: number;
    incomplete_keys: string[];
  }>(`
    with repeated as materialized (
      select ${parts.map((part, index) => `${part} as k${index}`).join(', ')}
      from ${relation.sql} r where not (${incomplete}) group by ${names.join(', ')} having count(*) > 1
    )
    select (select count(*)::int from repeated) as values, r.n as rows, r.keys,
      i.n as incomplete, i.keys as incomplete_keys
    from (${listed(`${relation.sql} r join repeated on ${same}`, 'true')}) r,
      (${listed(`${relation.sql} r`, incomplete)}) i`);
  const [found] = rows;
  return {
    table: `${relation.schema}.${relation.table}`,
    columns,
    origin,
    unique: found?.values === 0,
    repeatedValues: found?.values ?? 0,
    repeatedRows: found?.rows ?? 0,
    repeatedKeys: found?.keys ?? [],
    incompleteRows: found?.incomplete ?? 0,
    incompleteKeys: found?.incomplete_keys ?? [],
  };
}
