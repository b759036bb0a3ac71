import type pg from 'pg';
import type { Side } from '../driver-errors.ts';
import type { CompiledDataset, CompiledField } from '../mapping/compiled-dataset.ts';
import { MAPPED, type RowSelection, rowKeySql, sourceRows } from '../mapping/source-rows.ts';
import { quoteIdentifier, quoteLiteral, quoteTable } from '../quote.ts';
import { DEPARTMENT } from '../target-table.ts';
import type { Form } from './checksum.ts';
import type { Comparison } from './comparison.ts';

/** One end of a comparison as SQL. */
export interface SideSql {
  readonly from: string;
  readonly where: string;
  /** MAPPED for the rows that are compared, otherwise what else a row counts as: see `sourceRows`. */
  readonly out: string;
  /** The value of a column of the platform: exactly what is, or would be, stored. */
  value(name: string): string;
  /** Where the row comes from: a row's key as Slipway and as people tell it. Null on the platform. */
  readonly rowKey: string;
  readonly shown: string;
  /** Finding single rows again, by an index where there is one: the relation, its alias, key columns and their types. */
  readonly at: {
    readonly relation: string;
    readonly alias: string;
    readonly key: readonly string[];
    readonly types: readonly string[];
    readonly where: string;
  };
}

/** One end of a comparison: its SQL, and the connection it runs on. */
export interface ComparedSide {
  readonly client: pg.Client;
  readonly url: string;
  readonly side: Side;
  readonly sql: SideSql;
}

/** The rows of a dataset as they are mapped now. */
export function sourceSide(
  comparison: Comparison,
  dataset: CompiledDataset,
  selection: RowSelection,
): SideSql {
  const { from, out } = sourceRows(dataset, selection);
  const { relation, keyTypes } = dataset;
  return {
    from,
    where: 'true',
    out,
    value(name) {
      const field = dataset.fields.find((each) => each.name === name);
      if (field !== undefined) return rewritten(field);
      const compared = comparison.columns.find((each) => each.name === name);
      return `null::${compared?.wireType ?? 'numeric'}`;
    },
    rowKey: rowKeySql(dataset),
    shown: relation.keyText('s'),
    at: {
      relation: relation.sql,
      alias: 's',
      key: relation.keyColumns,
      types: keyTypes,
      where: 'true',
    },
  };
}

/** The platform's rows of the department. */
export function targetSide({ table, department, key, datasets }: Comparison): SideSql {
  const relation = quoteTable(table.schema, table.table);
  const where = `t.${quoteIdentifier(DEPARTMENT)} = ${quoteLiteral(department)}`;
  const wire = new Map(datasets.flatMap(({ fields }) => fields.map((f) => [f.name, f.wireType])));
  return {
    from: `${relation} t`,
    where,
    out: String(MAPPED),
    value: (name) => `t.${quoteIdentifier(name)}::${wire.get(name) ?? 'text'}`,
    rowKey: 'null::text',
    shown: 'null::text',
    at: {
      relation,
      alias: 't',
      key: key.map(({ name }) => name),
      types: key.map(({ column }) => column.type),
      where,
    },
  };
}

/** Types that travel as text and come back in another writing. */
const REWRITTEN = /^(jsonb|bytea|inet|cidr|macaddr|interval|time )/;

function rewritten({ sql, column, wireType }: CompiledField): string {
  return wireType === 'text' && REWRITTEN.test(column.baseType)
    ? `(${sql})::${column.baseType}::text`
    : sql;
}

/**
 * A value in the form in which it is hashed: equal forms for values that are the same, and for no others. 1.0 and 1.00
 * are the same number, which their texts hide. PostgreSQL's hash of a number leaves out its sign (as that of a float
 * takes -0 for 0), so it is given the bytes. Texts are bytes, in whatever order the database sorts them.
 */
export function hashed(value: string, { wireType }: CompiledField, form: Form): string {
  if (wireType === 'real' || wireType === 'double precision') return `(${value})::text`;
  if (wireType === 'numeric') return trimmed(value);
  if (form === 'text') return value;
  if (wireType.startsWith('numeric')) return `numeric_send(${value})`;
  return wireType === 'text' ? `(${value}) collate "C"` : value;
}

/** The text of a value for which `hashed` holds as well. */
export function comparableText(value: string, field: CompiledField): string {
  return `(${hashed(value, field, 'text')})::text`;
}

/** `trim_scale` came with PostgreSQL 13. */
function trimmed(value: string): string {
  const text = `(${value})::text`;
  return `case when ${text} like '%.%' then rtrim(rtrim(${text}, '0'), '.') else ${text} end`;
}
