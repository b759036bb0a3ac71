import type { TargetColumn } from '../target-table.ts';
import { exactSql, refuse, wholeSql } from './operators.ts';
import { type SqlType, typeInWords } from './sql-type.ts';

/** An expression made to fit a column of the platform. */
export interface Assigned {
  /** Yields exactly the column's value, on the source and on the platform alike. */
  readonly sql: string;
  /** The type `sql` yields: the column's own, or the one whose binary form the column takes. */
  readonly wireType: string;
  /** The column takes the binary form of `wireType`; otherwise only its text. */
  readonly binary: boolean;
}

/**
 * Makes an expression fit a column without ever changing a value: a number with more digits than the column holds,
 * or a time where the column wants a day, fails the row.
 * @returns what is wrong, in words, when the types do not go together
 */
export function assign(
  expression: { readonly sql: string; readonly type: SqlType },
  column: TargetColumn,
): Assigned | { readonly problem: string } {
  const { sql, type } = expression;
  const { wireType, binary } = wireOf(column);
  const done = (inner: string): Assigned => ({ sql: `(${inner})::${wireType}`, wireType, binary });
  if (type.kind === 'null') return done('null');
  const family = familyOf(wireType);
  if (family === 'text') {
    // Blanks at the end are no part of a char(n): it comes back without them.
    const padded = column.baseType.startsWith('character(');
    if (type.kind === 'text') return done(padded ? `rtrim(${sql}, ' ')` : sql);
    if (type.kind === 'integer') return done(sql);
  } else if (family === 'integer') {
    if (type.kind === 'integer') return done(sql);
    if (type.kind === 'decimal') return done(wholeSql(`(${sql})`));
  } else if (family === 'numeric') {
    const scale = /,(\d+)\)$/.exec(wireType)?.[1];
    if (type.kind === 'integer') return done(sql);
    if (type.kind === 'decimal') {
      const fits = scale === undefined || (type.scale !== undefined && type.scale <= Number(scale));
      return done(fits ? sql : exactSql(`(${sql})`, Number(scale)));
    }
  } else if (family === 'float') {
    if (type.kind === 'integer' || type.kind === 'decimal') return done(sql);
  } else if (family === 'date' && type.kind === 'timestamp') {
    return done(dayOf(sql));
  } else if (family === type.kind || (family === 'timestamp' && type.kind === 'date')) {
    return done(sql);
  }
  return { problem: `${column.name} is ${column.type}: expected that, found ${typeInWords(type)}` };
}

type Family = SqlType['kind'] | 'numeric' | 'float';

function familyOf(wireType: string): Family {
  if (wireType.startsWith('numeric')) return 'numeric';
  return FAMILIES[wireType.replace(/^(timestamp)\(\d\)/, '$1')] ?? 'text';
}

const FAMILIES: Readonly<Record<string, Family>> = {
  smallint: 'integer',
  integer: 'integer',
  bigint: 'integer',
  real: 'float',
  'double precision': 'float',
  boolean: 'boolean',
  date: 'date',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
};

/**
 * `varchar(n)` and `char(n)` travel as text without their length: a cast to them cuts silently, while storing a text
 * that is too long is an error. Types that mappings do not know travel as text.
 */
function wireOf(column: TargetColumn): { wireType: string; binary: boolean } {
  const { baseType, isEnum } = column;
  if (isEnum || baseType === 'text' || baseType.startsWith('character')) {
    return { wireType: 'text', binary: true };
  }
  const known = baseType.startsWith('numeric') || familyOf(baseType) !== 'text';
  if (known || baseType === 'uuid') return { wireType: baseType, binary: true };
  return { wireType: 'text', binary: false };
}

/** The day of a time that is midnight. */
function dayOf(sql: string): string {
  return `case when date_trunc('day', ${sql}) = ${sql} then (${sql})::date else date '2000-01-01' + ${refuse(`(${sql})`)} end`;
}
