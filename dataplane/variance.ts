import type pg from 'pg';
import { type Finding, finding, MAX_EXAMPLES } from '../domain/findings.ts';
import {
  type Tolerances,
  type Variance,
  VARIANCE_CLASSES,
  type VarianceClass,
  varianceOf,
} from '../domain/variance.ts';
import { inTransaction, withConnection } from './connections.ts';
import { longQuery } from './long-query.ts';
import type { ResultsRequest, ResultsSide } from './results/results-side.ts';
import { type StagedResults, stageResults } from './results/stage-results.ts';
import type { Work } from './work.ts';

export interface ComparisonRequest extends ResultsRequest {
  readonly tolerances: Tolerances;
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
 * @param onVariances gets every pay line that is not equal, in order of person and element; it is awaited
 * @throws SlipwayError `results/incomplete` when a side is not complete; `results/unreadable`; `mapping/invalid`
 */
export async function compareResults(
  request: ComparisonRequest,
  work: Work,
  onVariances: (batch: readonly Variance[]) => Promise<void>,
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
    await watched(() => joinLines(staging, legacy, platform));
    const { classes, overTolerance } = await deliver(staging, request, work, onVariances);
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
  const { rows } = await staging.query<Record<'both' | 'missing' | 'extra', number>>(
    `select count(*) filter (where l.person is not null and p.person is not null)::int as both,
       count(*) filter (where p.person is null)::int as missing,
       count(*) filter (where l.person is null)::int as extra
     from (select distinct person from ${legacy.table}) l
     full join (select distinct person from ${platform.table}) p using (person)`,
  );
  const counts = rows[0] ?? { both: 0, missing: 0, extra: 0 };
  return { legacy: legacy.people, platform: platform.people, ...counts };
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

/** One row per person and element of either side. */
async function joinLines(
  staging: pg.Client,
  legacy: StagedResults,
  platform: StagedResults,
): Promise<void> {
  await staging.query(
    `create temporary table slipway_joined as
     select person, element, l.pence as legacy, p.pence as platform
     from ${legacy.table} l full join ${platform.table} p using (person, element)`,
  );
}

interface Delivered {
  readonly classes: Record<VarianceClass, number>;
  readonly overTolerance: number;
}

/** The classes have one definition, in `domain/variance.ts`: SQL only leaves out what is equal. */
async function deliver(
  staging: pg.Client,
  { period, tolerances }: ComparisonRequest,
  work: Work,
  onVariances: (batch: readonly Variance[]) => Promise<void>,
): Promise<Delivered> {
  const classes: Record<VarianceClass, number> = {
    equal: await countEqual(staging),
    rounding: 0,
    missing: 0,
    extra: 0,
    different: 0,
  };
  let overTolerance = 0;
  let done = classes.equal;
  await inTransaction(staging, 'write', async () => {
    await staging.query(
      `declare variances cursor for
       select person, element, legacy::float8 as "legacyPence", platform::float8 as "platformPence"
       from slipway_joined where legacy is distinct from platform order by person collate "C", element collate "C"`,
    );
    for (;;) {
      const { rows } = await staging.query<{
        person: string;
        element: string;
        legacyPence: number | null;
        platformPence: number | null;
      }>(`fetch ${BATCH} from variances`);
      if (rows.length === 0) return;
      const batch = rows.flatMap((line) => varianceOf(period, line, tolerances) ?? []);
      for (const variance of batch) {
        classes[variance.class] += 1;
        if (variance.overTolerance) overTolerance += 1;
      }
      await onVariances(batch);
      done += rows.length;
      work.progress({ done, unit: 'lines' });
    }
  });
  return { classes, overTolerance };
}

async function countEqual(staging: pg.Client): Promise<number> {
  const { rows } = await staging.query<{ count: number }>(
    'select count(*)::int as count from slipway_joined where legacy is not distinct from platform',
  );
  return rows[0]?.count ?? 0;
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
