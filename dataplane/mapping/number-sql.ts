import type { NumberMarks, Rounding } from '../../domain/mapping/expression.ts';
import { quoteLiteral } from '../quote.ts';
import { after } from './failing.ts';
import { refuse, type Strict, unless } from './operators.ts';

/* Numbers from texts, and arithmetic that never leaves exact decimals. */

const DIGITS = "'0123456789'";

/*
 * A number is checked as cheaply as will do before it is converted: what passes and is none (1-2) fails the conversion. What is
 * foretold is exact.
 */

/** PostgreSQL also takes blanks around it, 0x1F and 1_000. */
export function integerSql(text: string): Strict {
  const isNone = `translate(${text}, '0123456789', '') not in ('', '-', '+') or ${text} in ('', '-', '+')`;
  const digits = `rtrim(${text}, ${DIGITS})`;
  return {
    sql: unless(isNone, text, `${text}::bigint`).sql,
    fails: `case when ${digits} not in ('', '-', '+') or ${text} in ('', '-', '+') then true when length(${text}) < 19 then false else abs(${text}::numeric) > 9223372036854775807 end`,
  };
}

/** The whole number that a number is; a fraction fails the row, and so does what a bigint cannot hold. */
export function wholeSql(number: string): Strict {
  const fails = `${number} <> trunc(${number}) or abs(${number}) > 9223372036854775807`;
  return unless(fails, number, `${number}::bigint`);
}

/** PostgreSQL also takes NaN, Infinity, 1e5 and 1_000. */
export function decimalSql(text: string, scale: number): Strict {
  const hasNoDigit = `translate(${text}, '+-.', '') = ''`;
  const isNone = `translate(${text}, '0123456789', '') not in ('', '.', '-', '-.', '+', '+.') or ${hasNoDigit}`;
  const whole = `rtrim(${text}, ${DIGITS})`;
  const before = `rtrim(left(${whole}, -1), ${DIGITS})`;
  return {
    sql: unless(isNone, text, `round(${text}::numeric, ${scale})`).sql,
    fails: `case when ${hasNoDigit} then true when ${whole} in ('', '-', '+') then false else right(${whole}, 1) <> '.' or ${before} not in ('', '-', '+') end`,
  };
}

const POUNDS = '^(-?£?|£-)([0-9]{1,3}(,[0-9]{3})+|[0-9]+)([.][0-9]{1,2}0*)?$';

export function moneySql(text: string): Strict {
  return unless(`${text} !~ '${POUNDS}'`, text, `round(translate(${text}, '£,', '')::numeric, 2)`);
}

/**
 * A number whose marks are declared. Thousands are separated throughout or not at all, and by three digits each.
 * @param kind whole numbers have no fraction; money may have a pound sign and at most two digits after the point
 */
export function markedSql(
  text: string,
  kind: 'integer' | 'decimal' | 'money',
  marks: NumberMarks,
): Strict {
  const { decimalMark = '.', thousands, negative = ['leading'] } = marks;
  const fraction = kind === 'money' ? '[0-9]{1,2}0*' : '[0-9]+';
  const rest = kind === 'integer' ? '' : `([${decimalMark}]${fraction})?`;
  // People type no-break spaces where they mean a space.
  const separator = thousands === ' ' ? '[ \u00a0\u202f]' : `[${thousands ?? ''}]`;
  const whole = thousands === undefined ? '[0-9]+' : `([0-9]{1,3}(${separator}[0-9]{3})+|[0-9]+)`;
  const currency = kind === 'money' ? '£?' : '';
  const number = `${currency}${whole}${rest}`;
  const forms = {
    leading: kind === 'money' ? `(-${number}|£-${whole}${rest})` : `-${number}`,
    trailing: `${number}-`,
    brackets: `[(]${number}[)]`,
  };
  const shape = `^(${[number, ...negative.map((form) => forms[form])].join('|')})$`;
  // The first character is translated to the point, the others to nothing.
  const kept = `translate(${text}, ${quoteLiteral(`${decimalMark}£-()\u00a0\u202f ,.'`)}, '.')`;
  const digits = `(case when ${text} ~ '[-(]' then '-' else '' end || ${kept})::numeric`;
  if (kind !== 'integer') {
    const value = kind === 'money' ? `round(${digits}, 2)` : digits;
    return unless(`${text} !~ ${quoteLiteral(shape)}`, text, value);
  }
  const fails = `case when ${text} !~ ${quoteLiteral(shape)} then true else abs(${digits}) > 9223372036854775807 end`;
  return unless(fails, text, `${digits}::bigint`);
}

