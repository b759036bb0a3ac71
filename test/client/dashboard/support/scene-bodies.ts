import { closeOnboarding } from '../../../../activities/close.ts';
import { planTheCutover } from '../../../../activities/cutover-plan.ts';
import { decideGate } from '../../../../activities/gate.ts';
import { explainPeriod, judgePeriod } from '../../../../activities/parallel-run-verdict.ts';
import { generateReadiness } from '../../../../activities/readiness.ts';
import type { StepBody } from '../../../../activities/step-activity.ts';
import { SlipwayError } from '../../../../domain/errors.ts';
import type { JsonObject } from '../../../../domain/json.ts';
import type { StepId } from '../../../../domain/step-catalogue.ts';
import { replaceComparison } from '../../../../store/comparisons.ts';
import type { StoredVariance } from '../../../../store/variances.ts';

/** Department ids by what goes wrong in them. */
export interface Troubled {
  readonly red: string;
  readonly running: string;
  readonly parked: string;
  readonly variances: string;
}

const is = (context: Parameters<StepBody>[0], department: string): boolean =>
  context.manifest.department.id === department;

/**
 * Sets bodies that find what a real department has, and go wrong where the scene wants it.
 * @param release is given what lets the steps that still run come to their end
 */
export function setSceneBodies(
  bodies: Record<StepId, StepBody>,
  troubled: Troubled,
  release: Set<() => void>,
): void {
  const finds =
    (output: JsonObject): StepBody =>
    () =>
      Promise.resolve({ output });
  Object.assign(bodies, {
    'discovery/connect': finds({ readOnly: true, version: 'PostgreSQL 15.4' }),
    'discovery/intake': finds({ files: 1, rows: 4182, lines: 4183 }),
    'discovery/profile': finds({ tables: 12, columns: 184, rows: 1_204_338 }),
    'discovery/keys': finds({ keys: 12, references: 17 }),
    'discovery/assess': (context: Parameters<StepBody>[0]) =>
      Promise.resolve({
        output: { blockers: is(context, troubled.red) ? 3 : 0, major: 4, minor: 11 },
        evidence: [{ kind: 'findings', content: FINDINGS }],
      }),
    'discovery/baseline': (context: Parameters<StepBody>[0]) =>
      Promise.resolve({
        output: {
          people: context.manifest.department.headcount - 1,
          annualServiceCost: 1_000_000,
        },
      }),
    'mapping/check': finds({ problems: 0 }),
    'mapping/coverage': finds({ target: 1, source: 1 }),
    'mapping/compile': finds({ hash: 'c0ffee'.padEnd(64, '0') }),
    'mapping/simulate': finds({
      datasets: {
        units: { read: 312, wouldLoad: 312, quarantined: 0 },
        posts: { read: 4182, wouldLoad: 4170, quarantined: 12 },
      },
    }),
    'mapping/confirm': () =>
      Promise.resolve({
        output: { hash: 'c0ffee'.padEnd(64, '0') },
        evidence: [{ kind: 'mapping', content: { hash: 'c0ffee'.padEnd(64, '0'), fields: 42 } }],
        waits: true,
      }),
    'migration/preflight': finds({ tables: 2, problems: 0 }),
    'migration/prepare': finds({ superseded: 0 }),
    'parallel-run/await': finds({ legacy: 1210, platform: 1210 }),
    'migration/transfer': transfer(troubled, release),
    'migration/quarantine': ({ item }: Parameters<StepBody>[0]) => {
      const rows = item === 'units' ? 312 : 4182;
      const quarantined = item === 'units' ? 0 : 12;
      const figures = { read: rows, loaded: rows - quarantined, quarantined, excluded: 0 };
      const rates = { rejectRate: quarantined / rows, rejectRateBefore: null };
      return Promise.resolve({
        output: { open: 0, accepted: quarantined, corrected: 0, loads: 1, ...figures, ...rates },
      });
    },
    'migration/reconcile': finds({ reconciled: true, rows: 4170, buckets: 64 }),
    'parallel-run/compare': comparePay(troubled),
    'parallel-run/explain': explainPeriod,
    'parallel-run/verdict': judgePeriod,
    'cutover/rehearse': rehearse,
    'cutover/plan': planTheCutover,
    'cutover/readiness': generateReadiness,
    'cutover/window': finds({
      from: '2027-04-10T18:00:00Z',
      to: '2027-04-11T18:00:00Z',
      legal: true,
    }),
    'cutover/freeze': finds({ quiet: true }),
    'cutover/reconcile': finds({ reconciled: true, rows: 4170 }),
    'cutover/totals': finds({ equal: true, totals: 14 }),
    'cutover/first-run': finds({ inScope: true, people: 1210, red: [], waived: [] }),
    'cutover/smoke': finds({ checks: 9, failed: 0 }),
    'cutover/close': closeOnboarding,
  });
  for (const gate of ['discovery', 'mapping', 'migration', 'parallel-run', 'cutover'] as const)
    bodies[`${gate}/gate`] = decideGate;
  bodies['cutover/no-return'] = decideGate;
}

