import type { InferredType } from '../profile.ts';
import type { MatchColumn } from './schema.ts';

type Kind = Exclude<InferredType, 'empty'>;

/** What kind of values a declared type holds; undefined where the type says nothing. */
function kindOfType(type: string): Kind | undefined {
  const name = type.toLowerCase();
  if (/^(bool|bit\b(?!.*varying)|tinyint\(1\))/.test(name)) return 'boolean';
  if (/^(date|time|timestamp|datetime|interval|smalldatetime|year)/.test(name)) return 'date';
  if (/^(money|smallmoney|currency)/.test(name)) return 'money';
  if (/^(numeric|decimal|number|dec)\s*(\(\s*\d+\s*(,\s*0\s*)?\))?$/.test(name))
    return name.includes('(') ? 'integer' : 'decimal';
  if (/^(numeric|decimal|number|dec|float|real|double)/.test(name)) return 'decimal';
  if (/^(int|integer|bigint|smallint|tinyint|mediumint|serial|bigserial|long|short)/.test(name))
    return 'integer';
  if (
    /^(text|char|varchar|nchar|nvarchar|varchar2|nvarchar2|string|clob|uuid|enum|citext|longtext|mediumtext|tinytext|character)/.test(
      name,
    )
  )
    return 'text';
  return undefined;
}

/** The kind of a column and whether its values say so or only its declaration. */
export function kindOf(column: MatchColumn): { kind: Kind; seen: boolean } | undefined {
  const seen = column.values?.type;
  if (seen !== undefined && seen !== 'empty') return { kind: seen, seen: true };
  const declared = column.type === undefined ? undefined : kindOfType(column.type);
  return declared === undefined ? undefined : { kind: declared, seen: false };
}

const NUMBERS: readonly Kind[] = ['integer', 'decimal', 'money'];

/** Can values of the one type stand in a column of the other? 1 yes, 0 no; undefined where a type is not known. */
export function typeLikeness(a: MatchColumn, b: MatchColumn): number | undefined {
  const [x, y] = [kindOf(a), kindOf(b)];
  if (x === undefined || y === undefined) return undefined;
  if (x.kind === y.kind) return 1;
  if (NUMBERS.includes(x.kind) && NUMBERS.includes(y.kind)) return 0.85;
  // Declared as text, a column may hold anything; seen as text, it does not hold dates.
  const text = x.kind === 'text' ? x : y.kind === 'text' ? y : undefined;
  if (text !== undefined) {
    const other = text === x ? y : x;
    if (!text.seen) return other.kind === 'date' ? 0.45 : 0.7;
    if (other.kind === 'date' && other.seen) return 0.1;
    return other.kind === 'integer' ? 0.5 : 0.25;
  }
  if (x.kind === 'boolean' || y.kind === 'boolean') {
    return x.kind === 'integer' || y.kind === 'integer' ? 0.4 : 0.1;
  }
  return x.kind === 'integer' || y.kind === 'integer' ? 0.15 : 0.05;
}
