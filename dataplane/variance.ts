import type pg from 'pg';
import { type Finding, finding, MAX_EXAMPLES } from '../domain/findings.ts';
import {
  type Neighbours,
  type PayLine,
  type Variance,
  VARIANCE_CLASSES,
  type VarianceClass,
  type VarianceRules,
  variancesOf,
} from '../domain/variance.ts';
import { inTransaction, withConnection } from './connections.ts';
import { longQuery } from './long-query.ts';
import type { ResultsRequest, ResultsSide } from './results/results-side.ts';
import { type StagedResults, stageResults } from './results/stage-results.ts';
import type { Work } from './work.ts';

export interface ComparisonRequest extends ResultsRequest {
  readonly tolerances: VarianceRules['tolerances'];
  readonly protectedElements?: ReadonlySet<string>;
}

/** What a comparison hands over while it goes on. All of it is awaited. */
export interface ComparisonSink {
  /** Every pay line that is not equal, in order of person and element. */
  readonly variances: (batch: readonly Variance[]) => Promise<void>;
  /** People with pay on one side only, in order. */
  readonly unmatched?: (
    batch: readonly { readonly person: string; readonly side: ResultsSide }[],
  ) => Promise<void>;
  /** What is known of the neighbouring periods of some people. */
  readonly neighbours?: (people: readonly string[]) => Promise<ReadonlyMap<string, Neighbours>>;
}

/** Sums of one pay element over all people. */
export interface ElementTotal {
  readonly element: string;
  readonly legacyPence: number;
  readonly platformPence: number;
  /** People who have the element. */
  readonly legacyLines: number;
  readonly platformLines: number;
}

/** What the comparison of a period's pay found. Without persons: those are in the variances. */
export interface Comparison {
  readonly period: string;
  /** `missing` people are on the legacy side only, `extra` ones on the platform only. */
  readonly people: Readonly<Record<'legacy' | 'platform' | 'both' | 'missing' | 'extra', number>>;
  /** Lines as each side has them, and `compared`: pairs of person and element on either side. */
  readonly lines: Readonly<Record<'legacy' | 'platform' | 'compared', number>>;
  readonly classes: Readonly<Record<VarianceClass, number>>;
  readonly overTolerance: number;
  /** People on both sides, over people on either: 1 only when nobody is left out. 0 when there is nobody. */
  readonly coverage: number;
  readonly totals: readonly ElementTotal[];
  readonly findings: readonly Finding[];
}

/** Enough for the sorts of some million lines; the staging database is Slipway's own. */
const WORK_MEMORY = '128MB';
const BATCH = 5000;

/**
 * Compares the pay of a period, every person and every element of both sides, to the penny. Both sides are copied into
 * temporary tables of the staging database and joined there; only what is not equal comes to Node, in batches.
 * @throws SlipwayError `results/incomplete` when a side is not complete; `results/unreadable`; `mapping/invalid`
 */
export async function compareResults(
  request: ComparisonRequest,
  work: Work,
  sink: ComparisonSink,
): Promise<Comparison> {
  return withConnection(request.urls.staging, 'staging', work.signal, async (staging) => {
    await staging.query(`set work_mem = '${WORK_MEMORY}'`);
    const legacy = await stageResults(staging, request, 'legacy', work);
    const platform = await stageResults(staging, request, 'platform', work);
    const place = { url: request.urls.staging, side: 'staging' as const };
    const total = legacy.lines + platform.lines;
    const watched = <T>(run: () => Promise<T>): Promise<T> =>
      longQuery(staging, place, work, { done: total, total, unit: 'lines' }, run);
    const people = await watched(() => comparePeople(staging, legacy, platform));
    const totals = await watched(() => elementTotals(staging, legacy, platform));
    const equal = await watched(() => joinLines(staging, legacy, platform));
    const { classes, overTolerance } = await deliver(staging, request, equal, work, sink);
    await deliverUnmatched(staging, sink);
    const population = people.both + people.missing + people.extra;
    return {
      period: request.period,
      people,
      lines: {
        legacy: legacy.lines,
        platform: platform.lines,
        compared: VARIANCE_CLASSES.reduce((sum, name) => sum + classes[name], 0),
      },
      classes,
      overTolerance,
      coverage: population === 0 ? 0 : people.both / population,
      totals,
      findings: [
        ...(await repeatedLines(staging, 'legacy', legacy)),
        ...(await repeatedLines(staging, 'platform', platform)),
      ],
    };
  });
}

async function comparePeople(
  staging: pg.Client,
  legacy: StagedResults,
  platform: StagedResults,
): Promise<Comparison['people']> {
  await staging.query(
    `create temporary table slipway_unmatched as
     select person, case when p.person is null then 'legacy' else 'platform' end as side
     from (select distinct person from ${legacy.table}) l
     full join (select distinct person from ${platform.table}) p using (person)
     where l.person is null or p.person is null`,
  );
  const { rows } = await staging.query<Record<'missing' | 'extra', number>>(
    `select count(*) filter (where side = 'legacy')::int as missing, count(*) filter (where side = 'platform')::int as extra
     from slipway_unmatched`,
  );
  const { missing, extra } = rows[0] ?? { missing: 0, extra: 0 };
  return {
    legacy: legacy.people,
    platform: platform.people,
    both: legacy.people - missing,
    missing,
    extra,
  };
}

