import { distributionOf } from '../../domain/distribution.ts';
import type { Outliers } from '../../domain/profile.ts';
import { VALUE_TYPES } from '../../domain/value-types.ts';
import { quoteIdentifier, quoteLiteral } from '../quote.ts';
import type { ColumnDraft } from './column-draft.ts';
import { isoDay, plainNumber } from './judge.ts';
import type { RowCondition } from './list-rows.ts';
import { fitsSql, type Weighted } from './scan.ts';
import { shapeOf, shapePattern } from './shape.ts';

/** More values than these are not listed in a statement: the database tells them by a pattern. */
const LISTED_VALUES = 500;
/** Where more rows than these are far from the others, they are no outliers but a part of how the values lie. */
const RARE = 0.01;
/** A way of writing that fewer rows than these follow is not one of the column's. */
const COMMON_SHAPE = 0.05;
const MOST_COMMON_SHAPES = 3;
const FEWEST_ROWS = 50;
const LONGEST_CODE = 40;
const FIRST_DAY = '1900-01-01';
const LAST_DAY = '2100-01-01';
const BIRTHS_BEGIN = 110;
const BIRTHS_END = 14;
/** Stands for "still" in tables with histories. */
const OPEN_ENDS = new Set(['9999-12-31', '9999-01-01']);

/** Rows of a column to be listed, and why. */
export interface OddRows {
  readonly condition: RowCondition;
  /** Undefined: they do not fit the type of their column. */
  readonly outliers: Pick<Outliers, 'kind' | 'expected'> | undefined;
}

/**
 * What is to be listed of a column: rows whose value does not fit the type of nearly all others, and outliers.
 * @param asOf the day from which ages are counted, `YYYY-MM-DD`
 */
export function oddRows(draft: ColumnDraft, asOf: string): OddRows[] {
  return [misfits(draft), ...outlying(draft, asOf)].filter((each) => each !== undefined);
}

function misfits(draft: ColumnDraft): OddRows | undefined {
  const { inference } = draft;
  const { valueType } = inference;
  if (valueType === undefined || inference.share === 1) return undefined;
  const bit = 1 << VALUE_TYPES.indexOf(valueType);
  const isMisfit = ({ trimmed: value, marks }: Weighted): boolean =>
    value !== '' && (marks & bit) === 0;
  const trimmed = `btrim(${textSql(draft)})`;
  const otherwise = `${trimmed} <> '' and not ${fitsSql(valueType, trimmed)}`;
  return { condition: condition(draft, isMisfit, otherwise), outliers: undefined };
}

function outlying(draft: ColumnDraft, asOf: string): (OddRows | undefined)[] {
  const { scan, inference, personal } = draft;
  if (scan.values.rows < FEWEST_ROWS) return [];
  if (inference.type === 'date') return [dates(draft, asOf)];
  if (inference.type === 'text' || isCodeOfDigits(draft))
    return [patterns(draft) ?? lengths(draft)];
  return personal === undefined ? [numbers(draft)] : [];
}

/** Numbers written with leading zeros are codes. */
function isCodeOfDigits({ scan, inference }: ColumnDraft): boolean {
  return inference.type === 'integer' && scan.weighted.some(({ trimmed }) => /^0\d/.test(trimmed));
}

