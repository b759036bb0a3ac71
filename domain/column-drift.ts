import type { Drift, DriftKind } from './drift.ts';
import type { Severity } from './findings.ts';
import type { ColumnProfile } from './profile.ts';

/** Points of the share of rows without a value. */
const MISSING_MINOR = 0.01;
const MISSING_MAJOR = 0.05;
const DISTINCT_CHANGE = 0.2;
/** Points of the share of rows written in a way. */
const PATTERN_MINOR = 0.05;
const PATTERN_MAJOR = 0.2;
/** A profile names its ten commonest values: a column with fewer of them is named whole. */
const NAMED_VALUES = 10;
/** A value of a longer list is news when so many rows have it. */
const NEWS_SHARE = 0.01;

/** A column and how many rows its table has. */
export interface Side {
  readonly column: ColumnProfile;
  readonly rows: number;
}
/** A difference of two columns of the same name. */
export type ColumnDrift = Omit<Drift, 'table' | 'column'>;

/** What changed in one column. */
export function compareColumns(before: Side, after: Side): ColumnDrift[] {
  const [was, is] = [before.column, after.column];
  const { name } = is;
  const found: ColumnDrift[] = [];
  const change = (
    kind: DriftKind,
    severity: Severity,
    values: readonly [string, string],
    message: string,
  ): void => {
    found.push({ kind, severity, before: values[0], after: values[1], message });
  };
  if (was.declaredType !== is.declaredType) {
    change(
      'declared-type',
      'major',
      [was.declaredType, is.declaredType],
      `${name} is declared ${is.declaredType}, after ${was.declaredType}.`,
    );
  }
  const [oldType, newType] = [typeOf(was), typeOf(is)];
  // A column that had no value yet has no type that could change.
  if (oldType !== newType && was.inferred.type !== 'empty' && is.inferred.type !== 'empty')
    change(
      'values-type',
      'major',
      [oldType, newType],
      `The values of ${name} are ${newType}, after ${oldType}.`,
    );
  if (was.personal !== is.personal) {
    const kinds = [was.personal ?? 'not personal', is.personal ?? 'not personal'] as const;
    change('personal', 'major', kinds, `${name} is ${kinds[1]}, after ${kinds[0]}.`);
  }
  const missing = [missingShare(before), missingShare(after)] as const;
  const points = Math.abs(missing[1] - missing[0]);
  if (points >= MISSING_MINOR) {
    const shares = [percent(missing[0]), percent(missing[1])] as const;
    change(
      'missing',
      points >= MISSING_MAJOR ? 'major' : 'minor',
      shares,
      `${name} has no value in ${shares[1]} of the rows, after ${shares[0]}.`,
    );
  }
  found.push(
    ...distinctDrift(before, after),
    ...rangeDrift(was, is),
    ...patternDrift(before, after),
  );
  if (was.personal === undefined && is.personal === undefined)
    found.push(...valueDrift(before, after));
  return found;
}

function typeOf({ inferred }: ColumnProfile): string {
  return inferred.format === undefined ? inferred.type : `${inferred.type} ${inferred.format}`;
}

function filledRows({ column, rows }: Side): number {
  return rows - column.nulls - column.empty;
}

