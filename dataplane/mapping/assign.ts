import type { TargetColumn } from '../target-table.ts';
import { after, either, NEVER } from './failing.ts';
import { exactSql, wholeSql } from './number-sql.ts';
import { refuse, type Strict } from './operators.ts';
import { isNumber, type SqlType, typeInWords } from './sql-type.ts';

/** An expression made to fit a column of the platform. */
export interface Assigned extends Strict {
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
  expression: Strict & { readonly type: SqlType },
  column: TargetColumn,
): Assigned | { readonly problem: string } {
  const { sql, type } = expression;
  const { wireType, binary } = wireOf(column);
  const done = (outcome: Strict): Assigned => ({
    sql: `(${outcome.sql})::${wireType}`,
    fails: after(expression.fails, outcome.fails),
    wireType,
    binary,
  });
  if (type.isKey === true && wireType in MOST) {
    return { problem: `${column.name} is ${column.type}: a surrogate key needs bigint or uuid` };
  }
  const fits = fittingSql(sql, type, wireType, column);
  if (fits !== undefined) return done(fits);
  return { problem: `${column.name} is ${column.type}: expected that, found ${typeInWords(type)}` };
}

function fittingSql(
  sql: string,
  type: SqlType,
  wireType: string,
  column: TargetColumn,
): Strict | undefined {
  const family = familyOf(wireType);
  const inner = `(${sql})`;
  if (type.kind === 'null') return { sql: 'null', fails: NEVER };
  if (family === 'text') return textFor(inner, type, column);
  if (family === 'integer') {
    if (type.kind !== 'integer' && type.kind !== 'decimal') return undefined;
    const whole = type.kind === 'integer' ? { sql, fails: NEVER } : wholeSql(inner);
    const most = MOST[wireType];
    return most === undefined
      ? whole
      : { sql: whole.sql, fails: either([whole, { fails: `abs(${inner}) > ${most}` }]) };
  }
  if (family === 'numeric') return decimalFor(inner, type, wireType);
  if (family === 'float') return isNumber(type) ? { sql, fails: NEVER } : undefined;
  if (family === 'date' && type.kind === 'timestamp') return dayOf(inner);
  const same = family === type.kind || (family === 'timestamp' && type.kind === 'date');
  return same ? { sql, fails: NEVER } : undefined;
}

const MOST: Readonly<Record<string, number>> = { smallint: 32_767, integer: 2_147_483_647 };

function textFor(inner: string, type: SqlType, column: TargetColumn): Strict | undefined {
  if (type.kind !== 'text' && type.kind !== 'integer') return undefined;
  // Blanks at the end are no part of a char(n): it comes back without them.
  const padded = column.baseType.startsWith('character(') && type.kind === 'text';
  if (column.baseType === 'uuid') return { sql: inner, fails: `${inner} !~* '${UUID}'` };
  const length = /^character(?: varying)?\((\d+)\)$/.exec(column.baseType)?.[1];
  return {
    sql: padded ? `rtrim(${inner}, ' ')` : inner,
    fails: length === undefined ? NEVER : `length(${inner}::text) > ${length}`,
  };
}

/** PostgreSQL also takes braces around it, and dashes anywhere. */
const UUID = '^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$';

function decimalFor(inner: string, type: SqlType, wireType: string): Strict | undefined {
  if (!isNumber(type)) return undefined;
  const [, precision, scale] = /\((\d+),(\d+)\)$/.exec(wireType) ?? [];
  if (precision === undefined || scale === undefined) return { sql: inner, fails: NEVER };
  const digits = type.kind === 'integer' ? 0 : type.scale;
  const isExact = digits !== undefined && digits <= Number(scale);
  const exact = isExact ? { sql: inner, fails: NEVER } : exactSql(inner, Number(scale));
  const room = `abs(${inner}) >= 1e${Number(precision) - Number(scale)}`;
  return { sql: exact.sql, fails: either([exact, { fails: room }]) };
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
function dayOf(inner: string): Strict {
  const fails = `date_trunc('day', ${inner}) <> ${inner}`;
  const otherwise = `date '2000-01-01' + ${refuse(inner)}`;
  return { sql: `case when not (${fails}) then ${inner}::date else ${otherwise} end`, fails };
}