function numbers(draft: ColumnDraft): OddRows | undefined {
  const { scan, inference, column } = draft;
  const isUnique = scan.distinct >= scan.values.rows * 0.95 && inference.type === 'integer';
  const fences = isUnique ? undefined : distributionOf(numbersOf(draft))?.fences;
  if (fences === undefined) return undefined;
  const least = Number(scan.number[0] ?? fences[0]);
  const most = Number(scan.number[1] ?? fences[1]);
  // Nobody expects an amount below zero because the others are spread so far.
  const low = Number((least < 0 ? fences[0] : Math.max(0, fences[0])).toPrecision(12));
  const high = Number(fences[1].toPrecision(12));
  const numberOf = numberReader(draft);
  const isFar = (each: Weighted): boolean => {
    const x = numberOf(each);
    return x !== undefined && (x < low || x > high);
  };
  const value = `r.${quoteIdentifier(column.name)}`;
  const trimmed = `btrim(${textSql(draft)})`;
  const outside = (number: string): string => `${number} not between ${low} and ${high}`;
  const otherwise = /^(smallint|integer|bigint|numeric)/.test(column.type)
    ? outside(value)
    : `case when ${fitsSql(inference.valueType ?? NUMBER_TYPE, trimmed)}
        then ${outside(`regexp_replace(${trimmed}, '[£, ]', '', 'g')::numeric`)} else false end`;
  if (least >= low && most <= high) return undefined;
  return rare(draft, isFar, otherwise, {
    kind: 'number',
    expected: `from ${low} to ${high}`,
  });
}

const NUMBER_TYPE = VALUE_TYPES[VALUE_TYPES.length - 1] as (typeof VALUE_TYPES)[number];

/** The numbers of a column with their rows. */
export function numbersOf(draft: ColumnDraft): { x: number; rows: number }[] {
  const numberOf = numberReader(draft);
  return draft.scan.weighted.flatMap((each) => {
    const x = numberOf(each);
    return x === undefined ? [] : [{ x, rows: each.rows }];
  });
}

function numberReader({ inference }: ColumnDraft): (value: Weighted) => number | undefined {
  const index = inference.valueType === undefined ? -1 : VALUE_TYPES.indexOf(inference.valueType);
  return ({ trimmed, marks }) =>
    index >= 0 && (marks & (1 << index)) !== 0 ? Number(plainNumber(trimmed)) : undefined;
}

/** The days of a column of dates with their rows. */
export function daysOf({ scan, inference }: ColumnDraft): { day: string; rows: number }[] {
  const { valueType } = inference;
  if (inference.type !== 'date' || valueType === undefined) return [];
  const bit = 1 << VALUE_TYPES.indexOf(valueType);
  return scan.weighted.flatMap(({ trimmed, marks, rows }) =>
    (marks & bit) === 0 ? [] : [{ day: isoDay(trimmed, valueType), rows }],
  );
}

function dates(draft: ColumnDraft, asOf: string): OddRows | undefined {
  const { inference, scan, personal } = draft;
  const { valueType } = inference;
  if (valueType === undefined) return undefined;
  const born = personal?.kind === 'birth-date';
  const back = (years: number): string => `${Number(asOf.slice(0, 4)) - years}${asOf.slice(4)}`;
  const [first, last] = born ? [back(BIRTHS_BEGIN), back(BIRTHS_END)] : [FIRST_DAY, LAST_DAY];
  const bit = 1 << VALUE_TYPES.indexOf(valueType);
  const isOdd = ({ trimmed, marks }: Weighted): boolean => {
    if ((marks & bit) === 0) return false;
    const day = isoDay(trimmed, valueType);
    return !OPEN_ENDS.has(day) && (day < first || day >= last);
  };
  const expected = born
    ? `ages from ${BIRTHS_END} to ${BIRTHS_BEGIN}`
    : `from ${FIRST_DAY} to before ${LAST_DAY}`;
  const day = `left(btrim(${textSql(draft)}), 10)`;
  const otherwise = `${fitsSql(valueType, `btrim(${textSql(draft)})`)}
    and (${day} < ${quoteLiteral(first)} or ${day} >= ${quoteLiteral(last)})
    and ${day} not in ('9999-12-31', '9999-01-01')`;
  // Only times have more different values than a column keeps, and only this format sorts as text.
  if (scan.distinctError > 0 && valueType.format !== 'YYYY-MM-DD') return undefined;
  const [least, most] = scan.dates[VALUE_TYPES.indexOf(valueType)] ?? [null, null];
  if (least !== null && most !== null && least >= first && most < last) return undefined;
  return odd(draft, isOdd, otherwise, { kind: 'date', expected });
}

