import type pg from 'pg';
import type { Relation } from '../relation.ts';

/** What a database declares and enforces about its tables. */
export interface Constraints {
  /** Primary and unique keys over columns that are not null. */
  readonly keys: readonly { readonly table: string; readonly columns: readonly string[] }[];
  readonly foreignKeys: readonly ForeignKey[];
}

export interface ForeignKey {
  readonly table: string;
  readonly columns: readonly string[];
  readonly parentTable: string;
  readonly parentColumns: readonly string[];
  /** False for a constraint added without checking the rows that were there. */
  readonly validated: boolean;
}

/** Reads the constraints of some tables. Foreign keys to tables that are not among them are left out. */
export async function readConstraints(
  client: pg.Client,
  relations: readonly Relation[],
): Promise<Constraints> {
  const names = relations.map(({ schema, table }) => `${schema}.${table}`);
  const columnsOf = (relation: string, numbers: string): string => `
    array(select a.attname::text from unnest(${numbers}) with ordinality as u(number, place)
          join pg_attribute a on a.attrelid = ${relation} and a.attnum = u.number order by u.place)`;
  const { rows } = await client.query<{
    kind: string;
    table: string;
    columns: string[];
    parent: string | null;
    parent_columns: string[];
    validated: boolean;
  }>(
    `
    with wanted as (
      select c.oid, n.nspname || '.' || c.relname as name
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname || '.' || c.relname = any ($1)
    )
    select k.contype::text as kind, t.name as table, ${columnsOf('k.conrelid', 'k.conkey')} as columns,
      p.name as parent, ${columnsOf('k.confrelid', 'k.confkey')} as parent_columns, k.convalidated as validated
    from pg_constraint k join wanted t on t.oid = k.conrelid left join wanted p on p.oid = k.confrelid
    where (k.contype = 'p'
        or k.contype = 'u' and not exists (
          select from pg_attribute a where a.attrelid = k.conrelid and a.attnum = any (k.conkey) and not a.attnotnull)
        or k.contype = 'f' and p.oid is not null)
    order by t.name, k.conname`,
    [names],
  );
  return {
    keys: rows.filter((row) => row.kind !== 'f').map(({ table, columns }) => ({ table, columns })),
    foreignKeys: rows.flatMap(({ kind, table, columns, parent, parent_columns, validated }) =>
      kind === 'f' && parent !== null
        ? [{ table, columns, parentTable: parent, parentColumns: parent_columns, validated }]
        : [],
    ),
  };
}
