import { quoteColumns, quoteIdentifier } from '../quote.ts';
import { columnType } from '../mapping/sql-type.ts';
import type { CompiledDataset, CompiledField } from '../mapping/compiled-dataset.ts';
import { MAPPED, type RowSelection, rowKeySql, sourceRows } from '../mapping/source-rows.ts';
import type { TargetPlaces } from '../target-places.ts';

/*
 * The rows of a chunk that failed are looked at in three temporary tables on the platform: `raw`, the source rows as
 * they are; `mapped`, those that could be mapped, without any constraint; `verdict`, the rules that rows broke.
 */
export const RAW = 'pg_temp.slipway_raw';
export const MAPPED_ROWS = 'pg_temp.slipway_mapped';
export const VERDICT = 'pg_temp.slipway_verdict';

/** A raw row's place in key order, from 1. */
export const N = '"_slipway_n"';
export const OUT = '"_slipway_out"';
/** A source row's key, as Slipway and as people tell it; mapped rows have it when there is no raw row. */
export const KEY = '"_slipway_key"';
export const SHOWN = '"_slipway_shown"';

/** SQL types of the raw columns: those the expressions were compiled for, so that the same SQL runs here. */
const TYPES = {
  text: 'text',
  integer: 'bigint',
  decimal: 'numeric',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  null: 'text',
} as const;

/** The columns of a source row with the SQL types they have on the platform while it is looked at. */
export function rawColumns(dataset: CompiledDataset): { name: string; type: string }[] {
  return [...dataset.sourceColumns].map(([name, declared]) => ({
    name,
    type: TYPES[columnType(declared).type.kind],
  }));
}

/** Creates the three tables, empty. */
export function createTables(dataset: CompiledDataset, places: TargetPlaces): string {
  const raw = rawColumns(dataset).map(({ name, type }) => `${quoteIdentifier(name)} ${type}`);
  const optional = dataset.target.columns
    .filter((column) => column.notNull && !column.generated)
    .map((column) => `alter column ${quoteIdentifier(column.name)} drop not null`);
  return `
    create temporary table slipway_raw (
      ${N} bigint primary key, ${KEY} text not null, ${SHOWN} text not null, ${raw.join(', ')},
      ${OUT} integer not null default 0
    );
    create temporary table slipway_mapped (like ${places.table(dataset.target)} including defaults including generated);
    alter table ${MAPPED_ROWS} ${[...optional, `add column ${N} bigint`, `add column ${KEY} text`].join(', ')};
    create temporary table slipway_verdict (
      seq bigint generated always as identity, n bigint not null, rule text not null, field text
    );`;
}

/** A transaction may need them more than once. */
export const DROP_TABLES = `drop table if exists ${RAW}, ${MAPPED_ROWS}, ${VERDICT}`;

/**
 * SELECT of source rows in the form of the raw table, numbered in key order.
 * @param where SQL condition on the source row `s`
 * @param after the number before the first
 */
export function rawSql(dataset: CompiledDataset, where: string, after = 0): string {
  const order = quoteColumns(dataset.relation.keyColumns, 's');
  const columns = rawColumns(dataset).map(
    ({ name, type }) => `s.${quoteIdentifier(name)}::${type}`,
  );
  return `select ${after} + row_number() over (order by ${order}), ${rowKeySql(dataset)}, ${dataset.relation.keyText('s')}, ${columns.join(', ')} from ${dataset.relation.sql} s where ${where}`;
}

/** The raw table and its columns, for COPY. */
export function rawTarget(dataset: CompiledDataset): string {
  const names = rawColumns(dataset).map(({ name }) => name);
  return `${RAW} (${N}, ${KEY}, ${SHOWN}, ${quoteColumns(names)})`;
}

/** SELECT of mapped source rows in the form of the mapped table, numbered in key order after `after`. */
export function mappedRowsSql(
  dataset: CompiledDataset,
  selection: RowSelection,
  after: number,
): string {
  const { from, out } = sourceRows(dataset, selection);
  const order = quoteColumns(dataset.relation.keyColumns, 's');
  const values = dataset.fields.map(({ sql }) => sql);
  return `select ${after} + row_number() over (order by ${order}), ${rowKeySql(dataset)}, ${values.join(', ')} from ${from} where ${out} = ${MAPPED}`;
}

/** The mapped table and its columns, for COPY. */
export function mappedTarget(dataset: CompiledDataset): string {
  const names = dataset.fields.map(({ name }) => name);
  return `${MAPPED_ROWS} (${N}, ${KEY}, ${quoteColumns(names)})`;
}

/** The field's SQL with the type the platform stores, for INSERT instead of COPY. */
export function storedSql(field: CompiledField): string {
  const { column, sql, wireType } = field;
  // Assignment does the rest, and refuses what is too long where a cast would cut it.
  return wireType === 'text' && !/^(text|character)/.test(column.baseType)
    ? `(${sql})::${column.type}`
    : sql;
}

/** Holds for rows of `alias` (with a column N) that no rule was found to be broken by. */
export function isGood(alias: string): string {
  return `not exists (select from ${VERDICT} v where v.n = ${alias}.${N})`;
}
