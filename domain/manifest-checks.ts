import { checkCutover } from './cutover-checks.ts';
import { isObject } from './manifest-draft.ts';
import type { ManifestDraft } from './manifest-draft.ts';
import type { ResultsSource, Source } from './manifest-shape.ts';
import { resultsShapeProblems } from './results-checks.ts';

/** Two parts of a manifest that do not fit together. */
export interface ManifestProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** The names that would have been right, where the problem is a name. */
  readonly known?: readonly string[] | undefined;
  /** It is the key at the end of the path that is wrong, not its value. */
  readonly ofKey?: boolean;
}

/** Everything that does not fit together in a manifest, or in what there is of it. */
export function checkManifest(draft: ManifestDraft): ManifestProblem[] {
  return [
    ...checkPeople(draft),
    ...checkDatasets(draft),
    ...checkOrder(draft),
    ...checkLookups(draft),
    ...checkParallelRun(draft),
    ...checkDates(draft),
    ...checkBaseline(draft),
    ...checkCutover(draft),
  ];
}

function checkPeople({ people = [] }: ManifestDraft): ManifestProblem[] {
  return repeated(
    people.map((person) => person.id),
    'person',
    (index) => ['people', index, 'id'],
  );
}

function checkDatasets({ datasets = [], sources }: ManifestDraft): ManifestProblem[] {
  const problems = repeated(
    datasets.map((dataset) => dataset.id),
    'dataset',
    (index) => ['datasets', index, 'id'],
  );
  for (const [index, dataset] of datasets.entries()) {
    const path = ['datasets', index];
    problems.push(...checkSource(sources, dataset, path));
    for (const [name, join] of Object.entries(dataset.joins ?? {})) {
      const { source } = dataset;
      const found = checkSource(sources, { source, from: join?.from }, [...path, 'joins', name]);
      problems.push(...found.filter((each) => each.path.at(-1) === 'from'));
    }
    if (isDatabase(sources?.[dataset.source ?? '']) && dataset.key === undefined) {
      problems.push({
        path: [...path, 'key'],
        message: 'a dataset of a database source needs its key columns',
      });
    }
    const { fields, totals = [] } = dataset;
    if (fields === undefined) continue;
    for (const [place, column] of totals.entries()) {
      if (fields[column] !== undefined) continue;
      problems.push({
        path: [...path, 'totals', place],
        message: `${column} is not among the fields`,
        known: Object.keys(fields),
      });
    }
  }
  return problems;
}

/** `source` must be there and, where it is of files, have the entry `from`. */
function checkSource(
  sources: ManifestDraft['sources'],
  {
    source: name,
    from,
  }: { readonly source?: string | undefined; readonly from?: string | undefined },
  path: readonly (string | number)[],
): ManifestProblem[] {
  if (sources === undefined || name === undefined) return [];
  if (!Object.hasOwn(sources, name)) {
    const known = Object.keys(sources);
    return [{ path: [...path, 'source'], message: `there is no source ${name}`, known }];
  }
  const source = sources[name];
  if (isDatabase(source) && from !== undefined && !TABLE_NAME.test(from)) {
    const expected = source?.kind === 'mariadb' ? 'database.table' : 'schema.table';
    return [{ path: [...path, 'from'], message: `${from} names no table: expected ${expected}` }];
  }
  if (source?.kind !== 'files' || from === undefined || Object.hasOwn(source.files, from))
    return [];
  return [
    {
      path: [...path, 'from'],
      message: `source ${name} has no file entry ${from}`,
      known: Object.keys(source.files),
    },
  ];
}

const TABLE_NAME = /^[^.]+\.[^.]+$/;

function isDatabase(source: Source | undefined): boolean {
  return source !== undefined && source.kind !== 'files';
}

/** What `after` names must be there, and must not come after the dataset itself. */
function checkOrder({ datasets = [] }: ManifestDraft): ManifestProblem[] {
  const after = new Map(datasets.map(({ id = '', after: others = [] }) => [id, others] as const));
  const leadsTo = (from: string, to: string, seen: Set<string>): boolean =>
    (after.get(from) ?? []).some((next) => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return leadsTo(next, to, seen);
    });
  return datasets.flatMap(({ id = '', after: others = [] }, index) =>
    others.flatMap((other, place): ManifestProblem[] => {
      const path = ['datasets', index, 'after', place];
      if (!after.has(other))
        return [{ path, message: `there is no dataset ${other}`, known: [...after.keys()] }];
      return leadsTo(id, id, new Set())
        ? [{ path, message: `${id} would have to be loaded before itself` }]
        : [];
    }),
  );
}

function checkLookups({ datasets = [], codeLists }: ManifestDraft): ManifestProblem[] {
  if (codeLists === undefined) return [];
  return datasets.flatMap(({ fields, exclude, joins, parts, history }, index) =>
    lookups({ fields, exclude, joins, parts, history }, ['datasets', index])
      .filter(({ list }) => !Object.hasOwn(codeLists, list))
      .map(({ list, path }) => ({
        path,
        message: `there is no code list ${list}`,
        known: Object.keys(codeLists),
      })),
  );
}

