import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STEP_BODIES } from '../../../activities/step-bodies.ts';
import type { StepId } from '../../../domain/step-catalogue.ts';
import type { Identity } from '../../../store/identities.ts';
import { makeScene, type Scene } from '../../dataplane/support/scene.ts';
import { startWorld, type World } from './world.ts';

/** Steps of which the real bodies run: from taking files in to the proof that both sides hold the same. */
const REAL: readonly StepId[] = [
  'discovery/intake',
  'mapping/compile',
  'migration/prepare',
  'migration/transfer',
  'migration/quarantine',
  'migration/reconcile',
];

const FILE = `Number,Name,Grade,Pay
1,Ann,A,1000.00
2,,B,1100.50
3,Cat,X,1200.00
4,Dan,A,=1+1
5,Eve,Y,1400.00
6,Fay,B,1500.25
`;

const PLATFORM = `create schema app;
  create table app.person (department text not null, number integer not null, name text not null, grade text not null,
    pay numeric(10,2) not null, primary key (department, number));`;

/** A world whose workers move data: a small department whose file has four bad rows. */
export interface QuarantineWorld {
  readonly world: World;
  readonly scene: Scene;
  readonly people: Record<
    'boss' | 'dora' | 'max' | 'vic',
    { readonly identity: Identity; readonly token: string }
  >;
  /** Starts an onboarding of its own and brings it to where its quarantine waits. */
  waiting(): Promise<{ programme: string; department: string }>;
  close(): Promise<void>;
}

/** @param more further lines of the file */
export async function startQuarantineWorld(more = ''): Promise<QuarantineWorld> {
  const scene = await makeScene(
    '',
    `${PLATFORM} create schema platform; create table platform.tenant (department text primary key, name text not null,
       status text not null default 'loading', updated_at timestamptz not null default now());`,
  );
  const world = await startWorld({ ...scene.urls, sources: {} });
  for (const id of REAL) world.bodies[id] = STEP_BODIES[id];
  // Nothing else asks for anybody here.
  const goesOn = () => Promise.resolve({ output: {} });
  world.bodies['discovery/gate'] = goesOn;
  world.bodies['mapping/confirm'] = goesOn;
  world.bodies['mapping/gate'] = goesOn;
  const folder = mkdtempSync(join(tmpdir(), 'slipway-quarantine-'));
  writeFileSync(join(folder, 'staff.csv'), `${FILE}${more}`);
  const people = {
    boss: await world.person('boss', 'programme-lead'),
    dora: await world.person('dora', 'data-owner'),
    max: await world.person('max', 'migration-engineer'),
    vic: await world.person('vic', 'viewer'),
  };
  let departments = 0;
  return {
    world,
    scene,
    people,
    async waiting() {
      departments += 1;
      const id = `ministry-${departments}`;
      const own = world.manifest((text) => changed(text, id));
      const place = { programme: own.programme, department: id };
      await world.services.commands.start(people.boss.identity, {
        manifest: own.manifest,
        source: own.text,
        baseFolder: folder,
      });
      await world.reaches(people.boss.identity, place, 'migration/quarantine/people', 'waiting');
      return place;
    },
    async close() {
      await world.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The small manifest with the dataset of the file above. */
function changed(text: string, department: string): string {
  const start = text.indexOf('codeLists:');
  const end = text.indexOf('parallelRun:');
  return `${text.slice(0, start)}codeLists:
  grades:
    values: {A: a, B: b}
datasets:
  - id: people
    target: app.person
    source: files
    from: staff
    fields:
      number: {integer: Number}
      name: {trim: Name}
      grade: {lookup: {of: Grade, list: grades}}
      pay: {money: Pay}
    totals: [pay]
    totalsBy: [grade]

${text.slice(end)}`.replace('id: ministry', `id: ${department}`);
}