/** Every part took a minute, just now. */
const rehearse: StepBody = ({ item }) => {
  const [rehearsal = '', part = ''] = item.split('/');
  const ended = Date.now();
  return Promise.resolve({
    output: {
      rehearsal,
      part,
      ms: 60_000,
      startedAt: new Date(ended - 60_000).toISOString(),
      endedAt: new Date(ended).toISOString(),
      mapping: 'c0ffee'.padEnd(64, '0'),
      load: '1',
    },
  });
};

/** Loads a dataset: fails for one department until it is corrected, and takes its time for another. */
function transfer(troubled: Troubled, release: Set<() => void>): StepBody {
  return async (context) => {
    const { item, run, work } = context;
    if (is(context, troubled.running)) {
      const total = 184_000;
      work.progress({ done: 20_000, total, unit: 'rows' });
      await new Promise<void>((resolve) => {
        // Work that has gone on for a while has a rate.
        const timer = setInterval(() => work.progress({ done: 61_500, total, unit: 'rows' }), 600);
        release.add(() => {
          clearInterval(timer);
          resolve();
        });
        work.signal.addEventListener('abort', () => {
          clearInterval(timer);
          resolve();
        });
      });
    }
    if (is(context, troubled.parked) && item === 'posts' && run.input['chunkRows'] === undefined) {
      throw new SlipwayError(
        'data/chunk-failed',
        'chunk 3 of hr.post (rows 100,001 to 150,000) could not be loaded: out of shared memory. Smaller chunks need less',
      );
    }
    const rows = item === 'units' ? 312 : 4182;
    const quarantined = item === 'units' ? 0 : 12;
    return {
      output: {
        read: rows,
        loaded: rows - quarantined,
        quarantined,
        excluded: 0,
        mapping: 'c0ffee'.padEnd(64, '0'),
      },
    };
  };
}

const comparePay =
  (troubled: Troubled): StepBody =>
  async (context) => {
    const { run, item, database, manifest } = context;
    await replaceComparison(database, run.onboarding, item, async (writer) => {
      if (is(context, troubled.variances)) await writer.variances(variancesOf(item));
      return { fingerprint: item, content: { totals: [] } };
    });
    const people = manifest.department.headcount;
    return { output: { population: people, compared: people, coverage: 1, lines: people * 9 } };
  };

/** Differences of three kinds: a late pay rise, a missing line, and pennies. */
function variancesOf(period: string): StoredVariance[] {
  const line = (
    index: number,
    element: string,
    kind: string,
    legacyPence: number | null,
    platformPence: number | null,
    overTolerance = true,
  ): StoredVariance => ({
    period,
    person: `P${String(100_000 + index)}`,
    element,
    legacyPence,
    platformPence,
    differencePence: (platformPence ?? 0) - (legacyPence ?? 0),
    class: kind,
    signature: `${element}/${kind}`,
    overTolerance,
  });
  return [
    ...Array.from({ length: 37 }, (_, i) =>
      line(i, 'basic-pay', 'amount', 231_450 + i, 236_080 + i),
    ),
    ...Array.from({ length: 4 }, (_, i) =>
      line(50 + i, 'union-fee', 'missing-on-platform', 1_250, null),
    ),
    ...Array.from({ length: 112 }, (_, i) =>
      line(200 + i, 'income-tax', 'rounding', 30_211, 30_212, false),
    ),
  ];
}

const FINDINGS = [
  {
    code: 'key/repeated',
    severity: 'major',
    table: 'papers.posts',
    column: 'Ref',
    count: 7,
    examples: ['posts.csv:18', 'posts.csv:219'],
    message: '7 rows have a Ref that another row has as well',
  },
  {
    code: 'column/empty',
    severity: 'minor',
    table: 'org.unit',
    column: 'closed_on',
    count: 1,
    examples: [],
    message: 'closed_on has no values',
  },
];
