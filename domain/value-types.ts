import type { InferredType } from './profile.ts';

/**
 * A type that texts can be recognised as. `pattern` is a regular expression for trimmed text that both PostgreSQL and
 * JavaScript understand.
 */
export interface ValueType {
  readonly type: Exclude<InferredType, 'text' | 'empty'>;
  /** Of dates, in the notation of PostgreSQL's `to_date`. */
  readonly format?: string;
  readonly pattern: string;
  /** A cheap test (SQL `like`) that every text of the type passes: regular expressions are what profiling costs. */
  readonly like: string;
}

const DAY = '(?:0?[1-9]|[12][0-9]|3[01])';
const YEAR = '(?!0000)[0-9]{4}';
const LEAP_YEAR =
  '(?!0000)(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
const TIME =
  '(?:[ T](?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]+)?)?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?';

/** Patterns of the months of 31 days, of 30, and of February. */
type Months = readonly [string, string, string];
const MONTH_NUMBERS: Months = ['(?:0?[13578]|1[02])', '(?:0?[469]|11)', '0?2'];
const MONTH_NAMES: Months = [
  anyOf('jan', 'mar', 'may', 'jul', 'aug', 'oct', 'dec'),
  anyOf('apr', 'jun', 'sep', 'nov'),
  anyOf('feb'),
];

/** In any mixture of cases. */
function anyOf(...names: string[]): string {
  const either = (letter: string): string => `[${letter.toUpperCase()}${letter}]`;
  return `(?:${names.map((name) => name.replaceAll(/./g, either)).join('|')})`;
}

type Join = (parts: { day: string; month: string; year: string }) => string;

/** Every day that is in the calendar and no other, put together as a format wants it. */
function calendar(join: Join, [of31, of30, february]: Months = MONTH_NUMBERS): string {
  return [
    join({ day: DAY, month: of31, year: YEAR }),
    join({ day: '(?:0?[1-9]|[12][0-9]|30)', month: of30, year: YEAR }),
    join({ day: '(?:0?[1-9]|1[0-9]|2[0-8])', month: february, year: YEAR }),
    join({ day: '29', month: february, year: LEAP_YEAR }),
  ].join('|');
}

function date(format: string, like: string, join: Join): ValueType {
  return { type: 'date', format, like, pattern: `^(?:${calendar(join)})${TIME}$` };
}

/** Where two fit alike, the first wins: day before month, as British departments write. */
export const DATE_TYPES: readonly ValueType[] = [
  date('YYYY-MM-DD', '____-%-%', ({ day, month, year }) => `${year}-${month}-${day}`),
  date('DD/MM/YYYY', '%/%/____%', ({ day, month, year }) => `${day}/${month}/${year}`),
  date('MM/DD/YYYY', '%/%/____%', ({ day, month, year }) => `${month}/${day}/${year}`),
  date('DD-MM-YYYY', '%-%-____%', ({ day, month, year }) => `${day}-${month}-${year}`),
  date('DD.MM.YYYY', '%.%.____%', ({ day, month, year }) => `${day}[.]${month}[.]${year}`),
  {
    type: 'date',
    format: 'YYYYMMDD',
    like: '________',
    // Numbers of eight digits are common: only years that people live in count, and the zeros must be there.
    pattern:
      `^(?=19|20|9999)(?:${calendar(({ day, month, year }) => `${year}${month}${day}`)})$`.replaceAll(
        '0?',
        '0',
      ),
  },
  {
    type: 'date',
    format: 'DD-MON-YYYY',
    like: '%_____%____',
    pattern: `^(?:${calendar(({ day, month, year }) => `${day}[- ]${month}[- ]${year}`, MONTH_NAMES)})$`,
  },
];

export const BOOLEAN_TYPE: ValueType = {
  type: 'boolean',
  like: '%',
  pattern: '^(?:[Yy](?:[Ee][Ss])?|[Nn][Oo]?|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$',
};
export const INTEGER_TYPE: ValueType = {
  type: 'integer',
  like: '%',
  pattern: '^[-+]?[0-9]{1,30}$',
};
export const DECIMAL_TYPE: ValueType = {
  type: 'decimal',
  like: '%',
  pattern: '^[-+]?(?:[0-9]{1,30}(?:[.][0-9]{1,20})?|[.][0-9]{1,20})$',
};
export const MONEY_TYPE: ValueType = {
  type: 'money',
  like: '%',
  pattern: '^[-+]?£? ?(?:[0-9]{1,18}|[0-9]{1,3}(?:,[0-9]{3})+)(?:[.][0-9]{1,2})?$',
};

/** All types that are looked for; the position is how a profile's figures name them. */
export const VALUE_TYPES: readonly ValueType[] = [
  ...DATE_TYPES,
  BOOLEAN_TYPE,
  INTEGER_TYPE,
  DECIMAL_TYPE,
  MONEY_TYPE,
];

/** Only money is written with a pound sign or thousands separators. */
export const CURRENCY_PATTERN = '£|^[-+]?[0-9]{1,3}(?:,[0-9]{3})+';

/** Words people write where a value is missing: they say nothing about what the column holds. */
export const PLACEHOLDER_PATTERN =
  '^(?:[Nn][./ ]?[ADKadk][.]?|[Nn]il|NIL|[Nn]ull|NULL|[Nn]one|NONE|[Tt][Bb][ACDacd]|[Uu]nknown|UNKNOWN|[Nn]ot (?:applicable|known|disclosed|available)|[-.?*]+|[Xx]{2,}|#(?:N/A|REF!|VALUE!|DIV/0!|NAME[?]))$';
