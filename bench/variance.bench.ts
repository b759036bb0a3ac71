import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { comparePeriod } from '../activities/parallel-run-results.ts';
import type { StepContext } from '../activities/step-activity.ts';
import { withConnection } from '../dataplane/connections.ts';
import { manifestSchema } from '../domain/manifest.ts';
import { startPostgres } from '../embedded/postgres.ts';
import { openDatabase } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { varianceGroups } from '../store/variances.ts';
import { type Bench, median } from './support/bench.ts';
import { peakMemoryMb, resetPeakMemory } from './support/peak-memory.ts';

const PEOPLE = 75_000;
const SMOKE_PEOPLE = 2_000;
const ELEMENTS = 20;
/** So many causes of differences are planted; each touches another share of the people. */
const CAUSES = 18;
const PERIOD = '2027-03';

/**
 * One pay period of 75,000 people with 20 elements each: 1.5 million lines a side, in two PostgreSQL databases. Measured is
 * the whole step: both sides looked at for changes, compared to the penny, classified, stored and grouped by cause; and the
 * same once more, when nothing has changed.
 */
export const bench: Bench = async ({ smoke, say }) => {
  const people = smoke ? SMOKE_PEOPLE : PEOPLE;
  const rounds = smoke ? 1 : 3;
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  const server = await startPostgres({
    folder: join(folder, 'postgres'),
    logFile: join(folder, 'postgres.log'),
    password: 'bench',
  });
  try {
    const [legacy, platform, staging, store] = await Promise.all(
      ['legacy', 'platform', 'staging', 'store'].map((name) => server.ensureDatabase(name)),
    );
    const urls = { sources: { pay: legacy ?? '' }, staging: staging ?? '', target: platform ?? '' };
    await onDatabase(urls.sources.pay, legacySql(people));
    await onDatabase(urls.target, platformSql(people));
    const migrations = fileURLToPath(new URL('../store/migrations', import.meta.url));
    await migrate({ url: store ?? '', folder: migrations, name: 'store' });
    const database = openDatabase(store ?? '');
    try {
      const context = (onboarding: string): StepContext =>
        ({
          run: { onboarding },
          item: PERIOD,
          manifest,
          urls: () => Promise.resolve(urls),
          work: { signal: new AbortController().signal, progress: () => undefined },
          database,
        }) as unknown as StepContext;
      const first: number[] = [];
      const second: number[] = [];
      const memory: number[] = [];
      let found = { lines: 0, variances: 0, groups: 0 };
      resetPeakMemory();
      for (let round = 0; round < rounds; round += 1) {
        const onboarding = `onboarding/bench/${round}`;
        let output: Record<string, unknown> = {};
        const took = await timed(async () => {
          ({ output } = await comparePeriod(context(onboarding)));
          const groups = await varianceGroups(database, onboarding, PERIOD);
          found = { ...found, groups: groups.length };
        });
        const again = await timed(async () => void (await comparePeriod(context(onboarding))));
        first.push(took);
        second.push(again);
        memory.push(peakMemoryMb(process.pid) ?? 0);
        const { lines, variances } = output as { lines: number; variances: number };
        found = { ...found, lines, variances };
        say(`round ${round + 1}/${rounds}: ${took.toFixed(1)} s, again ${again.toFixed(1)} s`);
      }
      const expected = planted(people);
      if (found.variances !== expected)
        throw new Error(`${found.variances} variances found, ${expected} planted`);
      return {
        figures: {
          seconds: Number(median(first).toFixed(1)),
          secondRunSeconds: Number(median(second).toFixed(1)),
          ...found,
          nodeRssMb: Math.max(...memory),
        },
        rounds,
        versions: { node: process.versions.node, postgres: await serverVersion(urls.target) },
      };
    } finally {
      await database.end();
    }
  } finally {
    await server.process.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

const side = { period: 'period', person: 'person', element: 'element', amount: 'amount' };
const manifest = manifestSchema.parse({
  slipway: 1,
  programme: 'bench',
  department: { id: 'bench', name: 'Bench', headcount: PEOPLE },
  people: [{ id: 'someone', name: 'Some One', roles: ['programme-lead'] }],
  sources: { pay: { kind: 'postgres', connection: { env: 'LEGACY_URL' } } },
  datasets: [
    {
      id: 'people',
      target: 'hr.person',
      source: 'pay',
      from: 'public.line',
      key: ['person'],
      fields: { person_number: 'person' },
    },
  ],
  payCalendar: {
    periods: [
      {
        id: PERIOD,
        start: '2027-03-01',
        end: '2027-03-31',
        cutOff: '2027-03-10',
        payDay: '2027-03-26',
      },
    ],
  },
  parallelRun: {
    legacy: { ...side, source: 'pay', from: 'public.line' },
    platform: { ...side, source: 'platform', from: 'public.line' },
    periods: [PERIOD],
  },
  cutover: { window: { from: '2027-04-10T18:00:00Z', to: '2027-04-11T18:00:00Z' } },
  policy: { cleanPeriods: 1 },
  baseline: { annualServiceCost: 1 },
});

/** Amounts are those of nobody: they need to be many and different. */
function linesSql(people: number): string {
  return `select '${PERIOD}', lpad(p::text, 8, '0'), 'ELEMENT-' || e, ((p * 37 + e * 101) % 400000) / 100.0
    from generate_series(1, ${people}) p, generate_series(1, ${ELEMENTS}) e`;
}

const TABLE = 'create table line (period text, person text, element text, amount numeric(14,2))';

function legacySql(people: number): string {
  return `${TABLE}; insert into line ${linesSql(people)}; analyze line;`;
}

/** Cause `c` adds a pound to its element for every `100 * c`th person. */
function platformSql(people: number): string {
  return `${TABLE}; insert into line ${linesSql(people)};
    create index on line (person);
    update line l set amount = amount + 1 from generate_series(1, ${CAUSES}) c
    where l.element = 'ELEMENT-' || c and l.person::int % (100 * c) = 0;
    drop index line_person_idx; analyze line;`;
}

function planted(people: number): number {
  return Array.from({ length: CAUSES }, (_, index) =>
    Math.floor(people / (100 * (index + 1))),
  ).reduce((sum, count) => sum + count, 0);
}

async function timed(run: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}

async function onDatabase(url: string, sql: string): Promise<void> {
  await withConnection(url, 'target', undefined, (client) => client.query(sql));
}

async function serverVersion(url: string): Promise<string> {
  return withConnection(url, 'target', undefined, async (client) => {
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return rows[0]?.server_version ?? '';
  });
}
