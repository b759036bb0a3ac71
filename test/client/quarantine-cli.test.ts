import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createApp } from '../../client/api/app.ts';
import { corrected } from './support/corrected-workbook.ts';
import { startQuarantineWorld } from './support/quarantine-world.ts';
import type { QuarantineWorld } from './support/quarantine-world.ts';
import { compileCli, makeHome } from './support/run-cli.ts';
import type { Cli } from './support/run-cli.ts';

// Every command is a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let own: QuarantineWorld;
let app: FastifyInstance;
let home: Awaited<ReturnType<typeof makeHome>>;
let program: Cli;
let ref: string;
beforeAll(async () => {
  [own, program] = await Promise.all([startQuarantineWorld(), compileCli()]);
  app = await createApp({ services: own.world.services });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const { dora, max, vic } = own.people;
  home = await makeHome(url, { dora: dora.token, max: max.token, vic: vic.token });
  const { programme, department } = await own.waiting();
  ref = `${programme}/${department}`;
});
afterAll(async () => {
  await app.close();
  await own.close();
  await home.remove();
  await program.remove();
});

const cli = (person: string, ...args: string[]) =>
  program.run([...args, '--as', person], { cwd: home.folder });
const reason = ['--reason', 'looked it up'];

test('the quarantine is listed by rule, exported, corrected, re-driven and accepted', async () => {
  const listed = await cli('vic', 'quarantine', ref);
  expect(listed.code).toBe(0);
  expect(listed.stdout).toMatch(
    /people\s+unmapped:grades\s+the code is not in the list grades\s+2\s+staff.csv:4, staff.csv:6/,
  );
  const rows = await cli('vic', 'quarantine', ref, 'people', '--rule', 'not-null:name');
  expect(rows.stdout).toContain('staff.csv:3');
  expect(rows.stdout).toContain('Pay: 9999.99');
  expect(rows.stdout).not.toContain('1100.50');
  expect((await cli('max', 'quarantine', ref, 'people', '--raw')).stdout).toContain('Pay: 1100.50');
  expect(await cli('vic', 'quarantine', ref, '--raw')).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('seeing raw values needs the role'),
  });
  expect((await cli('vic', 'status', ref)).stdout).toContain(`slipway quarantine ${ref} people`);

  const exported = await cli('max', 'quarantine', ref, 'people', '--export', 'bad.xlsx');
  expect(exported.stdout).toContain(`slipway redrive ${ref} people bad.xlsx --reason '...'`);
  const file = join(home.folder, 'bad.xlsx');
  // Others on the machine must not read it.
  expect((await stat(file)).mode & 0o077).toBe(0);

  expect(await cli('max', 'redrive', ref, 'people', 'bad.xlsx', ...reason)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('bad.xlsx has no changed cell'),
  });
  await writeFile(join(home.folder, 'other.csv'), 'Slipway row\n4711\n');
  expect(await cli('max', 'redrive', ref, 'people', 'other.csv', ...reason)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('people, A2: there is no row 4711 in the quarantine of people'),
  });
  expect(await cli('max', 'redrive', ref, 'people', 'bad.xlsx')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('redrive needs a reason'),
  });
  await writeFile(
    file,
    await corrected(await readFile(file), { 3: { Name: 'Bea' }, 4: { Grade: 'B' } }),
  );
  expect(await cli('max', 'redrive', ref, 'people', 'bad.xlsx', ...reason)).toMatchObject({
    code: 0,
    stdout: 'people: 2 rows corrected, 2 loaded; 2 are open\n',
  });

  expect(await cli('dora', 'accept', ref, 'people', '--count', '3', ...reason)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('3 rows were to be accepted; 2 rows of people are open'),
  });
  expect(
    await cli('dora', 'accept', ref, 'people', '--count', '1', '--rule', 'cast:pay', ...reason),
  ).toMatchObject({ code: 0, stdout: '1 rows of people are accepted; 1 are open\n' });
  const rest = await cli('dora', 'accept', ref, 'people', '--count', '1', ...reason, '--json');
  expect(JSON.parse(rest.stdout)).toMatchObject({ outcome: { accepted: 1, open: 0 } });
});

test('a row is shown with its chunk, run, mapping version, source line and who re-drove it', async () => {
  const [programme = '', department = ''] = ref.split('/');
  await own.world.reaches(
    own.people.vic.identity,
    { programme, department },
    'migration/quarantine/people',
    'succeeded',
  );
  const { stdout } = await cli('vic', 'show', ref, '--row', 'app.person', '1');
  expect(stdout).toMatch(/^app.person 1\n/);
  expect(stdout).toMatch(/status: +on the platform/);
  expect(stdout).toMatch(/source: +staff.csv, line 2/);
  expect(stdout).toMatch(/load: +load-\d+/);
  expect(stdout).toMatch(/chunk: +0/);
  expect(stdout).toMatch(/mapping: +[0-9a-f]{64}/);
  const redriven = await cli('vic', 'show', ref, '--row', 'app.person', '2');
  expect(redriven.stdout).toMatch(/came by: +a re-drive/);
  expect(redriven.stdout).toMatch(/corrected: +Name/);
  expect(redriven.stdout).toMatch(/asked by: +max: looked it up/);
  const kept = await cli('vic', 'show', ref, '--row', 'app.person', '5', '--json');
  expect(JSON.parse(kept.stdout)).toMatchObject({ status: 'accepted', because: 'unmapped:grades' });
  expect(await cli('vic', 'show', ref, '--row', 'app.other', '5')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no dataset loads app.other; loaded are app.person'),
  });
  const loads = await cli('vic', 'loads', ref);
  expect(loads.stdout).toMatch(/people .* 6 +2 +4 +0 +66.67 % +4 /);
});
