import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createApp } from '../../client/api/app.ts';
import type { ProfileList, ProfileView } from '../../client/profile-views.ts';
import { type Profiled, profiledDepartment } from './support/profiled.ts';
import { type Cli, compileCli, makeHome } from './support/run-cli.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;
let app: FastifyInstance;
let home: Awaited<ReturnType<typeof makeHome>>;
let program: Cli;
let department: Profiled;
let token: string;

vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  [world, program] = await Promise.all([startWorld(), compileCli()]);
  app = await createApp({ services: world.services });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  department = await profiledDepartment(world);
  ({ token } = await world.person('demo-viewer', 'viewer'));
  home = await makeHome(url, { 'demo-viewer': token, 'demo-programme-lead': token });
}, 60_000);
afterAll(async () => {
  await app.close();
  await world.close();
  await home.remove();
  await program.remove();
});

const cli = (...args: string[]) => program.run(args, { cwd: home.folder });
const ref = () => `${department.place.programme}/${department.place.department}`;

async function get(path: string) {
  const answer = await app.inject({
    url: `/api/v1/onboardings/${ref()}/profiles${path}`,
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: answer.statusCode, body: answer.json<ProfileView & ProfileList>() };
}

test('the profiled tables are listed', async () => {
  const { status, body } = await get('');
  expect(status).toBe(200);
  expect(body.profiles).toMatchObject([
    { source: 'hr', tables: [{ table: 'public.staff', rows: 600, columns: 10, personal: 3 }] },
  ]);
  const { stdout } = await cli('profile', ref());
  expect(stdout).toMatch(/^SOURCE +TABLE +ROWS +COLUMNS +PERSONAL/);
  expect(stdout).toMatch(/^hr +public\.staff +600 +10 +3 /m);
});

test('a profile tells types, personal data, outliers and relations, and shows no personal value', async () => {
  const { body } = await get('/hr?table=staff');
  const column = (name: string) => body.tables[0]?.columns.find((each) => each.name === name);
  expect(column('ni_number')).toMatchObject({
    personal: 'national-insurance',
    personalFacts: { by: 'both', sign: 'National Insurance numbers', rate: 1, sampled: false },
  });
  expect(column('salary')).toMatchObject({
    inferred: { type: 'money' },
    outliers: [{ kind: 'number', rows: 1, keys: ['000077'] }],
  });
  expect(column('hired')).toMatchObject({
    outliers: [{ kind: 'date', rows: 1, keys: ['000101'] }],
  });
  expect(column('note')?.personalTraces).toMatchObject([{ sign: 'e-mail addresses' }]);
  expect(body.dependencies).toMatchObject([
    {
      column: 'unit_code',
      determines: 'unit_name',
      brokenRows: 2,
      brokenKeys: ['000013', '000025'],
    },
    { column: 'unit_code', determines: 'grade', brokenRows: 0 },
  ]);
  expect(body.findings.map(({ code }) => code)).toEqual(
    expect.arrayContaining([
      'column/outlier',
      'column/implausible-date',
      'dependency/broken',
      'personal/stray',
    ]),
  );
  expect(JSON.stringify(body)).not.toMatch(/Smith|AB000037|someone@/);
  const { stdout } = await cli('profile', ref(), 'hr', 'staff');
  expect(stdout).toContain('public.staff  600 rows');
  expect(stdout).toMatch(/ni_number +text .*personal: national-insurance 100.0 % by content/);
  expect(stdout).toContain('unit_code tells unit_name, 2 rows break it');
  expect(stdout).not.toMatch(/Smith|AB000037|someone@/);
});

test('what is not there is said in one line', async () => {
  expect(await get('/papers')).toMatchObject({
    status: 404,
    body: { detail: 'there is no profile of a source papers yet' },
  });
  expect(await get('/hr?table=pay')).toMatchObject({
    status: 404,
    body: { detail: 'hr has no table pay: it has public.staff' },
  });
  const { code, stderr } = await cli('profile', ref(), 'hr', '--since', 'previous');
  expect(code).not.toBe(0);
  expect(stderr).toContain('there is no earlier profile to compare with');
});

test('the profile of the next run is compared with the one before, in evidence, API and CLI', async () => {
  const first = (await get('')).body.profiles[0]?.hash ?? '';
  await department.again(
    "update staff set grade = 'Z9' where staff_no = '000001'; alter table staff drop column note",
  );
  const { body } = await get('/hr?since=previous');
  expect(body.since?.hash).toBe(first);
  expect(body.runs).toHaveLength(2);
  expect(body.drift?.map(({ kind, severity, column }) => [kind, severity, column])).toEqual([
    ['column-removed', 'blocker', 'note'],
    ['new-values', 'major', 'grade'],
    ['distinct', 'minor', 'grade'],
  ]);
  const { lead, place } = department;
  const step = await world.services.reads.step(lead, place, 'discovery/profile/hr');
  expect(step.output).toMatchObject({ drift: { blockers: 1, major: 1, minor: 1 } });
  const document = step.evidence.find(({ kind }) => kind === 'profile-drift');
  const { content } = await world.services.reads.evidence(lead, place, document?.hash ?? '');
  expect(content).toMatchObject({ since: first, drift: body.drift });
  const text = await cli('profile', ref(), 'hr', '--since', 'previous');
  expect(text.stdout).toMatch(
    /blocker +public\.staff +note is no longer a column of public\.staff\./,
  );
  const json = await cli('profile', ref(), 'hr', '--since', first.slice(0, 10), '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ drift: body.drift });
});
