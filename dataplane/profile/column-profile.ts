import { distributionOf, histogramOf } from '../../domain/distribution.ts';
import { contentRates } from '../../domain/personal-content.ts';
import { looksPersonal } from '../../domain/personal-values.ts';
import type { ColumnProfile, Counted, Misfits, Outliers } from '../../domain/profile.ts';
import { DATE_TYPES } from '../../domain/value-types.ts';
import type { ColumnDraft } from './column-draft.ts';
import { plainNumber } from './judge.ts';
import type { ListedRows } from './list-rows.ts';
import { daysOf, numbersOf, type OddRows } from './odd-values.ts';

const DAY_MS = 24 * 3600 * 1000;

/**
 * The profile of a column: what may be shown of it. No value of a personal column is in it, nor any value that itself
 * gives personal data away.
 */
export function columnProfile(
  draft: ColumnDraft,
  odd: readonly { readonly why: OddRows; readonly listed: ListedRows }[],
): ColumnProfile {
  const { column, scan, inference, personal } = draft;
  const isPersonal = personal !== undefined;
  const [min, max] = isPersonal ? [null, null] : range(draft);
  const listed = odd
    .filter(({ listed: { rows } }) => rows > 0)
    .map(({ why, listed: found }) => ({ why, misfits: misfitsOf(found, isPersonal) }));
  const outliers = listed.flatMap(({ why, misfits }): Outliers[] =>
    why.outliers === undefined ? [] : [{ ...why.outliers, ...misfits }],
  );
  const traces = isPersonal || scan.values.rows === 0 ? [] : tracesOf(draft);
  return {
    name: column.name,
    declaredType: column.declared ?? column.type,
    nulls: scan.nulls,
    empty: scan.empty,
    distinct: scan.distinct,
    ...(scan.distinctError === 0
      ? {}
      : { distinctError: scan.distinctError, sample: scan.weighted.length }),
    min: shown(min),
    max: shown(max),
    minLength: scan.length[0] ?? undefined,
    maxLength: scan.length[1] ?? undefined,
    patterns: scan.patterns,
    topValues: isPersonal ? undefined : shownOf(scan.topValues),
    personal: personal?.kind,
    ...(isPersonal ? { personalFacts: personal.facts } : {}),
    ...(traces.length === 0 ? {} : { personalTraces: traces }),
    inferred: { type: inference.type, format: inference.format, share: inference.share },
    misfits: listed.find(({ why }) => why.outliers === undefined)?.misfits,
    ...(outliers.length === 0 ? {} : { outliers }),
    ...(isPersonal ? {} : spread(draft)),
    spellings: isPersonal || inference.type !== 'text' ? [] : spellingsOf(draft),
  };
}

function range({ scan, inference }: ColumnDraft): readonly (string | null)[] {
  const { type, valueType } = inference;
  if (type === 'integer' || type === 'decimal' || type === 'money') return scan.number;
  if (type === 'date' && valueType !== undefined)
    return scan.dates[DATE_TYPES.indexOf(valueType)] ?? [];
  return scan.text;
}

function shown(value: string | null | undefined): string | undefined {
  return value === null || value === undefined || looksPersonal(value) ? undefined : value;
}

function shownOf(values: readonly Counted[]): readonly Counted[] {
  return values.filter(({ value }) => !looksPersonal(value));
}

function misfitsOf({ rows, keys, values }: ListedRows, isPersonal: boolean): Misfits {
  return { rows, keys, values: isPersonal ? undefined : shownOf(values) };
}

function tracesOf({ scan }: ColumnDraft): { sign: string; rate: number }[] {
  const values = scan.weighted
    .filter(({ trimmed }) => trimmed !== '')
    .map(({ trimmed, rows }) => ({ text: trimmed, rows }));
  return contentRates({ values }).map(({ sign, rate }) => ({ sign, rate }));
}

/** Quartiles and histogram of numbers and dates. */
function spread(draft: ColumnDraft): Pick<ColumnProfile, 'quartiles' | 'histogram'> {
  const { type } = draft.inference;
  const isDate = type === 'date';
  const isNumber = type === 'integer' || type === 'decimal' || type === 'money';
  if (!isDate && !isNumber) return {};
  const numbers = isDate
    ? daysOf(draft).map(({ day, rows }) => ({ x: Date.parse(day) / DAY_MS, rows }))
    : numbersOf(draft);
  const distribution = distributionOf(numbers);
  if (distribution === undefined) return {};
  const label = isDate ? dayOf : amountOf;
  const [q1, q2, q3] = distribution.quartiles;
  const histogram = histogramOf(numbers, distribution).map(({ from, to, rows }) => ({
    from: label(from),
    to: label(to),
    rows,
  }));
  return {
    quartiles: [label(q1), label(q2), label(q3)],
    ...(histogram.length === 0 ? {} : { histogram }),
  };
}

function dayOf(x: number): string {
  return new Date(Math.floor(x) * DAY_MS).toISOString().slice(0, 10);
}

function amountOf(x: number): string {
  return plainNumber(
    Number(x.toPrecision(6)).toLocaleString('en', { useGrouping: false, maximumFractionDigits: 6 }),
  );
}

function spellingsOf({ scan }: ColumnDraft): ColumnProfile['spellings'] {
  return scan.spellings
    .filter(({ values }) => !values.some(looksPersonal))
    .map(({ values, rows }) => {
      const [value = '', ...others] = values;
      return { value, others, rows: rows.slice(1).reduce((sum, count) => sum + count, 0) };
    });
}
