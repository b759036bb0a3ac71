import {
  CURRENCY_PATTERN,
  DATE_TYPES,
  PLACEHOLDER_PATTERN,
  VALUE_TYPES,
  BOOLEAN_TYPE,
  DECIMAL_TYPE,
  INTEGER_TYPE,
  MONEY_TYPE,
  type ValueType,
} from '../../domain/value-types.ts';
import {
  AT,
  COLON,
  COMMA,
  DIGIT,
  DOT,
  HIGH,
  LETTER,
  MINUS,
  OTHER,
  PLUS,
  SLASH,
  SPACE,
} from './byte-classes.ts';

/** Marks of a value: a bit per type of VALUE_TYPES, and these. */
export const PLACEHOLDER = 1 << VALUE_TYPES.length;
export const CURRENCY = 2 << VALUE_TYPES.length;

const bitOf = (type: ValueType): number => 1 << VALUE_TYPES.indexOf(type);
const BOOLEAN = bitOf(BOOLEAN_TYPE);
const INTEGER = bitOf(INTEGER_TYPE);
/** Any number: amounts of money as well. */
export const NUMBER: number = bitOf(DECIMAL_TYPE) | bitOf(MONEY_TYPE);
/** Any date. */
export const DATE: number = DATE_TYPES.reduce((bits, type) => bits | bitOf(type), 0);

const PATTERNS = VALUE_TYPES.map((type) => ({
  bit: bitOf(type),
  regex: new RegExp(type.pattern),
}));
const DATES = PATTERNS.filter(({ bit }) => (bit & DATE) !== 0);
const NUMBERS = PATTERNS.filter(({ bit }) => (bit & (NUMBER | INTEGER)) !== 0);
const EIGHT_DIGITS = DATES.find((_each, index) => DATE_TYPES[index]?.format === 'YYYYMMDD');
const MONTHS = DATES.filter((_each, index) => DATE_TYPES[index]?.format === 'DD-MON-YYYY');
const SEPARATED = DATES.filter((each) => each !== EIGHT_DIGITS && !MONTHS.includes(each));
const YEAR_FIRST = SEPARATED.filter((_each, index) => DATE_TYPES[index]?.format === 'YYYY-MM-DD');
const YEAR_LAST = SEPARATED.filter((each) => !YEAR_FIRST.includes(each));
const YEAR_DIGITS = 4;
const YES_OR_NO = new RegExp(BOOLEAN_TYPE.pattern);
const MISSING = new RegExp(PLACEHOLDER_PATTERN);
const MONEY_SIGNS = new RegExp(CURRENCY_PATTERN);
/** Numbers of at most this many characters are told by the digits alone. */
const SURE_DIGITS = 18;
const LONGEST_NUMBER = 40;
/** Words for "missing". */
const LONGEST_WORD = 20;

/**
 * What a text fits: the types of VALUE_TYPES, "missing" in words, signs of currency. Agrees with `fitsSql`: the classes
 * of its characters only say which patterns need not be tried.
 * @param text without blanks around it, not empty
 * @param mask of its bytes; may have SPACE from the blanks around it
 */
export function judge(text: string, mask: number): number {
  const kinds = mask & ~SPACE;
  if (kinds === DIGIT && text.length <= SURE_DIGITS && !text.includes(' ')) {
    const isDay = text.length === 8 && EIGHT_DIGITS?.regex.test(text) === true;
    return INTEGER | NUMBER | (isDay ? (EIGHT_DIGITS?.bit ?? 0) : 0);
  }
  let marks = text.length <= LONGEST_WORD && MISSING.test(text) ? PLACEHOLDER : 0;
  if ((kinds & DIGIT) === 0) return YES_OR_NO.test(text) ? marks | BOOLEAN : marks;
  if (text.length > LONGEST_NUMBER || (kinds & (OTHER | AT)) !== 0) return marks;
  // The letters and the sign of a time of day: `2026-01-31T10:00+01`.
  const isDay = (kinds & (LETTER | PLUS)) === 0 || (kinds & COLON) !== 0;
  if (isDay && (kinds & (MINUS | SLASH | DOT)) !== 0)
    marks |= fitting(isDigit(text, YEAR_DIGITS - 1) ? YEAR_FIRST : YEAR_LAST, text);
  if ((kinds & LETTER) !== 0) return marks | fitting(MONTHS, text);
  if ((kinds & (SLASH | COLON)) !== 0) return marks;
  for (const { bit, regex } of NUMBERS) if (regex.test(text)) marks |= bit;
  if ((kinds & (HIGH | COMMA)) !== 0 && MONEY_SIGNS.test(text)) marks |= CURRENCY;
  return marks;
}

