import type {
  ColumnProfileView,
  DriftView,
  ProfileView,
  TableProfileView,
} from '../../profile-views.ts';
import { count, number, percent, spaced } from '../words/format.ts';

/** The drawing of a histogram, in units of its own. */
const WIDTH = 240;
const HEIGHT = 60;
const GAP = 2;
/** A bar of few rows is still to be seen. */
const LEAST = 1;
const BAR_WIDTH = 100;
const VALUES = 5;

const SEVERITY_TAGS: Readonly<Record<DriftView['severity'], { text: string; classes: string }>> = {
  blocker: { text: 'Blocker', classes: 'govuk-tag--red' },
  major: { text: 'Major', classes: 'govuk-tag--orange' },
  minor: { text: 'Minor', classes: 'govuk-tag--grey' },
};
const PERSONAL: Readonly<Record<string, string>> = {
  name: 'Name of a person',
  'national-insurance': 'National Insurance number',
  bank: 'Bank details',
  email: 'E-mail address',
  phone: 'Telephone number',
  'birth-date': 'Date of birth',
  address: 'Address',
  special: 'Special category',
};

/** The page of a table from its profile. */
export function profileView(profile: ProfileView, table: TableProfileView) {
  return {
    rows: table.rows,
    columns: table.columns.map((column, index) => columnView(column, table.rows, index)),
    findings: profile.findings.map(({ severity, message, column }) => ({
      tag: SEVERITY_TAGS[severity],
      message,
      column,
    })),
    keys: profile.keys.map((key) => ({
      columns: key.columns.join(', '),
      origin: { declared: 'the manifest', constraint: 'the database', found: 'the values' }[
        key.origin
      ],
      broken: brokenRows(key.repeatedRows + key.incompleteRows),
      examples: examples([...key.repeatedKeys, ...key.incompleteKeys]),
    })),
    references: profile.references.map((each) => ({
      column: [...each.within, each.column].join(', '),
      parent: `${each.parentColumn} of ${each.parentTable}`,
      origin: { constraint: 'the database', name: 'names and values', values: 'the values alone' }[
        each.evidence
      ],
      inclusion: percent(each.inclusion),
      broken: brokenRows(each.unknownRows + each.selfRows),
      examples: examples([...each.unknownKeys, ...each.selfKeys]),
    })),
    dependencies: profile.dependencies.map((each) => ({
      column: each.column,
      determines: each.determines,
      values: each.values,
      broken: brokenRows(each.brokenRows),
      examples: examples(each.brokenKeys),
    })),
    drift: profile.drift?.map((each) => ({ ...each, tag: SEVERITY_TAGS[each.severity] })),
  };
}

function columnView(column: ColumnProfileView, rows: number, index: number) {
  const missing = column.nulls + column.empty;
  const filled = rows - missing;
  const kind =
    column.personal === undefined
      ? undefined
      : (PERSONAL[column.personal] ?? spaced(column.personal));
  return {
    id: `column-${index + 1}`,
    name: column.name,
    type: typeOf(column),
    declared: column.declaredType,
    missing: percent(rows === 0 ? 0 : missing / rows),
    missingRows: missing,
    distinct: number(column.distinct),
    distinctError:
      column.distinctError === undefined ? undefined : `± ${percent(2 * column.distinctError)}`,
    personal: kind,
    personalWhy: whyPersonal(column),
    traces: (column.personalTraces ?? []).map(({ sign, rate }) => ({ sign, rate: percent(rate) })),
    range: rangeOf(column),
    lengths: lengthsOf(column),
    quartiles: column.quartiles,
    misfits: misfitsOf(column.misfits, `they are no ${typeOf(column)}`),
    outliers: (column.outliers ?? []).map((each) =>
      misfitsOf(each, `the others are ${each.expected}`),
    ),
    spellings: column.spellings.slice(0, VALUES).map(({ value, others }) => [value, ...others]),
    chart: column.histogram === undefined ? undefined : chartOf(column, column.histogram),
    values: barsOf(column.topValues, filled),
    patterns: barsOf(column.patterns, rows - column.nulls),
    sample: column.sample,
  };
}

