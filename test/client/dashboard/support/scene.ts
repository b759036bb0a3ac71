import { randomBytes } from 'node:crypto';
import { decideGate } from '../../../../activities/gate.ts';
import { explainPeriod, judgePeriod } from '../../../../activities/parallel-run-verdict.ts';
import { generateReadiness } from '../../../../activities/readiness.ts';
import { closeOnboarding } from '../../../../activities/close.ts';
import type { StepBody } from '../../../../activities/step-activity.ts';
import type { Place } from '../../../../client/access.ts';
import { departmentAddress } from '../../../../client/dashboard/addresses.ts';
import { SlipwayError } from '../../../../domain/errors.ts';
import { M3_CRITERIA } from '../../../../domain/readiness/criteria.ts';
import type { JsonObject } from '../../../../domain/json.ts';
import type { StepId } from '../../../../domain/step-catalogue.ts';
import type { Identity } from '../../../../store/identities.ts';
import { findPerson } from '../../../../store/identities.ts';
import { findOnboarding } from '../../../../store/read-model.ts';
import { replaceComparison } from '../../../../store/comparisons.ts';
import type { StoredVariance } from '../../../../store/variances.ts';
import { onboardingId } from '../../../../workflows/messages.ts';
import { until } from '../../../support/until.ts';
import { sampleManifest } from '../../../workflows/sample-manifest.ts';
import type { TestSite } from './site.ts';

/** The departments of a programme in all their states, with steps that find what real ones find. */
export interface Scene {
  readonly lead: Identity;
  /** Addresses of the departments' pages by what is the matter with them. */
  readonly paths: Readonly<Record<Matter, string>>;
  readonly places: Readonly<Record<Matter, Place>>;
  /** Somebody of the scene. */
  person(id: string): Promise<Identity>;
  /** Lets the steps that still run come to their end. */
  end(): void;
}

type Matter = keyof typeof DEPARTMENTS;

const DEPARTMENTS = {
  closed: { id: 'youth-justice', name: 'Youth Justice Board', headcount: 240, wave: 1 },
  parked: { id: 'prison-service', name: 'Prison Service', headcount: 48_300, wave: 1 },
  gate: { id: 'probation', name: 'Probation Service', headcount: 9_120, wave: 2 },
  red: { id: 'tribunals', name: 'Tribunals', headcount: 3_400, wave: 2 },
  running: { id: 'courts', name: 'Courts', headcount: 17_050, wave: 2 },
  variances: { id: 'legal-aid', name: 'Legal Aid Agency', headcount: 1_210, wave: 2 },
  paused: {
    id: 'public-guardian',
    name: 'Office of the Public Guardian',
    headcount: 1_600,
    wave: 3,
  },
} as const;

/** The step that a department is brought to, and how it is then. */
const GOALS: Readonly<Record<Matter, readonly [string, string]>> = {
  closed: ['cutover/close', 'succeeded'],
  parked: ['migration/transfer/posts', 'parked'],
  gate: ['discovery/gate', 'waiting'],
  red: ['discovery/gate', 'waiting'],
  running: ['migration/transfer/units', 'running'],
  variances: ['parallel-run/explain/2027-01', 'waiting'],
  paused: ['discovery/gate', 'waiting'],
};

const PEOPLE = [
  { id: 'lee', name: 'Lee Marsh', roles: ['programme-lead'] },
  { id: 'max', name: 'Max Okafor', roles: ['migration-engineer'] },
  { id: 'dora', name: 'Dora Hughes', roles: ['data-owner'] },
  { id: 'fay', name: 'Fay Lindqvist', roles: ['finance-lead'] },
  { id: 'petra', name: 'Petra Novak', roles: ['payroll-lead'] },
  { id: 'olga', name: 'Olga Reid', roles: ['sro'] },
  { id: 'ann', name: 'Ann Whitcombe', roles: ['assurance'] },
];

/**
 * Builds the programme: starts every department, or some of them, and waits until each is where it should be.
 * @param programme one that no other test on the same servers has
 */
