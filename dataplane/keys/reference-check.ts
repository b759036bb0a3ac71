import type pg from 'pg';
import { MAX_EXAMPLES } from '../../domain/findings.ts';
import { PLACEHOLDER_PATTERN } from '../../domain/value-types.ts';
import { quoteColumns, quoteIdentifier, quoteLiteral } from '../quote.ts';
import type { ParentKey } from './parent-keys.ts';
import type { ProfiledTable } from './profiled-table.ts';

/** A column whose values may be keys of another table. */
export interface Candidate {
  readonly child: ProfiledTable;
  readonly column: string;
  readonly parent: ParentKey;
}

/** Rows that refer to nothing and to themselves. */
export interface BrokenReferences {
  readonly unknownRows: number;
  readonly unknownKeys: readonly string[];
  readonly selfRows: number;
  readonly selfKeys: readonly string[];
}

/**
 * How many of the different values of the child are in the parent, from 0 to 1. Words for "missing" are left out: a post
 * that reports to `XX` says nothing about whether the column holds post numbers.
 */
export async function inclusionOf(client: pg.Client, candidate: Candidate): Promise<number> {
  const { rows } = await client.query<{ share: number | null }>(`
    with ${parentSql(candidate)},
    child as (
      select ${childColumns(candidate)} from ${candidate.child.relation.sql} r
      where ${childText(candidate)} <> '' and ${childText(candidate)} !~ ${quoteLiteral(PLACEHOLDER_PATTERN)}
      group by ${names(candidate).join(', ')}
    )
    select avg((parent.k0 is not null)::int)::float8 as share
    from child left join parent on ${sameKey(candidate, 'child')}`);
  return rows[0]?.share ?? 0;
}

/** Lists the rows of the child whose value is not in the parent, and those that name themselves. */
export async function brokenReferences(
  client: pg.Client,
  candidate: Candidate,
): Promise<BrokenReferences> {
  const { child, parent } = candidate;
  const { relation } = child;
  const order = quoteColumns(relation.keyColumns, 'r') || '1';
  const self =
    relation.sql === parent.table.relation.sql
      ? `${childText(candidate)} = btrim(r.${quoteIdentifier(parent.column.name)}::text)`
      : 'false';
  const listed = (flag: string, name: string): string => `
    count(*) filter (where ${flag})::int as ${name}_rows,
    coalesce(jsonb_agg(key order by place) filter (where ${flag} and ${name}_place <= ${MAX_EXAMPLES} and key is not null), '[]') as ${name}_keys`;
  const { rows } = await client.query<{
    unknown_rows: number;
    unknown_keys: string[];
    self_rows: number;
    self_keys: string[];
  }>(`
    with ${parentSql(candidate)},
    child as (
      select ${childColumns(candidate)}, ${relation.keyText('r')} as key, ${self} as names_itself,
        row_number() over (order by ${order}) as place
      from ${relation.sql} r where ${childText(candidate)} <> ''
    ),
    marked as (
      select key, place, names_itself, parent.k0 is null as unknown
      from child left join parent on ${sameKey(candidate, 'child')}
    ),
    numbered as (
      select *, row_number() over (partition by unknown order by place) as unknown_place,
        row_number() over (partition by names_itself order by place) as self_place
      from marked where unknown or names_itself
    )
    select ${listed('unknown', 'unknown')}, ${listed('names_itself', 'self')} from numbered`);
  const [found] = rows;
  return {
    unknownRows: found?.unknown_rows ?? 0,
    unknownKeys: found?.unknown_keys ?? [],
    selfRows: found?.self_rows ?? 0,
    selfKeys: found?.self_keys ?? [],
  };
}

function names({ parent }: Candidate): string[] {
  return ['k0', ...parent.within.map((_column, index) => `k${index + 1}`)];
}

/** Compared as trimmed text: the two sides may be of different types. */
function trimmed(column: string): string {
  return `coalesce(btrim(r.${quoteIdentifier(column)}::text), '')`;
}

function parentSql({ parent }: Candidate): string {
  const columns = [parent.column.name, ...parent.within].map(trimmed);
  const list = columns.map((sql, index) => `${sql} as k${index}`).join(', ');
  const groups = columns.map((_sql, index) => `k${index}`).join(', ');
  return `parent as materialized (select ${list} from ${parent.table.relation.sql} r group by ${groups})`;
}

function childText({ column }: Candidate): string {
  return trimmed(column);
}

function childColumns({ column, parent }: Candidate): string {
  return [column, ...parent.within]
    .map((name, index) => `${trimmed(name)} as k${index}`)
    .join(', ');
}

function sameKey(candidate: Candidate, child: string): string {
  return names(candidate)
    .map((name) => `parent.${name} = ${child}.${name}`)
    .join(' and ');
}