/** Marks of all that fit: day and month may change places. */
function fitting(types: typeof DATES, text: string): number {
  let marks = 0;
  for (const { bit, regex } of types) if (regex.test(text)) marks |= bit;
  return marks;
}

/** Only a year has four digits at the beginning. */
function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57 && text.charCodeAt(at - 1) >= 48 && text.charCodeAt(at - 2) >= 48;
}

/**
 * Can nothing be said of a value but that it is text? Told from its length and the kinds of its bytes, which is what saves
 * long and mixed values from being looked at.
 */
export function isPlainText(length: number, mask: number): boolean {
  if (length > LONGEST_NUMBER) return true;
  if (length > LONGEST_WORD && ((mask & DIGIT) === 0 || (mask & (AT | OTHER)) !== 0)) return true;
  const isMixed = (mask & LETTER) !== 0 && (mask & DIGIT) !== 0;
  return isMixed && (mask & (COLON | MINUS | SPACE | SLASH | OTHER)) === 0;
}

const MONTH_NUMBERS: Readonly<Record<string, string>> = Object.fromEntries(
  ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'].map(
    (name, index) => [name, String(index + 1)],
  ),
);

/** A text that fits a date type as `YYYY-MM-DD`, its time of day left out. */
export function isoDay(text: string, type: ValueType): string {
  if (type.format === 'YYYYMMDD')
    return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`;
  if (type.format === 'YYYY-MM-DD' && text[7] === '-' && isDigit(text, 9)) return text.slice(0, 10);
  const [a = '', b = '', c = ''] = text.split(/[-/. T]/, 3);
  if (type.format === 'YYYY-MM-DD') return `${a}-${pad(b)}-${pad(c)}`;
  if (type.format === 'MM/DD/YYYY') return `${c.slice(0, 4)}-${pad(a)}-${pad(b)}`;
  const month = type.format === 'DD-MON-YYYY' ? (MONTH_NUMBERS[b.toLowerCase()] ?? '') : b;
  return `${c.slice(0, 4)}-${pad(month)}-${pad(a)}`;
}

function pad(part: string): string {
  return part.padStart(2, '0');
}

/** A text that fits a number type, as a plain decimal: no sign of currency, no thousands, no leading zeros. */
export function plainNumber(text: string): string {
  const bare = text.replaceAll(/[£, ]/g, '');
  const sign = bare.startsWith('-') ? '-' : '';
  const [whole = '', decimals] = bare.replace(/^[-+]/, '').split('.');
  const digits = whole.replace(/^0+(?=\d)/, '') || '0';
  return decimals === undefined || decimals === ''
    ? `${sign}${digits}`
    : `${sign}${digits}.${decimals}`;
}

/** Compares plain decimals exactly. */
export function compareNumbers(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  if (Math.abs(difference) > 1e-6 * Math.max(1, Math.abs(Number(a)))) return difference;
  const scale = Math.max(fraction(a).length, fraction(b).length);
  const [x, y] = [scaled(a, scale), scaled(b, scale)];
  return x < y ? -1 : Number(x > y);
}

function fraction(text: string): string {
  return text.split('.')[1] ?? '';
}

function scaled(text: string, scale: number): bigint {
  return BigInt(text.replace('.', '') + '0'.repeat(scale - fraction(text).length));
}