function missingShare(side: Side): number {
  return side.rows === 0 ? 0 : 1 - filledRows(side) / side.rows;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function isUnique(side: Side): boolean {
  const filled = filledRows(side);
  return filled > 1 && side.column.distinct >= filled * (1 - 4 * (side.column.distinctError ?? 0));
}

function distinctDrift(before: Side, after: Side): ColumnDrift[] {
  const [was, is] = [before.column, after.column];
  const values = { before: String(was.distinct), after: String(is.distinct) };
  const isExact = was.distinctError === undefined && is.distinctError === undefined;
  if (isUnique(before) && !isUnique(after) && filledRows(after) > 1) {
    const message = `${is.name} is no longer unique: ${is.distinct} different values in ${filledRows(after)} rows.`;
    return [{ kind: 'uniqueness', severity: isExact ? 'major' : 'minor', ...values, message }];
  }
  // That there are more values in more rows goes without saying.
  if (isUnique(before) && isUnique(after)) return [];
  const error = 3 * ((was.distinctError ?? 0) + (is.distinctError ?? 0));
  const change = Math.abs(is.distinct - was.distinct) / Math.max(1, was.distinct);
  if (change < DISTINCT_CHANGE + error) return [];
  const message = `${is.name} has ${is.distinct} different values, after ${was.distinct}.`;
  return [{ kind: 'distinct', severity: 'minor', ...values, message }];
}

/** Only of numbers and dates: the first and last of texts in order say little. */
function rangeDrift(was: ColumnProfile, is: ColumnProfile): ColumnDrift[] {
  const { type } = is.inferred;
  if (type !== was.inferred.type || type === 'text' || type === 'boolean') return [];
  if (
    was.min === undefined ||
    was.max === undefined ||
    is.min === undefined ||
    is.max === undefined
  )
    return [];
  const compare = (a: string, b: string): number =>
    type === 'date' ? (a < b ? -1 : Number(a > b)) : Number(a) - Number(b);
  if (compare(is.min, was.min) >= 0 && compare(is.max, was.max) <= 0) return [];
  const values = { before: `${was.min} to ${was.max}`, after: `${is.min} to ${is.max}` };
  const message = `${is.name} goes from ${values.after}, after ${values.before}.`;
  return [{ kind: 'range', severity: 'minor', ...values, message }];
}

/** How far the commonest ways of writing have moved, in points of the rows with a value. */
function patternDrift(before: Side, after: Side): ColumnDrift[] {
  const share = (side: Side, shape: string): number => {
    const rows = side.column.patterns.find(({ value }) => value === shape)?.rows ?? 0;
    return rows / Math.max(1, side.rows - side.column.nulls);
  };
  const shapes = [before, after].flatMap(({ column }) => column.patterns.map(({ value }) => value));
  const moved = [...new Set(shapes)]
    .map((shape) => ({ shape, from: share(before, shape), to: share(after, shape) }))
    .toSorted((a, b) => Math.abs(b.to - b.from) - Math.abs(a.to - a.from))[0];
  if (moved === undefined) return [];
  const points = Math.abs(moved.to - moved.from);
  // Free text and numbers are written in any number of ways.
  const isCode = after.column.inferred.type === 'text' && (after.column.maxLength ?? 0) <= 40;
  if (!isCode || points < PATTERN_MINOR) return [];
  const values = { before: percent(moved.from), after: percent(moved.to) };
  const message = `${values.after} of the values of ${after.column.name} are written ${moved.shape}, after ${values.before}.`;
  const severity = points >= PATTERN_MAJOR ? 'major' : 'minor';
  return [{ kind: 'pattern', severity, ...values, message }];
}

function valueDrift(before: Side, after: Side): ColumnDrift[] {
  const [was, is] = [before.column, after.column];
  if (is.inferred.type !== 'text' && is.inferred.type !== 'boolean' && is.distinct > NAMED_VALUES)
    return [];
  return [
    ...newsOf(was, after, 'new-values', 'are new values of'),
    ...newsOf(is, before, 'lost-values', 'are no longer values of'),
  ];
}

/** Values of `side` that the other profile does not name. */
function newsOf(
  other: ColumnProfile,
  side: Side,
  kind: 'new-values' | 'lost-values',
  words: string,
): ColumnDrift[] {
  const named = new Set((other.topValues ?? []).map(({ value }) => value));
  const isWhole = other.distinct <= NAMED_VALUES;
  const filled = Math.max(1, filledRows(side));
  // Of a longer list only those are sure that would have been named.
  const least = other.topValues?.at(-1)?.rows ?? 0;
  const news = (side.column.topValues ?? []).filter(
    ({ value, rows }) =>
      value.trim() !== '' &&
      !named.has(value) &&
      (isWhole || (rows >= filled * NEWS_SHARE && rows > least * 2)),
  );
  if (news.length === 0 || other.distinct === 0) return [];
  const list = news.map(({ value }) => JSON.stringify(value)).join(', ');
  const isCodeList = isWhole && side.column.distinct <= NAMED_VALUES * 2;
  const severity = kind === 'new-values' && isCodeList ? 'major' : 'minor';
  const [before, after] = kind === 'new-values' ? ['', list] : [list, ''];
  return [{ kind, severity, before, after, message: `${list} ${words} ${side.column.name}.` }];
}