function typeOf({ inferred }: ColumnProfileView): string {
  return inferred.format === undefined ? inferred.type : `${inferred.type} ${inferred.format}`;
}

/** An end that gives personal data away is left out of the profile. */
function rangeOf({ min, max, personal }: ColumnProfileView): string | undefined {
  if (personal !== undefined || (min === undefined && max === undefined)) return undefined;
  const hidden = '(not shown)';
  return min === max ? min : `${min ?? hidden} to ${max ?? hidden}`;
}

function whyPersonal({ personalFacts }: ColumnProfileView): string | undefined {
  if (personalFacts === undefined) return undefined;
  const { by, sign, rate, sampled } = personalFacts;
  const from = { name: 'its name', content: 'its values', both: 'its name and its values' }[by];
  const match =
    sign === undefined || rate === undefined
      ? ''
      : `: ${sampled ? 'about ' : ''}${percent(rate)} are well-formed ${sign}`;
  return `Known by ${from}${match}`;
}

function lengthsOf({ minLength, maxLength }: ColumnProfileView): string | undefined {
  if (minLength === undefined || maxLength === undefined) return undefined;
  return minLength === maxLength
    ? count(minLength, 'character')
    : `${number(minLength)} to ${count(maxLength, 'character')}`;
}

function misfitsOf(found: ColumnProfileView['misfits'], what: string) {
  if (found === undefined) return undefined;
  const { rows, values = [], keys } = found;
  return {
    rows,
    what,
    values: values.slice(0, VALUES).map(({ value }) => value),
    keys: examples(keys),
  };
}

function brokenRows(rows: number): string {
  return rows === 0 ? 'none' : count(rows, 'row');
}

/** A few keys, and how many more there are. */
function examples(keys: readonly string[]): string {
  const shown = keys.slice(0, VALUES).join(', ');
  const left = keys.length - VALUES;
  return left > 0 ? `${shown} and ${number(left)} more` : shown;
}

/** Values as they are written, with a bar for their share. Blanks at the ends are made visible. */
function barsOf(values: ColumnProfileView['topValues'], rows: number) {
  return values?.slice(0, VALUES).map(({ value, rows: n, upTo }) => ({
    value: value.trim() === '' ? '(blank)' : value,
    rows: upTo === undefined ? number(n) : `${number(n)} to ${number(upTo)}`,
    share: percent(n / Math.max(1, rows)),
    width: Math.max(LEAST, Math.round((BAR_WIDTH * n) / Math.max(1, rows))),
  }));
}

/** The first and the last bar also hold what is far from the others. */
function chartOf(column: ColumnProfileView, bins: NonNullable<ColumnProfileView['histogram']>) {
  const most = Math.max(1, ...bins.map(({ rows }) => rows));
  const step = WIDTH / bins.length;
  return {
    width: WIDTH,
    height: HEIGHT,
    from: bins[0]?.from,
    to: bins.at(-1)?.to,
    before: isBefore(column, column.min, bins[0]?.from),
    beyond: isBefore(column, bins.at(-1)?.to, column.max),
    bars: bins.map(({ rows }, index) => {
      const height = rows === 0 ? 0 : Math.max(LEAST, Math.round((HEIGHT * rows) / most));
      return {
        x: Math.round(index * step),
        y: HEIGHT - height,
        width: Math.round(step) - GAP,
        height,
      };
    }),
    bins,
  };
}

function isBefore(
  { inferred }: ColumnProfileView,
  a: string | undefined,
  b: string | undefined,
): boolean {
  if (a === undefined || b === undefined) return false;
  return inferred.type === 'date' ? a < b : Number(b) - Number(a) > Math.abs(Number(b)) * 1e-5;
}
