import { nameLikeness } from './person-names.ts';
import type { PersonalKind } from './personal-data.ts';
import { PERSONAL_CONTENT_SHARE, personalByName } from './personal-data.ts';
import { isDashedSortCode, isShortDay, VALUE_CHECKS } from './personal-values.ts';
import type { InferredType, PersonalFacts } from './profile.ts';

/** What is known of a column when it is judged. */
export interface ColumnValues {
  readonly name: string;
  readonly type: InferredType;
  /** Different values with the rows they stand for; blank ones left out. Of a wide column a sample. */
  readonly values: readonly { readonly text: string; readonly rows: number }[];
  /** Of dates, `YYYY-MM-DD`: the same in the same order; empty for others. */
  readonly days: readonly { readonly day: string; readonly rows: number }[];
  readonly distinct: number;
  readonly sampled: boolean;
}

/** What a column holds, and what says so. */
export interface Personal {
  readonly kind: PersonalKind;
  readonly facts: PersonalFacts;
}

/** A finding of content before it is known what the name says. */
interface Sign {
  readonly kind: PersonalKind;
  readonly sign: string;
  readonly rate: number;
}

const LONGEST = 80;
/** A column of names has few other things in it. */
const SHAPED = 0.8;
/** About half of the people bear a forename of the list, one in eight a surname of it. */
const KNOWN_ALONE = 0.25;
const KNOWN_SURNAMES = 0.04;
const FEWEST_NAMES = 5;
const FEWEST_ROWS = 20;
/** People are hired at 15 or later. */
const WORKING_AGE = 15;

/**
 * Finds the columns of a table that hold personal data, by name and by content, each with the share of its rows that
 * match. Neighbours count: six digits are a sort code only beside eight, dates are birth dates only among people.
 * @param asOf the day from which ages are counted, `YYYY-MM-DD`
 */
export function personalColumns(
  table: string,
  columns: readonly ColumnValues[],
  asOf: string,
): (Personal | undefined)[] {
  const named = columns.map(({ name }) => personalByName(table, name));
  const signs = columns.map((column) => signOf(column));
  for (const [index, sign] of bankPairs(columns)) signs[index] ??= sign;
  const isPerson = (index: number): boolean => (named[index] ?? signs[index]?.kind) !== undefined;
  for (const [index, column] of columns.entries()) {
    const beside = [index - 2, index - 1, index + 1, index + 2].some(isPerson);
    signs[index] ??= beside ? surnames(column) : undefined;
  }
  const isOfPeople = columns.some((_column, index) => isPerson(index));
  for (const [index] of columns.entries())
    if (isOfPeople) signs[index] ??= birthDates(columns, index, asOf);
  return columns.map((column, index) => {
    const kind = named[index];
    const sign = signs[index];
    const { sampled } = column;
    if (kind === undefined) {
      if (sign === undefined) return undefined;
      return {
        kind: sign.kind,
        facts: { by: 'content', sign: sign.sign, rate: sign.rate, sampled },
      };
    }
    const match = sign?.kind === kind ? sign : expected(column, kind, asOf);
    if (match === undefined) return { kind, facts: { by: 'name', sampled } };
    const by = match.rate >= PERSONAL_CONTENT_SHARE ? 'both' : 'name';
    return { kind, facts: { by, sign: match.sign, rate: match.rate, sampled } };
  });
}

/** The share of rows whose value gives itself away, per form of personal data that at least one value has. */
export function contentRates({ values }: Pick<ColumnValues, 'values'>): Sign[] {
  const all = values.reduce((sum, { rows }) => sum + rows, 0);
  return VALUE_CHECKS.flatMap(({ sign, kind, holds }) => {
    let rows = 0;
    for (const value of values)
      if (value.text.length <= LONGEST && holds(value.text)) rows += value.rows;
    return rows === 0 ? [] : [{ kind, sign, rate: rows / all }];
  });
}

function signOf(column: ColumnValues): Sign | undefined {
  // Plain amounts can look like telephone numbers by chance.
  if (column.type === 'money' || column.type === 'decimal' || column.type === 'empty')
    return undefined;
  const best = contentRates(column)
    .filter(({ rate }) => rate >= PERSONAL_CONTENT_SHARE)
    .filter(({ kind }) => kind !== 'phone' || !isSequence(column))
    .toSorted((a, b) => b.rate - a.rate)[0];
  return best ?? dashedSortCodes(column) ?? names(column);
}

function rateOf(column: ColumnValues, holds: (text: string) => boolean): number {
  let all = 0;
  let rows = 0;
  for (const value of column.values) {
    all += value.rows;
    if (holds(value.text)) rows += value.rows;
  }
  return all === 0 ? 0 : rows / all;
}

/** Numbers that were given out one after the other: staff and order numbers, not telephones or accounts. */
function isSequence({ values, distinct }: ColumnValues): boolean {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const { text } of values) {
    if (!/^\d{1,15}$/.test(text)) return false;
    least = Math.min(least, Number(text));
    greatest = Math.max(greatest, Number(text));
  }
  return values.length > 1 && (greatest - least) / distinct < 50;
}

function dashedSortCodes(column: ColumnValues): Sign | undefined {
  const rate = rateOf(column, isDashedSortCode);
  const days = rateOf(column, (text) => isDashedSortCode(text) && isShortDay(text));
  if (rate < PERSONAL_CONTENT_SHARE || days > rate * 0.8) return undefined;
  return { kind: 'bank', sign: 'sort codes', rate };
}

