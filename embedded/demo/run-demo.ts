import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SlipwayError } from '../../domain/errors.ts';
import { STAGES } from '../../domain/stages.ts';
import type { Home } from '../home.ts';
import type { Progress } from '../progress.ts';
import { DemoApi } from './demo-api.ts';
import type { DemoOnboarding } from './demo-api.ts';
import { decideAsPeople } from './demo-people.ts';
import { payLive } from './live-payroll.ts';
import { makeDepartment } from './make-department.ts';
import type { DemoDatabases, DemoDepartment } from './make-department.ts';

/** Where a demo runs. */
export interface DemoPlace {
  readonly home: Home;
  readonly apiUrl: string;
  readonly databases: DemoDatabases;
  readonly say: Progress;
  readonly signal: AbortSignal;
}

/** What `slipway demo --json` prints. */
export interface DemoResult {
  readonly onboarding: string;
  readonly seconds: number;
  readonly rowsLoaded: number;
  readonly rowsQuarantined: number;
  /** Of those quarantined, rows that were loaded after all: corrected, or tried again. */
  readonly rowsRedriven: number;
  readonly variances: number;
  readonly stages: readonly {
    readonly stage: string;
    readonly steps: number;
    readonly seconds: number;
  }[];
  /** Path of the evidence pack. */
  readonly evidencePack: string;
}

/** Staff of a demo department: enough that every planted defect is there, little enough to be waited for. */
const STAFF = 500;

/**
 * Takes one fabricated department from its manifest to closed, its approvals given by the demo people.
 * @throws SlipwayError with the failure of the step when one parks
 */
export async function runDemo(place: DemoPlace): Promise<DemoResult> {
  const started = Date.now();
  const id = `demo-${started.toString(36)}`;
  const api = new DemoApi(place.apiUrl, place.home.secrets);
  const onboarding = await startDepartment(place, api, {
    id,
    name: 'Demonstration department',
    // Each demo is a programme of its own: those that were given up do not stand in its way.
    programme: id,
    staff: STAFF,
    seed: 1,
    wave: 1,
    shape: 'postgres',
  });
  const end = await follow(place, api, onboarding);
  const parked = end.steps.find((step) => step.status === 'parked')?.failure;
  if (end.status !== 'closed') {
    const code = (parked?.code ?? 'internal/unexpected') as SlipwayError['code'];
    throw new SlipwayError(code, `${onboarding} did not close: ${parked?.message ?? end.status}`);
  }
  return await resultOf(api, end, started, await saveEvidencePack(place, api, end));
}

/** Lets the demo people decide until the onboarding is closed or parked, and says how it goes. */
async function follow(place: DemoPlace, api: DemoApi, onboarding: string): Promise<DemoOnboarding> {
  return decideAsPeople(api, onboarding, {
    stop: () => false,
    changed: announcer(place.say, onboarding),
    live: ({ id }) => payLive(place.databases.platform, id),
    signal: place.signal,
  });
}

/** Says each stage once, when it ends. */
export function announcer(say: Progress, id: string): (onboarding: DemoOnboarding) => void {
  const said = new Set<string>();
  return ({ steps }) => {
    for (const stage of STAGES) {
      const own = steps.filter((step) => step.stage === stage);
      const open = own.filter(
        (step) => !['succeeded', 'skipped', 'waived', 'not-needed'].includes(step.status),
      );
      if (own.length === 0 || open.length > 0 || said.has(stage)) continue;
      said.add(stage);
      say(`${id.replace(/^onboarding\//, '')}: ${stage} done, ${own.length} steps`);
    }
  };
}

/** Makes a department, unless it was made before, and starts its onboarding. @returns its id */
export async function startDepartment(
  place: DemoPlace,
  api: DemoApi,
  department: DemoDepartment,
): Promise<string> {
  const folder = join(place.home.folder, 'demo', department.id);
  const manifest = join(folder, 'manifest.yaml');
  const text = await readFile(manifest, 'utf8').catch(async () => {
    await mkdir(dirname(folder), { recursive: true });
    return readFile(await makeDepartment(department, folder, place.databases), 'utf8');
  });
  return (await api.start('demo-programme-lead', text, manifest, folder)).onboarding;
}

async function saveEvidencePack(
  place: DemoPlace,
  api: DemoApi,
  closed: DemoOnboarding,
): Promise<string> {
  const file = join(place.home.evidence, `${closed.id.replaceAll('/', '-')}.zip`);
  await mkdir(place.home.evidence, { recursive: true });
  await writeFile(file, await api.evidencePack(closed.id));
  return file;
}

async function resultOf(
  api: DemoApi,
  end: DemoOnboarding,
  started: number,
  evidencePack: string,
): Promise<DemoResult> {
  const sum = async (prefix: string, member: string): Promise<number> => {
    const keys = end.steps.map((step) => step.key).filter((key) => key.startsWith(prefix));
    const outputs = await Promise.all(keys.map((key) => api.output(end.id, key)));
    return outputs.reduce((total, output) => total + Number(output[member] ?? 0), 0);
  };
  const rowsLoaded = await sum('migration/transfer/', 'loaded');
  return {
    onboarding: end.id,
    seconds: Math.round((Date.now() - started) / 100) / 10,
    rowsLoaded,
    rowsQuarantined: await sum('migration/transfer/', 'quarantined'),
    rowsRedriven: (await sum('migration/quarantine/', 'loaded')) - rowsLoaded,
    variances: await sum('parallel-run/compare/', 'variances'),
    stages: STAGES.map((stage) => {
      const own = end.steps.filter((step) => step.stage === stage);
      const times = own
        .flatMap((step) => [step.startedAt, step.endedAt])
        .flatMap((time) => (time === null ? [] : [Date.parse(time)]));
      const seconds = times.length === 0 ? 0 : (Math.max(...times) - Math.min(...times)) / 1000;
      return { stage, steps: own.length, seconds: Math.round(seconds * 10) / 10 };
    }),
    evidencePack,
  };
}
