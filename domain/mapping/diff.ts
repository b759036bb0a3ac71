import { canonicalJson } from '../json.ts';
import type { Json } from '../json.ts';
import type { Dataset, Manifest } from '../manifest.ts';
import type { History, Join, Part } from '../row-shape.ts';
import { describeCondition, describeExpression } from './describe.ts';

/** What became of a field, a dataset or a list between two versions. */
export type ChangeKind = 'added' | 'removed' | 'changed';

/** A target column whose expression is another one. Words, not values. */
export interface FieldChange {
  readonly field: string;
  readonly change: ChangeKind;
  /** What it was mapped from, and what it is mapped from now. */
  readonly before?: string;
  readonly after?: string;
}

export interface DatasetChange {
  readonly dataset: string;
  readonly change: ChangeKind;
  readonly fields: readonly FieldChange[];
  /** Everything else, a sentence each. */
  readonly others: readonly string[];
}

/** What is different between two versions of a mapping. */
export interface MappingDiff {
  readonly datasets: readonly DatasetChange[];
  /** Code by code, a sentence each. */
  readonly codeLists: readonly string[];
}

type Mapping = Pick<Manifest, 'datasets' | 'codeLists'>;

/** What is different between two versions of a mapping, in words. Pure. */
export function diffMappings(before: Mapping, after: Mapping): MappingDiff {
  const old = new Map(before.datasets.map((dataset) => [dataset.id, dataset]));
  const now = new Set(after.datasets.map(({ id }) => id));
  const kept = after.datasets.flatMap((dataset): DatasetChange[] => {
    const earlier = old.get(dataset.id);
    if (earlier === undefined) return [whole(dataset, 'added')];
    const fields = fieldChanges(earlier.fields, dataset.fields);
    const others = otherChanges(earlier, dataset);
    return fields.length + others.length === 0
      ? []
      : [{ dataset: dataset.id, change: 'changed', fields, others }];
  });
  const removed = before.datasets.filter(({ id }) => !now.has(id));
  return {
    datasets: [...kept, ...removed.map((dataset) => whole(dataset, 'removed'))],
    codeLists: listChanges(before.codeLists, after.codeLists),
  };
}

/** The whole difference as sentences, one a line. */
export function diffInWords({ datasets, codeLists }: MappingDiff): string[] {
  const said = datasets.flatMap(({ dataset, change, fields, others }) =>
    change === 'changed'
      ? [
          ...fields.map((field) => `${dataset}.${fieldInWords(field)}`),
          ...others.map((each) => `${dataset}: ${each}`),
        ]
      : [`dataset ${dataset} is ${change === 'added' ? 'new' : 'gone'}`],
  );
  return [...said, ...codeLists];
}

/** A changed field as a sentence. */
export function fieldInWords({ field, change, before = '', after = '' }: FieldChange): string {
  if (change === 'added') return `${field} is new: ${after}`;
  if (change === 'removed') return `${field} is not mapped any more; it was ${before}`;
  return before === after
    ? `${field} is written in another way: ${after}`
    : `${field} was ${before}; it is ${after}`;
}

function whole(dataset: Dataset, change: 'added' | 'removed'): DatasetChange {
  return { dataset: dataset.id, change, fields: [], others: [] };
}

const words = describeExpression;

function fieldChanges(before: Dataset['fields'], after: Dataset['fields']): FieldChange[] {
  const names = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return names.flatMap((field): FieldChange[] => {
    const [old, now] = [before[field], after[field]];
    if (same(old, now)) return [];
    if (old === undefined) {
      return now === undefined ? [] : [{ field, change: 'added', after: words(now) }];
    }
    return now === undefined
      ? [{ field, change: 'removed', before: words(old) }]
      : [{ field, change: 'changed', before: words(old), after: words(now) }];
  });
}

function otherChanges(before: Dataset, after: Dataset): string[] {
  const plain: readonly (readonly [string, unknown, unknown])[] = [
    ["the platform's table", before.target, after.target],
    ['the source', `${before.source}.${before.from}`, `${after.source}.${after.from}`],
    ['the key', before.key?.join(', '), after.key?.join(', ')],
    ['one row per', before.onePer?.join(', '), after.onePer?.join(', ')],
    ['the control totals', before.totals.join(', '), after.totals.join(', ')],
  ];
  return [
    ...plain.flatMap(([name, old, now]) => changed(name, textOf(old), textOf(now))),
    ...listed('excluded', exclusionWords(before), exclusionWords(after)),
    ...listed('dropped', dropWords(before), dropWords(after)),
    ...memberChanges('join', before.joins ?? {}, after.joins ?? {}, joinWords),
    ...memberChanges('part', byName(before.parts), byName(after.parts), partWords),
    ...changed('the history', historyWords(before.history), historyWords(after.history)),
  ];
}

