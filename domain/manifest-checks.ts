import { manifestShape } from './manifest-shape.ts';
import type { Dataset, Manifest, ResultsSource } from './manifest-shape.ts';

/** Two parts of a manifest that do not fit together. */
export interface ManifestProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** The names that would have been right, where the problem is a name. */
  readonly known?: readonly string[] | undefined;
}

/** A manifest of which parts may be missing, because what was written there is not valid by itself. */
export type ManifestDraft = {
  readonly [K in Exclude<keyof Manifest, 'people' | 'sources' | 'datasets'>]?:
    | Manifest[K]
    | undefined;
} & {
  readonly people?: readonly (Manifest['people'][number] | undefined)[] | undefined;
  readonly sources?: Readonly<Record<string, Manifest['sources'][string] | undefined>> | undefined;
  readonly datasets?: readonly (Dataset | undefined)[] | undefined;
};

/** What can be saved of a value that is not a valid manifest, so that its other problems are found as well. */
export function draftOf(value: unknown): ManifestDraft {
  const given = isObject(value) ? value : {};
  const { people, sources, datasets, ...rest } = manifestShape.shape;
  const entries = Object.entries(rest).map(([name, schema]) => {
    const parsed = schema.safeParse(given[name]);
    return [name, parsed.success ? parsed.data : undefined];
  });
  return {
    ...(Object.fromEntries(entries) as ManifestDraft),
    people: entriesOf(given['people'], people.element),
    datasets: entriesOf(given['datasets'], datasets.element),
    sources: isObject(given['sources'])
      ? Object.fromEntries(
          Object.entries(given['sources']).map(([name, source]) => [
            name,
            sources.valueType.safeParse(source).data,
          ]),
        )
      : undefined,
  };
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
  ];
}

function checkPeople({ people = [] }: ManifestDraft): ManifestProblem[] {
  return repeated(
    people.map((person) => person?.id),
    'person',
    (index) => ['people', index, 'id'],
  );
}

function checkDatasets({ datasets = [], sources }: ManifestDraft): ManifestProblem[] {
  const problems = repeated(
    datasets.map((dataset) => dataset?.id),
    'dataset',
    (index) => ['datasets', index, 'id'],
  );
  for (const [index, dataset] of datasets.entries()) {
    if (dataset === undefined) continue;
    problems.push(...checkSource(sources, dataset, ['datasets', index]));
    const source = sources?.[dataset.source];
    if (source?.kind === 'postgres' && dataset.key === undefined) {
      problems.push({
        path: ['datasets', index, 'key'],
        message: 'a dataset of a database source needs its key columns',
      });
    }
    for (const [place, column] of dataset.totals.entries()) {
      if (dataset.fields[column] !== undefined) continue;
      problems.push({
        path: ['datasets', index, 'totals', place],
        message: `${column} is not among the fields`,
        known: Object.keys(dataset.fields),
      });
    }
  }
  return problems;
}

/** `source` must be there and, where it is of files, have the entry `from`. */
function checkSource(
  sources: ManifestDraft['sources'],
  { source: name, from }: { source: string; from: string },
  path: readonly (string | number)[],
): ManifestProblem[] {
  if (sources === undefined) return [];
  if (!Object.hasOwn(sources, name)) {
    const known = Object.keys(sources);
    return [{ path: [...path, 'source'], message: `there is no source ${name}`, known }];
  }
  const source = sources[name];
  if (source?.kind !== 'files' || Object.hasOwn(source.files, from)) return [];
  return [
    {
      path: [...path, 'from'],
      message: `source ${name} has no file entry ${from}`,
      known: Object.keys(source.files),
    },
  ];
}

/** What `after` names must be there, and must not come after the dataset itself. */
function checkOrder({ datasets = [] }: ManifestDraft): ManifestProblem[] {
  const problems: ManifestProblem[] = [];
  const after = new Map(datasets.flatMap((each) => (each ? [[each.id, each.after] as const] : [])));
  const complete = datasets.every((dataset) => dataset !== undefined);
  const leadsTo = (from: string, to: string, seen: Set<string>): boolean =>
    (after.get(from) ?? []).some((next) => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return leadsTo(next, to, seen);
    });
  for (const [index, dataset] of datasets.entries()) {
    for (const [place, other] of (dataset?.after ?? []).entries()) {
      const path = ['datasets', index, 'after', place];
      if (!after.has(other)) {
        // The name may be that of a dataset which is not valid.
        if (complete)
          problems.push({
            path,
            message: `there is no dataset ${other}`,
            known: [...after.keys()],
          });
      } else if (dataset !== undefined && leadsTo(dataset.id, dataset.id, new Set())) {
        problems.push({ path, message: `${dataset.id} would have to be loaded before itself` });
      }
    }
  }
  return problems;
}

function checkLookups({ datasets = [], codeLists }: ManifestDraft): ManifestProblem[] {
  if (codeLists === undefined) return [];
  return datasets.flatMap((dataset, index) =>
    lookups({ fields: dataset?.fields, exclude: dataset?.exclude }, ['datasets', index])
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
    const payroll = datasets.find((dataset) => dataset?.target.startsWith('payroll.'));
    if (payroll === undefined) return [];
    return [
      {
        path: ['parallelRun', 'notApplicable'],
        message: `dataset ${payroll.id} loads payroll: its pay must be compared`,
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
  return problems;
}

function checkResults(
  { sources }: ManifestDraft,
  results: ResultsSource,
  path: readonly (string | number)[],
): ManifestProblem[] {
  const { source, from, control } = results;
  if (source === 'platform') return [];
  const problems = [
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
    const dataset = datasets.find((each) => each?.id === id);
    if (dataset === undefined) {
      if (datasets.includes(undefined)) continue;
      const known = datasets.flatMap((each) => (each === undefined ? [] : [each.id]));
      problems.push({ path, message: `there is no dataset ${id}`, known });
      continue;
    }
    for (const column of Object.keys(declared.totals)) {
      if (dataset.fields[column] !== undefined) continue;
      problems.push({
        path: [...path, 'totals', column],
        message: `${column} is not among the fields of ${id}`,
        known: Object.keys(dataset.fields),
      });
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

function entriesOf<T>(
  value: unknown,
  schema: { safeParse(entry: unknown): { data?: T | undefined } },
): (T | undefined)[] | undefined {
  return Array.isArray(value) ? value.map((entry) => schema.safeParse(entry).data) : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
