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
}

const DAY = '(?:0?[1-9]|[12][0-9]|3[01])';
const MONTH_OF_31 = '(?:0?[13578]|1[02])';
const MONTH_OF_30 = '(?:0?[469]|11)';
const YEAR = '[0-9]{4}';
const LEAP_YEAR = '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
const TIME =
  '(?:[ T](?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]+)?)?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?';

/** Every day that is in the calendar and no other, in the order and with the separator of a format. */
function calendar(join: (parts: { day: string; month: string; year: string }) => string): string {
  const days = [
    join({ day: DAY, month: MONTH_OF_31, year: YEAR }),
    join({ day: '(?:0?[1-9]|[12][0-9]|30)', month: MONTH_OF_30, year: YEAR }),
    join({ day: '(?:0?[1-9]|1[0-9]|2[0-8])', month: '0?2', year: YEAR }),
    join({ day: '29', month: '0?2', year: LEAP_YEAR }),
  ];
  return `^(?:${days.join('|')})${TIME}$`;
}

const TWO_DIGITS = (pattern: string): string => pattern.replaceAll('0?', '0');

/** Where two fit alike, the first wins: day before month, as British departments write. */
export const DATE_TYPES: readonly ValueType[] = [
  date('YYYY-MM-DD', ({ day, month, year }) => `${year}-${month}-${day}`),
  date('DD/MM/YYYY', ({ day, month, year }) => `${day}/${month}/${year}`),
  date('MM/DD/YYYY', ({ day, month, year }) => `${month}/${day}/${year}`),
  date('DD-MM-YYYY', ({ day, month, year }) => `${day}-${month}-${year}`),
  date('DD.MM.YYYY', ({ day, month, year }) => `${day}[.]${month}[.]${year}`),
  {
    type: 'date',
    format: 'YYYYMMDD',
    // Numbers of eight digits are common: only years that people live in count.
    pattern: TWO_DIGITS(calendar(({ day, month, year }) => `(?=19|20|9999)${year}${month}${day}`)),
  },
  {
    type: 'date',
    format: 'DD-MON-YYYY',
    pattern: `^${DAY}[- ](?:[Jj][Aa][Nn]|[Ff][Ee][Bb]|[Mm][Aa][Rr]|[Aa][Pp][Rr]|[Mm][Aa][Yy]|[Jj][Uu][Nn]|[Jj][Uu][Ll]|[Aa][Uu][Gg]|[Ss][Ee][Pp]|[Oo][Cc][Tt]|[Nn][Oo][Vv]|[Dd][Ee][Cc])[- ]${YEAR}$`,
  },
];

function date(
  format: string,
  join: (parts: { day: string; month: string; year: string }) => string,
): ValueType {
  return { type: 'date', format, pattern: calendar(join) };
}

export const BOOLEAN_TYPE: ValueType = {
  type: 'boolean',
  pattern: '^(?:[Yy](?:[Ee][Ss])?|[Nn][Oo]?|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$',
};
export const INTEGER_TYPE: ValueType = { type: 'integer', pattern: '^[-+]?[0-9]{1,30}$' };
export const DECIMAL_TYPE: ValueType = {
  type: 'decimal',
  pattern: '^[-+]?(?:[0-9]{1,30}(?:[.][0-9]{1,20})?|[.][0-9]{1,20})$',
};
export const MONEY_TYPE: ValueType = {
  type: 'money',
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
