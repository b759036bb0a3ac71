/**
 * What an expression yields, as far as a mapping can tell values apart. `scale` is the most digits after the point a
 * decimal can have; absent when it is not known. `null` is the type of the constant null: it fits everywhere.
 */
export interface SqlType {
  readonly kind:
    | 'text'
    | 'integer'
    | 'decimal'
    | 'boolean'
    | 'date'
    | 'timestamp'
    | 'timestamptz'
    | 'null';
  readonly scale?: number;
  /** Any of 63 bits: it fits nothing smaller, whatever the first rows have. */
  readonly isKey?: true;
}

export const TEXT: SqlType = { kind: 'text' };
export const INTEGER: SqlType = { kind: 'integer' };
export const DATE: SqlType = { kind: 'date' };
export const BOOLEAN: SqlType = { kind: 'boolean' };
export const NULL: SqlType = { kind: 'null' };

/** How a source column enters an expression: its type, and the cast that makes it so (empty when none is needed). */
export interface ColumnType {
  readonly type: SqlType;
  readonly cast: '' | '::text' | '::numeric';
}

const PLAIN: Readonly<Record<string, SqlType>> = {
  text: TEXT,
  smallint: INTEGER,
  integer: INTEGER,
  bigint: INTEGER,
  boolean: BOOLEAN,
  date: DATE,
  'timestamp without time zone': { kind: 'timestamp' },
  'timestamp with time zone': { kind: 'timestamptz' },
};

/**
 * The type of a source column.
 * @param name as PostgreSQL's `format_type` writes it: `numeric(10,2)`, `character varying(20)`. Types that mappings
 *   do not know (enums, uuid, intervals ...) are taken as their text.
 */
export function columnType(name: string): ColumnType {
  const plain = PLAIN[name.replace(/^(timestamp)\(\d\)/, '$1')];
  if (plain !== undefined) return { type: plain, cast: '' };
  const numeric = /^numeric(?:\(\d+,(-?\d+)\))?$/.exec(name);
  if (numeric !== null) {
    const scale = numeric[1];
    return {
      type: scale === undefined ? decimal() : decimal(Math.max(0, Number(scale))),
      cast: '',
    };
  }
  if (name === 'real' || name === 'double precision') return { type: decimal(), cast: '::numeric' };
  if (name === 'money') return { type: decimal(2), cast: '::numeric' };
  return { type: TEXT, cast: '::text' };
}

const NAMES: Readonly<Record<SqlType['kind'], string>> = {
  text: 'text',
  integer: 'bigint',
  decimal: 'numeric',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  null: 'text',
};

/** The SQL type that values of a type are kept in; a column of it is read without a cast. */
export function typeName({ kind }: SqlType): string {
  return NAMES[kind];
}

/** A decimal of at most `scale` digits after the point, or of any. */
export function decimal(scale?: number): SqlType {
  return scale === undefined ? { kind: 'decimal' } : { kind: 'decimal', scale };
}

/**
 * The type that holds values of all of these, or undefined when they do not go together. Whole numbers and decimals
 * do; a text and a number do not: which of the two is meant has to be said.
 */
export function commonType(types: readonly SqlType[]): SqlType | undefined {
  let common: SqlType = NULL;
  for (const type of types) {
    const next = pair(common, type);
    if (next === undefined) return undefined;
    common = next;
  }
  return common;
}

function pair(a: SqlType, b: SqlType): SqlType | undefined {
  if (a.kind === 'null') return b;
  if (b.kind === 'null') return a;
  if (isNumber(a) && isNumber(b)) {
    if (a.kind === 'integer' && b.kind === 'integer') return a;
    const scales = [a, b].map((type) => (type.kind === 'integer' ? 0 : type.scale));
    const [left, right] = scales;
    return left === undefined || right === undefined ? decimal() : decimal(Math.max(left, right));
  }
  return a.kind === b.kind ? a : undefined;
}

/** Is it a whole number or a decimal? */
export function isNumber(type: SqlType): boolean {
  return type.kind === 'integer' || type.kind === 'decimal';
}

/** The type in words, for messages. */
export function typeInWords(type: SqlType): string {
  const words: Record<SqlType['kind'], string> = {
    text: 'a text',
    integer: 'a whole number',
    decimal: 'a decimal number',
    boolean: 'true or false',
    date: 'a date',
    timestamp: 'a time',
    timestamptz: 'a time with its zone',
    null: 'nothing',
  };
  return words[type.kind];
}
