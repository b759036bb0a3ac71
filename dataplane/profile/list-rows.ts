import type pg from 'pg';
import { MAX_EXAMPLES } from '../../domain/findings.ts';
import type { Counted } from '../../domain/profile.ts';
import { quoteColumns } from '../quote.ts';
import type { Relation } from '../relation.ts';

const TOP_VALUES = 10;

/** A condition on a row `r`, and the value of interest in it. */
export interface RowCondition {
  readonly sql: string;
  readonly value: string;
}

/** The rows for which a condition holds. */
export interface ListedRows {
  readonly rows: number;
  /** The first 1,000, in key order. */
  readonly keys: readonly string[];
  readonly values: readonly Counted[];
}

/** Lists the rows for which each of several conditions holds, in one scan. In the order of the conditions. */
export async function listRows(
  client: pg.Client,
  relation: Relation,
  conditions: readonly RowCondition[],
): Promise<ListedRows[]> {
  if (conditions.length === 0) return [];
  const order = quoteColumns(relation.keyColumns, 'r') || '1';
  const cases = conditions.map(({ sql, value }, index) => `(${index}, ${sql}, ${value})`);
  // Most rows pass none of the conditions: only the others are told apart.
  const any = conditions.map(({ sql }) => `(${sql})`).join(' or ');
  const { rows } = await client.query<ListedRows & { c: number }>(`
    with odd as materialized (select * from ${relation.sql} r where ${any}),
    bad as (
      select v.c, v.value, ${relation.keyText('r')} as key,
        row_number() over (partition by v.c order by ${order}) as place
      from odd r cross join lateral (values ${cases.join(', ')}) as v(c, holds, value)
      where v.holds
    ),
    listed as (
      select c, count(*)::int as rows,
        coalesce(jsonb_agg(key order by place)
          filter (where place <= ${MAX_EXAMPLES} and key is not null), '[]') as keys
      from bad group by c
    ),
    counted as (
      select c, value, count(*) as n,
        row_number() over (partition by c order by count(*) desc, value collate "C") as place
      from bad group by c, value
    ),
    top as (
      select c, jsonb_agg(jsonb_build_object('value', value, 'rows', n) order by place) as values
      from counted where place <= ${TOP_VALUES} group by c
    )
    select c, rows, keys, values from listed join top using (c)`);
  return conditions.map((_condition, index) => {
    const found = rows.find((row) => row.c === index);
    return found === undefined
      ? { rows: 0, keys: [], values: [] }
      : { rows: found.rows, keys: found.keys, values: found.values };
  });
}
