import { createHash } from 'node:crypto';
import type pg from 'pg';
import { SlipwayError } from '../domain/errors.ts';
import { quoteTable } from './quote.ts';

/** A column of the platform. */
export interface TargetColumn {
  readonly name: string;
  /** As `format_type` writes it, with its modifier: `numeric(14,2)`. */
  readonly type: string;
  /** The type under a domain; the type itself otherwise. */
  readonly baseType: string;
  readonly isEnum: boolean;
  readonly notNull: boolean;
  /** A default, an identity or a generation expression fills it when it is left out. */
  readonly hasDefault: boolean;
  /** How the platform numbers it; null when it does not. */
  readonly identity: 'always' | 'by default' | null;
  /** Nothing can be written to it. */
  readonly generated: boolean;
}

/** A primary key, unique constraint or unique index. */
export interface TargetUnique {
  readonly name: string;
  /** SQL of each part, over unqualified column names. */
  readonly parts: readonly string[];
  /** The parts that are plain columns. */
  readonly columns: readonly string[];
  /** Only rows for which this SQL holds take part. */
  readonly predicate: string | null;
  readonly nullsEqual: boolean;
}

export interface TargetCheck {
  readonly name: string;
  readonly columns: readonly string[];
  /** SQL over unqualified column names; violated when it is false. */
  readonly sql: string;
}

export interface TargetForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly schema: string;
  readonly table: string;
  readonly targetColumns: readonly string[];
}

/** A table of the platform with everything a row must satisfy to be in it. */
export interface TargetTable {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly TargetColumn[];
  readonly primaryKey: readonly string[];
  readonly uniques: readonly TargetUnique[];
  readonly checks: readonly TargetCheck[];
  readonly foreignKeys: readonly TargetForeignKey[];
}

/** The column that says whose a row is: first in every primary key of the platform, always supplied by Slipway. */
export const DEPARTMENT = 'department';

/** `schema.table`, as manifests write it. */
export function tableName(table: { readonly schema: string; readonly table: string }): string {
  return `${table.schema}.${table.table}`;
}

/** The primary key without the department: what tells the rows of one department apart. */
export function rowKeyOf(table: TargetTable): string[] {
  return table.primaryKey.filter((column) => column !== DEPARTMENT);
}

/**
 * Reads a table of the platform from its catalogue.
 * @param name `schema.table`
 * @returns undefined when there is no such table
 */
export async function findTargetTable(
  client: pg.Client,
  name: string,
): Promise<TargetTable | undefined> {
  const [schema = '', table = ''] = name.split('.');
  const found = await client.query<{ oid: number | null }>('select to_regclass($1)::oid as oid', [
    quoteTable(schema, table),
  ]);
  const oid = found.rows[0]?.oid ?? null;
  if (oid === null) return undefined;
  const columns = await client.query<TargetColumn>(COLUMNS, [oid]);
  const constraints = await client.query<ConstraintRow>(CONSTRAINTS, [oid]);
  const uniques = await client.query<TargetUnique & { isPrimary: boolean }>(UNIQUES, [oid]);
  return {
    schema,
    table,
    columns: columns.rows,
    primaryKey: uniques.rows.find((each) => each.isPrimary)?.columns ?? [],
    uniques: uniques.rows.map(({ name: unique, parts, columns: names, predicate, nullsEqual }) => ({
      name: unique,
      parts,
      columns: names,
      predicate,
      nullsEqual,
    })),
    checks: constraints.rows
      .filter((row) => row.type === 'c')
      .map((row) => ({ name: row.name, columns: row.columns, sql: row.sql ?? 'true' })),
    foreignKeys: constraints.rows
      .filter((row) => row.type === 'f')
      .map((row) => ({
        name: row.name,
        columns: row.columns,
        schema: row.schema ?? '',
        table: row.table ?? '',
        targetColumns: row.targetColumns ?? [],
      })),
  };
}

/**
 * As `findTargetTable`.
 * @throws SlipwayError `target/drift` when there is no such table
 */
export async function readTargetTable(client: pg.Client, name: string): Promise<TargetTable> {
  const table = await findTargetTable(client, name);
  if (table === undefined) {
    throw new SlipwayError('target/drift', `the platform has no table ${name}`);
  }
  return table;
}

/** SHA-256 of what a mapping relies on in a table: it changes when the platform's table does. */
export function fingerprintOf(table: TargetTable): string {
  const { columns, ...rest } = table;
  const sorted = columns.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([sorted, rest]))
    .digest('hex');
}

interface ConstraintRow {
  readonly name: string;
  readonly type: 'c' | 'f';
  readonly columns: string[];
  readonly sql: string | null;
  readonly schema: string | null;
  readonly table: string | null;
  readonly targetColumns: string[] | null;
}

const COLUMNS = `
  select a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
    case t.typtype when 'd' then format_type(t.typbasetype, t.typtypmod) else format_type(a.atttypid, a.atttypmod) end as "baseType",
    t.typtype = 'e' as "isEnum", a.attnotnull or t.typnotnull as "notNull",
    a.atthasdef or a.attidentity <> '' as "hasDefault",
    case a.attidentity when 'a' then 'always' when 'd' then 'by default' end as identity, a.attgenerated <> '' as generated
  from pg_attribute a join pg_type t on t.oid = a.atttypid
  where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped order by a.attnum`;

const CONSTRAINTS = `
  select c.conname as name, c.contype as type, pg_get_expr(c.conbin, c.conrelid) as sql,
    array(select a.attname::text from unnest(c.conkey) with ordinality k(num, place)
      join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.num order by k.place) as columns,
    n.nspname as schema, r.relname as table,
    array(select a.attname::text from unnest(c.confkey) with ordinality k(num, place)
      join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.num order by k.place) as "targetColumns"
  from pg_constraint c
    left join pg_class r on r.oid = c.confrelid and c.contype = 'f' left join pg_namespace n on n.oid = r.relnamespace
  where c.conrelid = $1 and c.contype in ('c', 'f') order by c.conname`;

// indnullsnotdistinct came with PostgreSQL 15.
const UNIQUES = `
  select c.relname as name, i.indisprimary as "isPrimary",
    array(select pg_get_indexdef(i.indexrelid, k, true) from generate_series(1, i.indnkeyatts) k order by k) as parts,
    array(select a.attname::text from unnest(i.indkey) with ordinality k(num, place)
      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.num
      where k.place <= i.indnkeyatts order by k.place) as columns,
    pg_get_expr(i.indpred, i.indrelid) as predicate,
    coalesce(to_jsonb(i) ->> 'indnullsnotdistinct', 'false') = 'true' as "nullsEqual"
  from pg_index i join pg_class c on c.oid = i.indexrelid
  where i.indrelid = $1 and i.indisunique and i.indisvalid order by i.indisprimary desc, c.relname`;