function patterns(draft: ColumnDraft): OddRows | undefined {
  const { scan } = draft;
  if ((scan.length[1] ?? 0) > LONGEST_CODE) return undefined;
  const all = scan.values.rows + scan.empty;
  const common = scan.patterns.filter(({ rows }) => rows >= all * COMMON_SHAPE);
  const covered = common.reduce((sum, { rows }) => sum + rows, 0);
  if (common.length === 0 || common.length > MOST_COMMON_SHAPES || covered >= scan.values.rows)
    return undefined;
  // Shapes are told by their beginning only: longer values may differ behind it.
  if (covered < all * (1 - RARE) || common.some(({ value }) => value.length >= 24))
    return undefined;
  const shapes = new Set(common.map(({ value }) => value));
  const isOdd = ({ text, trimmed }: Weighted): boolean =>
    trimmed !== '' && !shapes.has(shapeOf(text));
  const regexes = common.map(
    ({ value }) => `${textSql(draft)} ~ ${quoteLiteral(shapePattern(value))}`,
  );
  const otherwise = `btrim(${textSql(draft)}) <> '' and not (${regexes.join(' or ')})`;
  return rare(draft, isOdd, otherwise, { kind: 'pattern', expected: [...shapes].join(' or ') });
}

function lengths(draft: ColumnDraft): OddRows | undefined {
  const { scan } = draft;
  const filled = scan.weighted.filter(({ trimmed }) => trimmed !== '');
  const distribution = distributionOf(
    filled.map(({ text, rows }) => ({ x: lengthOf(text), rows })),
  );
  if (distribution === undefined) return undefined;
  // Only codes of a fixed length have a wrong one.
  const [length, , upper] = distribution.quartiles;
  const [shortest, longest] = [scan.length[0] ?? length, scan.length[1] ?? length];
  if (length !== upper || length > LONGEST_CODE || (shortest === length && longest === length))
    return undefined;
  const isOdd = ({ text, trimmed }: Weighted): boolean =>
    trimmed !== '' && lengthOf(text) !== length;
  const expected = `${length} characters`;
  const otherwise = `length(${textSql(draft)}) <> ${length} and btrim(${textSql(draft)}) <> ''`;
  return rare(draft, isOdd, otherwise, { kind: 'length', expected });
}

/** In characters, as PostgreSQL counts them. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}

function rare(
  draft: ColumnDraft,
  isOdd: (value: Weighted) => boolean,
  otherwise: string,
  outliers: OddRows['outliers'],
): OddRows | undefined {
  const rows = draft.scan.weighted.reduce((sum, each) => sum + (isOdd(each) ? each.rows : 0), 0);
  if (rows > draft.scan.values.rows * RARE) return undefined;
  return odd(draft, isOdd, otherwise, outliers);
}

function odd(
  draft: ColumnDraft,
  isOdd: (value: Weighted) => boolean,
  otherwise: string,
  outliers: OddRows['outliers'],
): OddRows | undefined {
  const isThere = draft.scan.distinctError > 0 || draft.scan.weighted.some(isOdd);
  return isThere ? { condition: condition(draft, isOdd, otherwise), outliers } : undefined;
}

/** A column whose values are all known is searched for the odd ones themselves: no pattern is tried on any row. */
function condition(
  draft: ColumnDraft,
  isOdd: (value: Weighted) => boolean,
  otherwise: string,
): RowCondition {
  const value = textSql(draft);
  const values = draft.scan.distinctError > 0 ? [] : draft.scan.weighted.filter(isOdd);
  const isListed =
    values.length > 0 && values.length <= LISTED_VALUES && (draft.scan.length[1] ?? 0) < 500;
  const list = values.map(({ text }) => quoteLiteral(text)).join(', ');
  return { sql: isListed ? `${value} in (${list})` : `(${otherwise})`, value };
}

function textSql({ column }: ColumnDraft): string {
  return `r.${quoteIdentifier(column.name)}::text`;
}