/** Every code list that an expression looks up, wherever it stands. */
function lookups(
  value: unknown,
  path: readonly (string | number)[],
): { list: string; path: (string | number)[] }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => lookups(item, [...path, index]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const below = lookups(member, [...path, name]);
    const list = name === 'lookup' && isObject(member) ? member['list'] : undefined;
    return typeof list === 'string'
      ? [...below, { list, path: [...path, 'lookup', 'list'] }]
      : below;
  });
}

function checkParallelRun(draft: ManifestDraft): ManifestProblem[] {
  const { parallelRun, datasets = [], payCalendar, policy } = draft;
  if (parallelRun === undefined) return [];
  if ('notApplicable' in parallelRun) {
    const payroll = datasets.find((dataset) => dataset.target?.startsWith('payroll.'));
    if (payroll === undefined) return [];
    return [
      {
        path: ['parallelRun', 'notApplicable'],
        message: `dataset ${payroll.id ?? ''} loads payroll: its pay must be compared`,
      },
    ];
  }
  const problems = repeated(parallelRun.periods, 'period', (index) => [
    'parallelRun',
    'periods',
    index,
  ]);
  const known = payCalendar?.periods.map((period) => period.id) ?? [];
  for (const [index, period] of parallelRun.periods.entries()) {
    if (known.includes(period)) continue;
    problems.push({
      path: ['parallelRun', 'periods', index],
      message: `period ${period} is not in payCalendar`,
      known,
    });
  }
  if (policy !== undefined && parallelRun.periods.length < policy.cleanPeriods) {
    problems.push({
      path: ['parallelRun', 'periods'],
      message: `expected at least ${policy.cleanPeriods} periods (policy.cleanPeriods), found ${parallelRun.periods.length}`,
    });
  }
  for (const side of ['legacy', 'platform'] as const)
    problems.push(...checkResults(draft, parallelRun[side], ['parallelRun', side]));
  const { identifiers } = parallelRun;
  if (identifiers !== undefined && identifiers.source !== 'platform')
    problems.push(...checkSource(draft.sources, identifiers, ['parallelRun', 'identifiers']));
  return problems;
}

function checkResults(
  { sources }: ManifestDraft,
  results: ResultsSource,
  path: readonly (string | number)[],
): ManifestProblem[] {
  const { source, from, control } = results;
  const shape = resultsShapeProblems(results, path);
  if (source === 'platform') return shape;
  const problems: ManifestProblem[] = [
    ...shape,
    ...checkSource(sources, { source, from }, path),
    ...(control === undefined
      ? []
      : checkSource(sources, { source, from: control.from }, [...path, 'control'])),
  ];
  const unknown = problems.find((problem) => problem.path.at(-1) === 'source');
  if (unknown === undefined) return problems;
  return [{ ...unknown, known: [...(unknown.known ?? []), 'platform'] }];
}

function checkDates({ cutover, payCalendar }: ManifestDraft): ManifestProblem[] {
  const problems: ManifestProblem[] = [];
  if (cutover !== undefined) {
    const { window, blackouts } = cutover;
    if (Date.parse(window.to) <= Date.parse(window.from)) {
      problems.push({
        path: ['cutover', 'window', 'to'],
        message: 'the window must end after it starts',
      });
    }
    for (const [index, { from, to }] of blackouts.entries()) {
      if (to < from) {
        problems.push({
          path: ['cutover', 'blackouts', index, 'to'],
          message: 'the blackout must not end before it starts',
        });
      }
    }
  }
  const periods = payCalendar?.periods ?? [];
  problems.push(
    ...repeated(
      periods.map((period) => period.id),
      'period',
      (index) => ['payCalendar', 'periods', index, 'id'],
    ),
  );
  for (const [index, { start, end }] of periods.entries()) {
    if (end < start) {
      problems.push({
        path: ['payCalendar', 'periods', index, 'end'],
        message: 'the period must not end before it starts',
      });
    }
  }
  return problems;
}

function checkBaseline({ baseline, datasets = [] }: ManifestDraft): ManifestProblem[] {
  const problems: ManifestProblem[] = [];
  for (const [id, declared] of Object.entries(baseline?.controlTotals ?? {})) {
    const path = ['baseline', 'controlTotals', id];
    const dataset = datasets.find((each) => each.id === id);
    if (dataset === undefined) {
      const known = datasets.flatMap((each) => each.id ?? []);
      problems.push({ path, message: `there is no dataset ${id}`, known });
      continue;
    }
    const { fields } = dataset;
    if (fields === undefined) continue;
    for (const column of Object.keys(declared.totals)) {
      if (fields[column] === undefined) {
        problems.push({
          path: [...path, 'totals', column],
          message: `${column} is not among the fields of ${id}`,
          known: Object.keys(fields),
        });
      } else if (!(dataset.totals ?? []).includes(column)) {
        problems.push({
          path: [...path, 'totals', column],
          message: `${column} is declared, but nobody adds it up: name it in the totals of ${id}`,
        });
      }
    }
  }
  return problems;
}

function repeated(
  ids: readonly (string | undefined)[],
  what: string,
  pathOf: (index: number) => (string | number)[],
): ManifestProblem[] {
  return ids.flatMap((id, index) =>
    id !== undefined && ids.indexOf(id) < index
      ? [{ path: pathOf(index), message: `${what} ${id} is there twice` }]
      : [],
  );
}