export async function buildScene(
  site: TestSite,
  {
    matters = Object.keys(DEPARTMENTS) as Matter[],
    programme = `shared-services-${randomBytes(3).toString('hex')}`,
  }: { matters?: readonly Matter[]; programme?: string } = {},
): Promise<Scene> {
  const lead = await site.person('lee', 'Lee Marsh', 'programme-lead', 'migration-engineer');
  await site.person('vic', 'Vic Adeyemi', 'viewer');
  const release = new Set<() => void>();
  setBodies(site.world.bodies, release);
  const place = (matter: Matter): Place => ({ programme, department: DEPARTMENTS[matter].id });
  for (const matter of matters) {
    const manifest = sampleManifest({
      programme,
      department: DEPARTMENTS[matter],
      people: PEOPLE,
      policy: { mockLoads: 1, hypercareHours: 0, maxRejectRate: 0.01 },
      cutover: {
        window: { from: '2027-04-10T18:00:00Z', to: '2027-04-11T18:00:00Z' },
        readiness: { notApplicable: NOT_ASSESSED },
      },
    });
    await site.world.services.commands.start(lead, { manifest, source: '', baseFolder: '/' });
  }
  const approving = new Approvals(site);
  for (const matter of matters) await approving.until(place(matter), ...GOALS[matter]);
  if (matters.includes('paused')) {
    const reason = 'The department moves offices this week';
    await site.world.services.commands.pause({ ...place('paused'), identity: lead, reason });
  }
  const each = <T>(of: (matter: Matter) => T): Record<Matter, T> =>
    Object.fromEntries(
      (Object.keys(DEPARTMENTS) as Matter[]).map((matter) => [matter, of(matter)]),
    ) as Record<Matter, T>;
  return {
    lead,
    places: each(place),
    paths: each((matter) => departmentAddress(place(matter))),
    person: async (id) => (await findPerson(site.world.services.database, id)) as Identity,
    end() {
      for (const resolve of release) resolve();
    },
  };
}

/** Gives every approval that is asked for until a step is where it should be. */
class Approvals {
  readonly #site: TestSite;

  constructor(site: TestSite) {
    this.#site = site;
  }

  async until(place: Place, key: string, status: string): Promise<void> {
    const { database, commands } = this.#site.world.services;
    await until(
      `${place.department} has ${key} ${status}`,
      async () => {
        const detail = await findOnboarding(
          database,
          onboardingId(place.programme, place.department),
        );
        const steps = detail?.steps ?? [];
        if (steps.find((step) => step.key === key)?.status === status) return true;
        for (const step of steps.filter((each) => each.status === 'waiting')) {
          for (const role of Object.keys(step.quorum ?? {})) {
            const { id } = PEOPLE.find((person) => person.roles.includes(role)) ?? { id: '' };
            if (step.decisions.some((decision) => decision.by === id)) continue;
            const identity = (await findPerson(database, id)) as Identity;
            const by = { ...place, identity, reason: 'The evidence is complete' };
            await commands.approve(by, { step: step.key, evidence: step.evidence[0]?.hash ?? '' });
          }
        }
        return undefined;
      },
      60_000,
    );
  }
}

/** What only people can say is left out here. */
const NOT_ASSESSED = Object.fromEntries(
  M3_CRITERIA.filter(({ measure }) => measure === undefined).map(({ id }) => [
    id,
    'nobody assesses it in this test',
  ]),
);

const is = (context: Parameters<StepBody>[0], matter: Matter): boolean =>
  context.manifest.department.id === DEPARTMENTS[matter].id;

/** Bodies that find what a real department has, and go wrong where the scene wants it. */
function setBodies(bodies: Record<StepId, StepBody>, release: Set<() => void>): void {
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
        output: { blockers: is(context, 'red') ? 3 : 0, major: 4, minor: 11 },
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
    'migration/transfer': transfer(release),
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
    'parallel-run/compare': comparePay,
    'parallel-run/explain': explainPeriod,
    'parallel-run/verdict': judgePeriod,
    'cutover/rehearse': rehearse,
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
function transfer(release: Set<() => void>): StepBody {
  return async (context) => {
    const { item, run, work } = context;
    if (is(context, 'running')) {
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
    if (is(context, 'parked') && item === 'posts' && run.input['chunkRows'] === undefined) {
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

const comparePay: StepBody = async (context) => {
  const { run, item, database, manifest } = context;
  await replaceComparison(database, run.onboarding, item, async (writer) => {
    if (is(context, 'variances')) await writer.variances(variancesOf(item));
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