async function deliverUnmatched(
  staging: pg.Client,
  { unmatched = () => Promise.resolve() }: ComparisonSink,
): Promise<void> {
  await eachBatch(
    staging,
    'select person, side from slipway_unmatched order by person collate "C"',
    (batch) => unmatched(batch as { person: string; side: ResultsSide }[]),
  );
}

async function elementTotals(
  staging: pg.Client,
  legacy: StagedResults,
  platform: StagedResults,
): Promise<ElementTotal[]> {
  const sums = (table: string): string =>
    `(select element, sum(pence) as pence, count(*) as lines from ${table} group by element)`;
  const { rows } = await staging.query<ElementTotal>(
    `select element, coalesce(l.pence, 0)::float8 as "legacyPence", coalesce(p.pence, 0)::float8 as "platformPence",
       coalesce(l.lines, 0)::int as "legacyLines", coalesce(p.lines, 0)::int as "platformLines"
     from ${sums(legacy.table)} l full join ${sums(platform.table)} p using (element)
     order by element collate "C"`,
  );
  return rows;
}

/** The pairs of person and element that are not equal; returns how many are. */
async function joinLines(
  staging: pg.Client,
  legacy: StagedResults,
  platform: StagedResults,
): Promise<number> {
  await staging.query(
    `create temporary table slipway_unequal as
     select person, element, l.pence as legacy, p.pence as platform
     from ${legacy.table} l full join ${platform.table} p using (person, element)
     where l.pence is distinct from p.pence`,
  );
  const { rows } = await staging.query<{ unequal: number }>(
    'select count(*) filter (where legacy is not null)::int as unequal from slipway_unequal',
  );
  // What the legacy side has and is not among the unequal pairs is equal.
  return legacy.pairs - (rows[0]?.unequal ?? 0);
}

interface Delivered {
  readonly classes: Record<VarianceClass, number>;
  readonly overTolerance: number;
}

/** The classes have one definition, in `domain/variance.ts`: SQL only leaves out what is equal. */
async function deliver(
  staging: pg.Client,
  request: ComparisonRequest,
  equal: number,
  work: Work,
  sink: ComparisonSink,
): Promise<Delivered> {
  const none = VARIANCE_CLASSES.map((name) => [name, 0]);
  const classes = { ...Object.fromEntries(none), equal } as Record<VarianceClass, number>;
  let overTolerance = 0;
  let done = equal;
  const judge = async (lines: readonly PayLine[]): Promise<void> => {
    const people = new Map<string, PayLine[]>();
    for (const line of lines) {
      const own = people.get(line.person);
      if (own === undefined) people.set(line.person, [line]);
      else own.push(line);
    }
    const neighbours = await sink.neighbours?.([...people.keys()]);
    const variances = [...people].flatMap(([person, own]) =>
      variancesOf(request, own, neighbours?.get(person)),
    );
    for (const variance of variances) {
      classes[variance.class] += 1;
      if (variance.overTolerance) overTolerance += 1;
    }
    await sink.variances(variances);
    done += lines.length;
    work.progress({ done, unit: 'lines' });
  };
  // A person is judged as a whole: the last one of a batch may go on in the next.
  let kept: PayLine[] = [];
  await eachBatch(
    staging,
    `select person, element, legacy::float8 as "legacyPence", platform::float8 as "platformPence"
     from slipway_unequal order by person collate "C", element collate "C"`,
    async (batch) => {
      const last = (batch as PayLine[]).at(-1)?.person;
      const lines = [...kept, ...(batch as PayLine[])];
      kept = lines.filter(({ person }) => person === last);
      await judge(lines.filter(({ person }) => person !== last));
    },
  );
  if (kept.length > 0) await judge(kept);
  return { classes, overTolerance };
}

/** Hands the rows of a query over in batches. */
async function eachBatch(
  staging: pg.Client,
  query: string,
  use: (batch: readonly pg.QueryResultRow[]) => Promise<void>,
): Promise<void> {
  await inTransaction(staging, 'write', async () => {
    await staging.query(`declare batches cursor for ${query}`);
    for (;;) {
      const { rows } = await staging.query(`fetch ${BATCH} from batches`);
      if (rows.length === 0) return;
      await use(rows);
    }
  });
}

/** Several lines of one person and element are summed; whoever looks at a payslip has to know. */
async function repeatedLines(
  staging: pg.Client,
  side: ResultsSide,
  results: StagedResults,
): Promise<Finding[]> {
  const { rows } = await staging.query<{ count: number; keys: string[] }>(
    `select count(*)::int as count,
       coalesce(jsonb_agg(key order by place) filter (where place <= ${MAX_EXAMPLES}), '[]') as keys
     from (select person || '|' || element as key, row_number() over (order by person collate "C", element collate "C") as place
           from ${results.table} where lines > 1) s`,
  );
  const { count, keys } = rows[0] ?? { count: 0, keys: [] };
  if (count === 0) return [];
  const message = `${count} times the ${side} results have several lines of one person and element; they are summed.`;
  return [
    finding('results/repeated', { table: `${side} results`, count, examples: keys, message }),
  ];
}
