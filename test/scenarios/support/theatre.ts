import { randomBytes } from 'node:crypto';
import { STEP_BODIES } from '../../../activities/step-bodies.ts';
import type { CommandBy, Commands } from '../../../client/commands.ts';
import { manifestSchema } from '../../../domain/manifest.ts';
import type { Manifest } from '../../../domain/manifest.ts';
import { M3_CRITERIA } from '../../../domain/readiness/criteria.ts';
import type { StepView } from '../../../domain/step-view.ts';
import { findPerson } from '../../../store/identities.ts';
import type { Identity } from '../../../store/identities.ts';
import { findOnboarding } from '../../../store/read-model.ts';
import { onboardingId } from '../../../workflows/messages.ts';
import { approveUntil } from '../../client/support/approve-until.ts';
import { startWorld } from '../../client/support/world.ts';
import type { World } from '../../client/support/world.ts';
import { makePlatform, makeScene } from '../../dataplane/support/scene.ts';
import type { Scene } from '../../dataplane/support/scene.ts';
import { createReadOnlyRole } from '../../support/read-only-role.ts';
import { until } from '../../support/until.ts';

/** How many people the department of the scenarios pays. More than the 107 rows of the comparison of 2016. */
export const STAFF = 120;
const PERIODS = ['2026-08', '2026-09'] as const;

const DAY = 86_400_000;

/** A department that pays people, everything of it real: legacy system, platform, rehearsal platform, engine, steps. */
export interface Theatre {
  readonly world: World;
  readonly scene: Scene;
  readonly manifest: Manifest;
  readonly commands: Commands;
  /** Starts the onboarding, as its programme lead. */
  start(): Promise<void>;
  /** Somebody of the manifest gives a command. */
  by(person: string): Promise<CommandBy>;
  /** Approves what is asked for and not red until a step has a status. */
  approveUntil(key: string, status?: StepView['status']): Promise<void>;
  /** Waits without giving anything. */
  reaches(key: string, status: StepView['status']): Promise<StepView>;
  step(key: string): Promise<StepView>;
  /** Somebody approves what a gate shows, acknowledging what is open unless they do not. @returns the code of the refusal */
  approve(person: string, key: string, acknowledge?: boolean): Promise<string>;
  /** Explains every difference of a period that is over its tolerance. */
  explain(person: string, period: string): Promise<void>;
  /** Of the platform, and of a session that would write on the legacy side: nothing has been switched. */
  legacyServes(): Promise<boolean>;
  close(): Promise<void>;
}

const LEGACY = `
  create schema hr; create schema pay;
  create table hr.staff (no text primary key, surname text, forename text, born date, hired date);
  create table hr.wage (no text primary key references hr.staff, since date, amount numeric(14,2));
  create table pay.line (period text, staff text, code text, amount numeric(14,2));
  insert into hr.staff select 'E' || n, 'Surname' || n, 'Forename' || n, '1980-01-01', '2015-04-01'
    from generate_series(1, ${STAFF}) n;
  insert into hr.wage select 'E' || n, '2026-04-01', 30000 + n from generate_series(1, ${STAFF}) n;
`;

const ELEMENTS = `(values ('BASIC', 2500.00), ('GROSS', 2500.00), ('PAYE', 290.00), ('NI', 110.00), ('PENSION', 120.00), ('NET', 1980.00))`;

/** The pay of both sides, equal to the penny. */
const PAY = {
  legacy: PERIODS.map(
    (period) =>
      `insert into pay.line select '${period}', 'E' || n, e.code, e.amount
       from generate_series(1, ${STAFF}) n, ${ELEMENTS} e (code, amount)`,
  ).join(';'),
  platform: (department: string) =>
    PERIODS.map(
      (period) =>
        `insert into payroll.result select '${department}', '${period}', 'E' || n, e.code, e.amount
         from generate_series(1, ${STAFF}) n, ${ELEMENTS} e (code, amount)`,
    ).join(';'),
};