/** Six digits beside eight, neither of them given out in a row, and several people at one branch. */
function bankPairs(columns: readonly ColumnValues[]): [number, Sign][] {
  const isSort = (text: string): boolean => /^\d{6}$/.test(text) || isDashedSortCode(text);
  const isAccount = (text: string): boolean => /^\d{8}$/.test(text);
  return columns.flatMap((sort, index): [number, Sign][] => {
    if (sort.type === 'date' || sort.values.length < FEWEST_ROWS / 4 || isSequence(sort)) return [];
    const rate = rateOf(sort, isSort);
    if (rate < 0.9) return [];
    const at = [index + 1, index - 1].find((other) => {
      const account = columns[other];
      return (
        account !== undefined &&
        account.type !== 'date' &&
        account.distinct >= sort.distinct &&
        account.values.length >= FEWEST_ROWS / 4 &&
        !isSequence(account) &&
        rateOf(account, isAccount) >= 0.9
      );
    });
    const account = at === undefined ? undefined : columns[at];
    if (at === undefined || account === undefined) return [];
    return [
      [index, { kind: 'bank', sign: 'sort codes beside account numbers', rate }],
      [
        at,
        {
          kind: 'bank',
          sign: 'account numbers beside sort codes',
          rate: rateOf(account, isAccount),
        },
      ],
    ];
  });
}

function names(column: ColumnValues): Sign | undefined {
  if (column.type !== 'text' || column.distinct < FEWEST_NAMES) return undefined;
  const rate = rateOf(column, (text) => nameLikeness(text).shaped);
  const known = rateOf(column, (text) => nameLikeness(text).known);
  if (rate < SHAPED || known < KNOWN_ALONE) return undefined;
  return { kind: 'name', sign: 'names of persons', rate };
}

/** Names that few people share: told by their form, by the commonest of them, and by what stands beside them. */
function surnames(column: ColumnValues): Sign | undefined {
  if (column.type !== 'text' || column.distinct < FEWEST_ROWS) return undefined;
  const rate = rateOf(column, (text) => nameLikeness(text).shaped);
  const known = rateOf(column, (text) => nameLikeness(text).known);
  if (rate < 0.9 || known < KNOWN_SURNAMES) return undefined;
  return { kind: 'name', sign: 'names of persons', rate };
}

/**
 * Dates by which nearly all were of working age when the next date of their row came, as medians tell; where a table has no
 * other dates, those that make everybody of working age today and are spread over a working life.
 */
function birthDates(
  columns: readonly ColumnValues[],
  index: number,
  asOf: string,
): Sign | undefined {
  const column = columns[index];
  if (column === undefined || column.type !== 'date') return undefined;
  const rows = column.days.reduce((sum, day) => sum + day.rows, 0);
  if (rows < FEWEST_ROWS || column.days.length < FEWEST_ROWS) return undefined;
  const rate = plausible(column, asOf);
  if (rate < 0.95) return undefined;
  const sign: Sign = { kind: 'birth-date', sign: 'dates of birth', rate };
  const median = quantile(column.days, 0.5);
  const others = columns
    .filter((each) => each !== column && each.type === 'date' && each.days.length > 1)
    .map((each) => quantile(each.days, 0.5))
    // The end of time stands for "still".
    .filter((day) => day < '2100');
  if (others.length > 0)
    return others.every((day) => years(median, day) >= WORKING_AGE) ? sign : undefined;
  const age = years(median, asOf);
  const spread = years(quantile(column.days, 0.05), quantile(column.days, 0.95));
  return age >= 28 && age <= 65 && spread >= 25 ? sign : undefined;
}

function plausible({ days }: ColumnValues, asOf: string): number {
  let all = 0;
  let fitting = 0;
  for (const { day, rows } of days) {
    const age = years(day, asOf);
    all += rows;
    if (age >= WORKING_AGE && age <= 110) fitting += rows;
  }
  return all === 0 ? 0 : fitting / all;
}

function quantile(days: ColumnValues['days'], share: number): string {
  const sorted = days.toSorted((a, b) => (a.day < b.day ? -1 : Number(a.day > b.day)));
  let left = share * days.reduce((sum, { rows }) => sum + rows, 0);
  for (const { day, rows } of sorted) {
    left -= rows;
    if (left <= 0) return day;
  }
  return sorted.at(-1)?.day ?? '';
}

function years(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / (365.25 * 24 * 3600 * 1000);
}

/** How far the values are what the name of their column promises. */
function expected(column: ColumnValues, kind: PersonalKind, asOf: string): Sign | undefined {
  const best = contentRates(column)
    .filter((each) => each.kind === kind)
    .toSorted((a, b) => b.rate - a.rate)[0];
  if (best !== undefined) return best;
  if (kind === 'name')
    return {
      kind,
      sign: 'names of persons',
      rate: rateOf(column, (text) => nameLikeness(text).shaped),
    };
  if (kind === 'birth-date') return { kind, sign: 'dates of birth', rate: plausible(column, asOf) };
  if (kind === 'national-insurance') return { kind, sign: 'National Insurance numbers', rate: 0 };
  if (kind === 'bank') {
    const rate = rateOf(column, (text) => /^\d{8}$|^\d{6}$/.test(text) || isDashedSortCode(text));
    return rate === 0 ? undefined : { kind, sign: 'sort codes or account numbers', rate };
  }
  return undefined;
}