const textOf = (value: unknown): string =>
  typeof value === 'string' && value !== '' ? value : 'nothing';

function changed(name: string, before: string, after: string): string[] {
  return before === after ? [] : [`${name} was ${before}; it is ${after}`];
}

function listed(name: string, before: readonly string[], after: readonly string[]): string[] {
  return [
    ...after.filter((each) => !before.includes(each)).map((each) => `${name} from now on: ${each}`),
    ...before
      .filter((each) => !after.includes(each))
      .map((each) => `not ${name} any more: ${each}`),
  ];
}

function exclusionWords({ exclude }: Dataset): string[] {
  return exclude.map(({ when, reason }) => `${describeCondition(when)} (${reason})`);
}

function dropWords({ drop }: Dataset): string[] {
  return Object.entries(drop).map(([column, reason]) => `${column} (${reason})`);
}

function memberChanges<T>(
  kind: string,
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
  say: (member: T) => string,
): string[] {
  const names = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return names.flatMap((name) => {
    const [old, now] = [before[name], after[name]];
    if (same(old, now)) return [];
    if (old === undefined) return now === undefined ? [] : [`${kind} ${name} is new: ${say(now)}`];
    if (now === undefined) return [`${kind} ${name} is gone; it was ${say(old)}`];
    return [`${kind} ${name} was ${say(old)}; it is ${say(now)}`];
  });
}

function byName(parts: readonly Part[] = []): Record<string, Part> {
  return Object.fromEntries(parts.map((part) => [part.name, part]));
}

function partWords({ values }: Part): string {
  return Object.entries(values)
    .map(([name, expression]) => `${name} is ${words(expression)}`)
    .join(', ');
}

/** A join in words. */
export function joinWords({ from, on, where, take, order, missing, values }: Join): string {
  const pairs = on.map(({ theirs, ours }) => `its ${words(theirs)} is ${words(ours)}`);
  const rows =
    take === 'only' ? 'the only row' : `the ${take} row by ${order.map(words).join(', ')}`;
  const figures = Object.entries(values ?? {}).map(([name, figure]) => {
    const [[kind, of] = ['count', true]] = Object.entries(figure);
    return typeof of === 'boolean'
      ? `${name} is their number`
      : `${name} is the ${kind} of ${words(of)}`;
  });
  return [
    `${values === undefined ? rows : 'all rows'} of ${from} where ${pairs.join(' and ')}`,
    ...(where === undefined ? [] : [`and ${describeCondition(where)}`]),
    ...(figures.length === 0 ? [] : [`of which ${figures.join(', ')}`]),
    ...(missing === 'nothing' ? ['or nothing'] : []),
  ].join(' ');
}

/** A history in words. */
export function historyWords(history: History | undefined): string {
  if (history === undefined) return 'nothing';
  const { per, start, end, sequence, gaps, take } = history;
  return [
    `one per ${per.join(', ')} from ${words(start)}`,
    ...(end === undefined ? [] : [`to ${words(end)}`]),
    ...(sequence === undefined ? [] : [`the last of a day by ${words(sequence)}`]),
    ...(gaps === 'quarantine' ? ['without gaps'] : []),
    ...(take === 'latest' ? ['only the latest row'] : []),
  ].join(', ');
}

function listChanges(before: Manifest['codeLists'], after: Manifest['codeLists']): string[] {
  const names = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return names.flatMap((name) => {
    const [old, now] = [before[name]?.values, after[name]?.values];
    if (old === undefined) return [`code list ${name} is new`];
    if (now === undefined) return [`code list ${name} is gone`];
    const codes = [...new Set([...Object.keys(now), ...Object.keys(old)])];
    return codes.flatMap((code) => codeChange(name, code, old[code], now[code]));
  });
}

function codeChange(list: string, code: string, old?: string, now?: string): string[] {
  if (old === now) return [];
  if (old === undefined) return [`code list ${list}: ${code} is new and becomes ${now}`];
  if (now === undefined) return [`code list ${list}: ${code} is gone; it became ${old}`];
  return [`code list ${list}: ${code} became ${old}; it becomes ${now}`];
}

function same(a: unknown, b: unknown): boolean {
  if (a === undefined || b === undefined) return a === b;
  return canonicalJson(a as Json) === canonicalJson(b as Json);
}