/** @param change members of the manifest that are another way in the scenario */
export async function openTheatre(
  change: (manifest: ManifestInput) => object = () => ({}),
): Promise<Theatre> {
  const scene = await makeScene(`${LEGACY} ${PAY.legacy}`);
  const [rehearsal, reader] = await Promise.all([
    makePlatform('rehearsal'),
    createReadOnlyRole(scene.legacy, ['hr', 'pay']),
  ]);
  const world = await startWorld({ ...scene.urls, sources: { legacy: reader }, rehearsal });
  Object.assign(world.bodies, STEP_BODIES);
  const department = `d${randomBytes(4).toString('hex')}`;
  const base = manifestInput(department);
  const manifest = manifestSchema.parse({ ...base, ...change(base) });
  await scene.sql('platform', PAY.platform(department));
  await world.person('lead', 'programme-lead', 'migration-engineer');
  const { services } = world;
  const { programme } = manifest;
  const place = { programme, department };
  const id = onboardingId(programme, department);
  const findStep = async (key: string): Promise<StepView | undefined> =>
    (await findOnboarding(services.database, id))?.steps.find((each) => each.key === key);
  const step = async (key: string): Promise<StepView> => {
    const found = await findStep(key);
    if (found === undefined) throw new Error(`no step ${key}`);
    return found;
  };
  const by = async (person: string): Promise<CommandBy> => ({
    ...place,
    identity: (await findPerson(services.database, person)) as Identity,
    reason: 'as it was said at the board',
  });
  return {
    world,
    scene,
    manifest,
    commands: services.commands,
    async start() {
      const { identity } = await by('lead');
      await services.commands.start(identity, { manifest, source: '', baseFolder: '/' });
    },
    by,
    step,
    approveUntil: (key, status) => approveUntil(world, manifest, key, status),
    reaches: (key, status) =>
      until(`${key} is ${status}`, async () => {
        const found = await findStep(key);
        return found?.status === status ? found : undefined;
      }),
    async approve(person, key, acknowledge = true) {
      const { evidence, output } = await step(key);
      const open = acknowledge ? ((output?.['open'] ?? []) as string[]) : [];
      const hash = evidence[0]?.hash ?? '';
      return codeOf(
        services.commands.approve(await by(person), {
          step: key,
          evidence: hash,
          acknowledge: open,
        }),
      );
    },
    async explain(person, period) {
      const command = await by(person);
      const groups = await services.reads.varianceGroups(command.identity, place, period);
      const explanations = groups
        .filter(({ overTolerance }) => overTolerance)
        .map(({ signature }) => ({
          signature,
          decision: 'legacy-right' as const,
          cause: 'the set-up of the platform',
        }));
      await services.commands.explain(command, { period, explanations });
    },
    async legacyServes() {
      const tenants = await scene.sql<{ status: string }>(
        'platform',
        `select status from platform.tenant where department = '${department}'`,
      );
      await scene.sql('legacy', 'update hr.staff set surname = surname');
      return tenants.every(({ status }) => status !== 'live');
    },
    close: () => world.close(),
  };
}

/** The code of the refusal; `done` when there was none. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

type ManifestInput = ReturnType<typeof manifestInput>;

/** What only people can say is left out of readiness. */
const NOT_ASSESSED = Object.fromEntries(
  M3_CRITERIA.filter(({ measure }) => measure === undefined).map(({ id }) => [
    id,
    'nobody assesses it in this scenario',
  ]),
);

function manifestInput(department: string) {
  const now = Date.now();
  return {
    slipway: 1,
    programme: `scenario-${department}`,
    department: { id: department, name: 'Harbour Office', headcount: STAFF },
    people: [
      { id: 'lead', name: 'Lee Marsh', roles: ['programme-lead', 'migration-engineer'] },
      { id: 'dora', name: 'Dora Hughes', roles: ['data-owner'] },
      { id: 'fay', name: 'Fay Lindqvist', roles: ['finance-lead'] },
      { id: 'petra', name: 'Petra Novak', roles: ['payroll-lead'] },
      { id: 'paul', name: 'Paul Adler', roles: ['payroll-lead'] },
      { id: 'olga', name: 'Olga Reid', roles: ['sro'] },
      { id: 'ann', name: 'Ann Whitcombe', roles: ['assurance'] },
    ],
    sources: { legacy: { kind: 'postgres', connection: { env: 'LEGACY_URL' } } },
    datasets: [
      {
        id: 'people',
        target: 'hr.person',
        source: 'legacy',
        from: 'hr.staff',
        key: ['no'],
        fields: {
          person_number: 'no',
          legacy_payroll_id: 'no',
          surname: 'surname',
          forename: 'forename',
          birth_date: 'born',
          hired_on: 'hired',
        },
      },
      {
        id: 'salaries',
        target: 'hr.salary',
        source: 'legacy',
        from: 'hr.wage',
        key: ['no'],
        fields: { person_number: 'no', effective_from: 'since', amount: 'amount' },
        totals: ['amount'],
      },
    ],
    payCalendar: {
      periods: PERIODS.map((id) => ({
        id,
        start: `${id}-01`,
        end: `${id}-28`,
        cutOff: `${id}-10`,
        payDay: `${id}-26`,
      })),
    },
    parallelRun: {
      legacy: {
        source: 'legacy',
        from: 'pay.line',
        period: 'period',
        person: 'staff',
        element: 'code',
        amount: 'amount',
      },
      platform: {
        source: 'platform',
        from: 'payroll.result',
        period: 'period',
        person: 'person_number',
        element: 'element',
        amount: 'amount',
      },
      periods: [...PERIODS],
    },
    cutover: {
      // Open now, whatever day it is: what the days would refuse is exempt here, and is acknowledged.
      window: {
        from: new Date(now - DAY).toISOString(),
        to: new Date(now + 20 * DAY).toISOString(),
      },
      exempt: {
        'bank-holiday': 'the scenario runs on any day',
        'tax-month': 'the scenario runs on any day',
        'tax-year-end': 'the scenario runs on any day',
        'calendar-unknown': 'the scenario runs on any day',
      },
      readiness: { notApplicable: NOT_ASSESSED },
    },
    policy: { mockLoads: 1, hypercareHours: 0 },
    baseline: { annualServiceCost: 1_000_000 },
  };
}
