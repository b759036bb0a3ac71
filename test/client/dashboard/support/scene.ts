import { randomBytes } from 'node:crypto';
import type { Place } from '../../../../client/access.ts';
import { departmentAddress } from '../../../../client/dashboard/addresses.ts';
import type { Manifest } from '../../../../domain/manifest.ts';
import { M3_CRITERIA } from '../../../../domain/readiness/criteria.ts';
import type { Identity } from '../../../../store/identities.ts';
import { findPerson } from '../../../../store/identities.ts';
import { approveUntil } from '../../support/approve-until.ts';
import { sampleManifest } from '../../../workflows/sample-manifest.ts';
import { setSceneBodies } from './scene-bodies.ts';
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
  setSceneBodies(
    site.world.bodies,
    {
      red: DEPARTMENTS.red.id,
      running: DEPARTMENTS.running.id,
      parked: DEPARTMENTS.parked.id,
      variances: DEPARTMENTS.variances.id,
    },
    release,
  );
  const place = (matter: Matter): Place => ({ programme, department: DEPARTMENTS[matter].id });
  const manifests = new Map<Matter, Manifest>();
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
    manifests.set(matter, manifest);
    await site.world.services.commands.start(lead, { manifest, source: '', baseFolder: '/' });
  }
  await planProgramme(site, programme, lead);
  for (const [matter, manifest] of manifests)
    await approveUntil(site.world, manifest, ...GOALS[matter]);
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

/** One department moves first, the others after it. */
async function planProgramme(site: TestSite, programme: string, lead: Identity): Promise<void> {
  const others = Object.values(DEPARTMENTS).filter(({ id }) => id !== DEPARTMENTS.closed.id);
  const wave = (
    id: string,
    departments: readonly { id: string; headcount: number }[],
    month: string,
  ) => ({
    id,
    departments: departments.map(({ id: department, headcount }) => ({
      id: department,
      headcount,
      cutover: { from: `${month}-10T18:00:00Z`, to: `${month}-11T18:00:00Z` },
    })),
  });
  const plan = {
    slipway: 1,
    programme,
    name: 'Shared services',
    waves: [wave('pilot', [DEPARTMENTS.closed], '2027-04'), wave('all', others, '2027-08')],
    limits: { waveHeadcount: 100_000, periodHeadcount: 100_000 },
  };
  const { programmes } = site.world.services;
  const reason = 'agreed at the programme board';
  const text = JSON.stringify(plan);
  const { hash } = await programmes.register(lead, text, 'programme.yaml', reason);
  const sro = await site.person('sam', 'Sam Birch', 'sro');
  await programmes.approve(sro, programme, hash, reason);
}

/** What only people can say is left out here. */
const NOT_ASSESSED = Object.fromEntries(
  M3_CRITERIA.filter(({ measure }) => measure === undefined).map(({ id }) => [
    id,
    'nobody assesses it in this test',
  ]),
);
