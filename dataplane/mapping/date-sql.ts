import { quoteLiteral } from '../quote.ts';
import { type DateField, type FormatPart, formatParts } from './date-format.ts';
import { refuse, type Strict } from './operators.ts';

/* Dates and times from texts: the exact day or moment that was written, or an error; never one near it. */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const LONG_MONTHS =
  'january|february|march|april|may|june|july|august|september|october|november|december';

/** Formats of these parts only have their digits in fixed places, and need no pattern per row. */
const FIXED = /^(YYYY|MM|DD|[^A-Za-z"])*$/i;

/** A date from a text in a format that `readingProblem` has nothing against. */
export function dateSql(text: string, format: string, pivot: number | undefined): Strict {
  if (FIXED.test(format)) return fixedDateSql(text, format.toUpperCase());
  return parsed(text, format, pivot, 'date');
}

/** A time without a zone (`timestamp`), or with that of the text (`timestamptz`) where the format has one. */
export function timestampSql(text: string, format: string, pivot: number | undefined): Strict {
  return parsed(text, format, pivot, 'timestamp');
}

const NEVER_A_DATE = (text: string): string => `date '2000-01-01' + ${refuse(text)}`;
const NEVER_A_TIME = (text: string): string =>
  `timestamp '2000-01-01' + ${refuse(text)} * interval '1 day'`;

/**
 * `to_date` alone takes 1/2/20 and text after the date, and old servers take 31/02/2020 for 2 March: only a date that
 * gives the same text again is the date that was written.
 */
function fixedDateSql(text: string, format: string): Strict {
  const exact = quoteLiteral(format);
  const value = `to_date(${text}, ${exact})`;
  const shape = quoteLiteral(format.replaceAll(/[YMD]/g, '9'));
  const number = (field: string): string =>
    `substr(${text}, ${format.indexOf(field) + 1}, ${field.length})::integer`;
  const [year, month, day] = [number('YYYY'), number('MM'), number('DD')];
  return {
    sql: `case when to_char(${value}, ${exact}) = ${text} then ${value} else ${NEVER_A_DATE(text)} end`,
    fails: `case when translate(${text}, '012345678', '999999999') <> ${shape} then true when ${year} = 0 or ${month} not between 1 and 12 then true else ${day} not between 1 and ${lastDay(year, month)} end`,
  };
}

function lastDay(year: string, month: string): string {
  return `extract(day from make_date(${year}, ${month}, 1) + interval '1 month - 1 day')`;
}

function parsed(
  text: string,
  format: string,
  pivot: number | undefined,
  kind: 'date' | 'timestamp',
): Strict {
  const parts = formatParts(format);
  if ('wrong' in parts) throw new RangeError(`not a format: ${format}`);
  const pattern = quoteLiteral(`^${parts.map(patternOf).join('')}$`);
  const fields = parts.flatMap((part) => ('field' in part ? [part.field] : []));
  const at = (field: DateField): string | undefined =>
    fields.includes(field) ? `x.p[${fields.indexOf(field) + 1}]` : undefined;
  const year = yearSql(at, pivot);
  const name = at('MON') ?? at('MONTH');
  const month =
    name === undefined
      ? `${at('MM')}::integer`
      : `array_position(array[${MONTHS.map((each) => quoteLiteral(each)).join(', ')}], lower(left(${name}, 3)))`;
  const day = `${at('DD')}::integer`;
  const bad = `case when x.p is null then true when ${year} = 0 then true else ${day} > ${lastDay(year, month)} end`;
  const from = `(select regexp_match(${text}, ${pattern}, 'i') as p, ${text} as t offset 0) x`;
  const value =
    kind === 'date' ? `make_date(${year}, ${month}, ${day})` : timeOf(at, { year, month, day });
  const never = kind === 'date' ? NEVER_A_DATE('x.t') : neverOf(at);
  return {
    sql: `(select case when ${bad} then ${never} else ${value} end from ${from})`,
    fails: `${text} is not null and (select ${bad} from ${from})`,
  };
}

type At = (field: DateField) => string | undefined;

function yearSql(at: At, pivot: number | undefined): string {
  const short = at('YY');
  if (short === undefined) return `${at('YYYY')}::integer`;
  return `(${short}::integer + case when ${short}::integer >= ${pivot ?? 0} then 1900 else 2000 end)`;
}

function neverOf(at: At): string {
  const never = NEVER_A_TIME('x.t');
  return at('TZ') === undefined ? never : `(${never}) at time zone 'UTC'`;
}

function timeOf(at: At, { year, month, day }: Record<'year' | 'month' | 'day', string>): string {
  const half = at('HH12');
  const hour =
    half === undefined
      ? `${at('HH24')}::integer`
      : `(${half}::integer % 12 + case when upper(${at('AM')}) = 'PM' then 12 else 0 end)`;
  const minute = at('MI') === undefined ? '0' : `${at('MI')}::integer`;
  const fraction = at('US') ?? at('MS');
  const whole = at('SS') ?? `'0'`;
  const second =
    fraction === undefined ? `${whole}::float8` : `(${whole} || '.' || ${fraction})::float8`;
  const local = `make_timestamp(${[year, month, day, hour, minute, second].join(', ')})`;
  const zone = at('TZ');
  if (zone === undefined) return local;
  const offset = `case upper(${zone}) when 'Z' then interval '0' else (left(${zone}, 3) || ':' || coalesce(nullif(right(replace(${zone}, ':', ''), -3), ''), '00'))::interval end`;
  return `((${local} - ${offset}) at time zone 'UTC')`;
}

const PATTERNS: Record<DateField, readonly [padded: string, unpadded?: string]> = {
  YYYY: ['[0-9]{4}'],
  YY: ['[0-9]{2}'],
  MM: ['0[1-9]|1[0-2]', '0?[1-9]|1[0-2]'],
  MON: [MONTHS.join('|')],
  MONTH: [LONG_MONTHS],
  DD: ['0[1-9]|[12][0-9]|3[01]', '0?[1-9]|[12][0-9]|3[01]'],
  HH24: ['[01][0-9]|2[0-3]', '[01]?[0-9]|2[0-3]'],
  HH12: ['0[1-9]|1[0-2]', '0?[1-9]|1[0-2]'],
  MI: ['[0-5][0-9]'],
  SS: ['[0-5][0-9]'],
  MS: ['[0-9]{1,3}'],
  US: ['[0-9]{1,6}'],
  AM: ['[ap]m'],
  TZ: ['Z|[+-](?:0[0-9]|1[0-5])(?::?[0-5][0-9])?'],
};

function patternOf(part: FormatPart): string {
  if ('literal' in part) return part.literal.replaceAll(/[^A-Za-z0-9]/g, '\\$&');
  const [padded, unpadded = padded] = PATTERNS[part.field];
  return `(${part.isPadded ? padded : unpadded})`;
}

/** Serial numbers of Excel: days since the end of 1899, or since 1 January 1904; up to the year 9999. */
const SERIALS = {
  excel: { zero: '1899-12-30', first: 1, last: 2_958_465 },
  'excel-1904': { zero: '1904-01-01', first: 0, last: 2_957_003 },
} as const;

/** The formats that are numbers and not texts. */
export const isSerial = (format: string): format is keyof typeof SERIALS =>
  Object.hasOwn(SERIALS, format);

/**
 * The day of a serial number; one with a time of day fails the row. Excel takes 1900 for a leap year: its day 60, which
 * never was, fails the row as well, and those before it are one day later than they seem. `number` is numeric.
 */
export function serialDateSql(number: string, system: keyof typeof SERIALS): Strict {
  const { zero, first, last } = SERIALS[system];
  const leap = system === 'excel' ? ` or ${number} = 60` : '';
  const fails = `${number} <> trunc(${number}) or ${number} < ${first} or ${number} > ${last}${leap}`;
  const days =
    system === 'excel'
      ? `${number}::integer + case when ${number} < 60 then 1 else 0 end`
      : `${number}::integer`;
  return {
    sql: `case when not (${fails}) then date '${zero}' + (${days}) else ${NEVER_A_DATE(number)} end`,
    fails,
  };
}

/** The time of a serial number, to the second. `number` is numeric. */
export function serialTimeSql(number: string, system: keyof typeof SERIALS): Strict {
  const { last } = SERIALS[system];
  const day = serialDateSql(`trunc(${number})`, system);
  const fails = `(${day.fails}) or ${number} >= ${last + 1}`;
  const seconds = `round((${number} - trunc(${number})) * 86400)::integer * interval '1 second'`;
  return {
    sql: `case when not (${fails}) then (${day.sql}) + ${seconds} else ${NEVER_A_TIME(number)} end`,
    fails,
  };
}

/**
 * The point in time at which clocks in a zone show `local`. Where they skip that time, or show it twice and it is not said
 * which is meant, the row fails.
 */
export function zonedSql(
  local: string,
  zone: string,
  repeated: 'earlier' | 'later' | undefined,
): Strict {
  const name = quoteLiteral(zone);
  const from = `(select ${local} as v offset 0) y`;
  const at = (moment: string): string => `(${moment} at time zone ${name})`;
  const [earlier, later] = [`${at('y.v')} - interval '1 hour'`, `${at('y.v')} + interval '1 hour'`];
  const isSkipped = `${at(at('y.v'))} <> y.v`;
  const isRepeated = `${at(`(${earlier})`)} = y.v or ${at(`(${later})`)} = y.v`;
  const bad = repeated === undefined ? `${isSkipped} or ${isRepeated}` : isSkipped;
  const chosen =
    repeated === 'earlier'
      ? `case when ${at(`(${earlier})`)} = y.v then ${earlier} else ${at('y.v')} end`
      : `case when ${at(`(${later})`)} = y.v then ${later} else ${at('y.v')} end`;
  const never = `(${NEVER_A_TIME('y.v')}) at time zone 'UTC'`;
  return {
    sql: `(select case when not (${bad}) then ${chosen} else ${never} end from ${from})`,
    fails: `(select ${bad} from ${from})`,
  };
}
