import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { STEP_BODIES } from '../../activities/step-bodies.ts';
import { createApp } from '../../client/api/app.ts';
import type { MappingChanges } from '../../domain/mapping/evidence.ts';
import type { StepId } from '../../domain/step-catalogue.ts';
import type { Identity } from '../../store/identities.ts';
import { makeScene } from '../dataplane/support/scene.ts';
import type { Cli } from './support/run-cli.ts';
import { compileCli, makeHome } from './support/run-cli.ts';
import { startWorld, type World } from './support/world.ts';

// Every command is a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const REAL: readonly StepId[] = [
  'discovery/intake',
  'mapping/check',
  'mapping/coverage',
  'mapping/compile',
  'mapping/simulate',
  'mapping/confirm',
];
const FILE = `Number,Name,Grade,Town
1,Ann,A,Leeds
2,Bea,B,Leeds
3, Cat,X,Leeds
4,Dan,A,
five,Eve,A,
`;

let world: World;
let app: FastifyInstance;
let home: Awaited<ReturnType<typeof makeHome>>;
let program: Cli;
let folder: string;
let boss: Identity;
let dora: Identity;
let own: ReturnType<World['manifest']>;
let ref: string;

/** The small manifest with a dataset of the file above. */
function withDataset(text: string): string {
  return `${text.slice(0, text.indexOf('codeLists:'))}codeLists:
  grades:
    values: {A: senior, B: junior, C: trainee}
datasets:
  - id: people
    target: app.person
    source: files
    from: staff
    fields:
      number: {integer: Number}
      name: {trim: Name}
      grade: {lookup: {of: Grade, list: grades}}

${text.slice(text.indexOf('parallelRun:'))}`;
}

beforeAll(async () => {
  const scene = await makeScene(
    '',
    `create schema app; create table app.person (department text not null, number integer not null, name text not null,
       grade text not null, primary key (department, number));`,
  );
  [world, program] = await Promise.all([startWorld({ ...scene.urls, sources: {} }), compileCli()]);
  for (const id of REAL) world.bodies[id] = STEP_BODIES[id];
  const goesOn = () => Promise.resolve({ output: {} });
  world.bodies['discovery/gate'] = goesOn;
  folder = mkdtempSync(join(tmpdir(), 'slipway-mapping-'));
  writeFileSync(join(folder, 'staff.csv'), FILE);
  app = await createApp({ services: world.services });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const lead = await world.person('boss', 'programme-lead');
  const owner = await world.person('dora', 'data-owner');
  [boss, dora] = [lead.identity, owner.identity];
  home = await makeHome(url, { boss: lead.token, dora: owner.token });
  own = world.manifest(withDataset);
  ref = `${own.programme}/ministry`;
  await world.services.commands.start(boss, {
    manifest: own.manifest,
    source: own.text,
    baseFolder: folder,
  });
  await world.reaches(boss, own.place, 'mapping/confirm', 'waiting');
});
afterAll(async () => {
  await app.close();
  await world.close();
  await home.remove();
  await program.remove();
  rmSync(folder, { recursive: true, force: true });
});

const cli = (person: string, ...args: string[]) =>
  program.run([...args, '--as', person], { cwd: home.folder });

test('a mapping is shown with what it covers, the codes it lacks, and what it would do to every row', async () => {
  const { stdout, code } = await cli('dora', 'mapping', ref);
  expect(code).toBe(0);
  expect(stdout).toContain('3 of 3 mandatory fields of the platform are mapped');
  expect(stdout).toContain(
    '3 of 4 fields of the source are mapped or dropped; not files.staff.Town',
  );
  expect(stdout).toMatch(/grades\s+"X"\s+1\s+people: Grade\s+quarantine\s+staff.csv:4/);
  expect(stdout).toContain('No row has C of code list grades.');
  expect(stdout).toMatch(/people\s+5\s+3\s+2\s+0/);
  expect(stdout).toContain(
    'because the code is not in the list grades (unmapped:grades), such as staff.csv:4',
  );
  expect(stdout).not.toContain('Since the mapping before');
});

test('an amended mapping is shown to the data owner with what it does differently', async () => {
  const approve = ['approve', ref, 'mapping/confirm', '--yes', '--reason', 'as agreed'];
  expect(await cli('dora', ...approve)).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('No row has C of code list grades.'),
  });
  await world.reaches(boss, own.place, 'mapping/gate', 'waiting');
  const amended = own.text
    .replace('B: junior, C: trainee', 'B: senior, X: expert')
    .replace('name: {trim: Name}', 'name: {upper: {trim: Name}}')
    .replace('\nparallelRun:', '    drop: {Town: not kept}\n\nparallelRun:');
  const file = join(folder, 'amended.yaml');
  writeFileSync(file, amended);
  writeFileSync(join(folder, 'before.yaml'), own.text);
  const compared = await cli('boss', 'validate', file, '--against', join(folder, 'before.yaml'));
  expect(compared).toMatchObject({ code: 0 });
  expect(compared.stdout).toContain(
    'people.name was Name without blanks around it; it is (Name without blanks around it) in capitals',
  );
  expect(await cli('boss', 'amend', file, '--reason', 'names in capitals')).toMatchObject({
    code: 0,
  });
  await world.reaches(boss, own.place, 'mapping/confirm', 'waiting');
  const { stdout } = await cli('dora', 'mapping', ref);
  expect(stdout).toContain(
    [
      'Since the mapping before:',
      'people: 5 rows have other values, 0 more and 0 fewer are mapped',
      '  name was Name without blanks around it; it is (Name without blanks around it) in capitals (5 rows, such as staff.csv:2, staff.csv:3, staff.csv:4, staff.csv:5, staff.csv:6)',
      '  grade is mapped as it was, from what has changed (2 rows, such as staff.csv:3, staff.csv:4)',
      '  dropped from now on: Town (not kept)',
      'code list grades: B became junior; it becomes senior',
      'code list grades: X is new and becomes expert',
      'code list grades: C is gone; it became trainee',
    ].join('\n'),
  );
  const step = await world.services.reads.step(dora, own.place, 'mapping/compile');
  expect(step.output).toMatchObject({
    changedFields: 2,
    changedRows: 5,
    moreRows: 0,
    fewerRows: 0,
  });
  const asked = await world.services.reads.step(dora, own.place, 'mapping/confirm');
  const hash = asked.evidence.find(({ kind }) => kind === 'mapping-to-confirm')?.hash ?? '';
  const document = await world.services.reads.evidence(dora, own.place, hash);
  const { changes } = document.content as { changes: MappingChanges & { since: object } };
  expect(changes.since).toMatchObject({ confirmed: true });
  expect(changes.datasets[0]?.rows).toEqual({ changed: 5, more: 0, fewer: 0 });
  expect((await cli('dora', ...approve)).stderr).toContain('B became junior; it becomes senior');
});