/** The number with `scale` digits after the point; more digits fail the row. `number` is numeric. */
export function exactSql(number: string, scale: number): Strict {
  // NaN equals its own rounding.
  const fails = `${number} <> round(${number}, ${scale}) or ${number} = 'NaN'`;
  return unless(fails, number, `round(${number}, ${scale})`);
}

/**
 * Pounds of pence. Multiplied, because the quotient of a long number has no digits after the point.
 * @param whole a whole number of pence
 */
export function fromPenceSql(whole: Strict): Strict {
  return { sql: `round((${whole.sql})::numeric * 0.01, 2)`, fails: whole.fails };
}

/** Pence of pounds; a fraction of a penny fails the row. `number` is numeric. */
export function toPenceSql(number: string): Strict {
  const pence = `(${number} * 100)`;
  return unless(
    `${pence} <> trunc(${pence}) or abs(${pence}) > 9223372036854775807`,
    number,
    `${pence}::bigint`,
  );
}

/** A whole result of arithmetic as a bigint; more than it holds fails the row. `number` is numeric. */
export function boundedSql(number: string): Strict {
  const fails = `abs(${number}) > 9223372036854775807`;
  const otherwise = refuse(number, 'overflow');
  return { sql: `case when not (${fails}) then ${number}::bigint else ${otherwise} end`, fails };
}

/** A number rounded to `scale` digits. `number` is numeric. */
export function roundSql(number: string, scale: number, rounding: Rounding): string {
  if (rounding === 'half-up') return `round(${number}, ${scale})`;
  if (rounding === 'down') return `trunc(${number}, ${scale})`;
  // Every remainder against one is what `divide` does.
  return quotient('x.n', '1::numeric', scale, rounding, `(select ${number} as n offset 0) x`);
}

/** The quotient, rounded once. A division by zero fails the row. Both are numeric. */
export function divideSql(number: string, by: string, scale: number, rounding: Rounding): Strict {
  const values = `(select ${number} as n, ${by} as d offset 0) x`;
  const rounded = quotient('x.n', 'x.d', scale, rounding, values);
  return {
    sql: `case when ${by} = 0 then ${refuse(number, 'division-by-zero')} else ${rounded} end`,
    fails: `${by} = 0 and ${number} is not null`,
  };
}

/**
 * Of numeric quotients PostgreSQL keeps some twenty digits and rounds: rounded again, 0.5 may come of less. So it is divided
 * in whole numbers, and the remainder says which way to go.
 */
function quotient(
  number: string,
  by: string,
  scale: number,
  rounding: Rounding,
  values: string,
): string {
  const unit = `1${'0'.repeat(scale)}`;
  const up: Record<Rounding, string> = {
    'half-up': '2 * y.r >= y.d',
    'half-even': '2 * y.r > y.d or (2 * y.r = y.d and mod(y.q, 2) = 1)',
    up: 'y.r > 0',
    down: 'false',
  };
  const small = scale === 0 ? '1' : `0.${'0'.repeat(scale - 1)}1`;
  const parts = `(select div(abs(${number}) * ${unit}, abs(${by})) as q, mod(abs(${number}) * ${unit}, abs(${by})) as r, abs(${by}) as d, sign(${number}) * sign(${by}) as s from ${values} offset 0) y`;
  return `(select round(y.s * (y.q + case when ${up[rounding]} then 1 else 0 end) * ${small}, ${scale}) from ${parts})`;
}

/** One strict step after another. `next` gets the SQL of the first. */
export function inTurn(first: Strict, next: (sql: string) => Strict): Strict {
  const second = next(`(${first.sql})`);
  return { sql: second.sql, fails: after(first.fails, second.fails) };
}
