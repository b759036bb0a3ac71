import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createApp } from '../../client/api/app.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { approveUntil } from './support/approve-until.ts';
import { compileCli, makeHome } from './support/run-cli.ts';
import type { Cli } from './support/run-cli.ts';
import { startWorld } from './support/world.ts';
import type { World } from './support/world.ts';

/** A programme as its people have it on the command line: plan, forecast, measurements, release, savings. */
let world: World;
let app: FastifyInstance;
let home: Awaited<ReturnType<typeof makeHome>>;
let program: Cli;
let url: string;
let programme: string;
let manifest: Manifest;
const tokens = new Map<string, string>();

vi.setConfig({ testTimeout: 120_000 });

const plan = (changes: { youth?: string; limit?: string } = {}): string => `slipway: 1
programme: ${programme}
name: Shared services
waves:
  - id: pilot
    departments:
      - {id: ministry, headcount: 12, cutover: {from: ${changes.youth ?? '2027-01-30T18:00:00Z'}, to: 2027-03-01T18:00:00Z}}
  - id: second
    departments:
      - {id: courts, headcount: 17000, cutover: {from: 2027-05-14T18:00:00Z, to: 2027-05-16T18:00:00Z}}
limits: {pilotDepartments: ${changes.limit ?? '1'}}
`;

beforeAll(async () => {
  [world, program] = await Promise.all([startWorld(), compileCli()]);
  for (const [id, ...roles] of [
    ['lead', 'programme-lead'],
    ['sro', 'sro', 'programme-lead'],
    ['ann', 'assurance'],
    ['both', 'assurance', 'finance-lead'],
  ] as const)
    tokens.set(id, (await world.person(id, ...roles)).token);
  home = await makeHome('http://127.0.0.1:1', {});
  app = await createApp({ services: world.services });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
  const own = world.manifest((text) =>
    text
      .replace(
        '2026-03-01T18:00:00Z, to: 2026-03-02T06:00:00Z}',
        '2027-01-30T18:00:00Z, to: 2027-01-31T06:00:00Z}\n  releaseHold: [{id: old-payroll, kind: system, title: The old payroll}]',
      )
      .replace('{annualServiceCost: 1000}', '{annualServiceCost: 365000, kpis: {cases: 2}}'),
  );
  ({ programme, manifest } = own);
  await write('ministry.yaml', own.text);
  await as('lead', 'start', 'ministry.yaml');
});
afterAll(async () => {
  await app.close();
  await world.close();
  await home.remove();
  await program.remove();
});

const write = (name: string, text: string) => writeFile(join(home.folder, name), text);
const as = (person: string, ...args: string[]) =>
  program.run(args, {
    cwd: home.folder,
    env: { SLIPWAY_URL: url, SLIPWAY_TOKEN: tokens.get(person) ?? '' },
  });
const json = async (person: string, ...args: string[]) =>
  JSON.parse((await as(person, ...args, '--json')).stdout) as Record<string, unknown>;
const words = (text: string) => text.split(' ');
const reason = ['--reason', 'agreed at the board'];

test('every problem of a plan is told with its line, and nothing is handed in', async () => {
  await write('bad.yaml', plan({ limit: '0' }).replace('headcount: 17000', 'headcuont: 17000'));
  const bad = await as('lead', 'programme', 'register', 'bad.yaml', ...reason);
  expect(bad.code).toBe(2);
  expect(bad.stderr).toMatch(/bad\.yaml:10:\d+: .*headcuont.*did you mean "headcount"/);
  expect(bad.stderr).toMatch(/bad\.yaml:11:\d+: limits\.pilotDepartments/);
  await write('early.yaml', plan().replaceAll('2027-05', '2027-02'));
  const early = await as('lead', 'programme', 'validate', 'early.yaml');
  expect(early).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('courts would cut over before wave pilot has'),
  });
  expect((await as('lead', 'programme', 'show', programme)).stdout).toContain('no plan in force');
});

test('a plan is in force when another, senior person has approved what is there now', async () => {
  await write('plan.yaml', plan());
  const handed = await json('sro', 'programme', 'register', 'plan.yaml', ...reason);
  expect(handed).toMatchObject({ version: 1, registered: true, newBaseline: true });
  const again = await json('sro', 'programme', 'register', 'plan.yaml', ...reason);
  expect(again).toMatchObject({ version: 1, registered: false });
  const hash = String(handed['hash']);
  const approve = (who: string, which = hash) =>
    as(who, 'programme', 'approve', programme, '--plan', which, ...reason);
  expect(await approve('sro')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('sro has prepared this plan'),
  });
  expect(await approve('ann')).toMatchObject({ code: 5 });
  await write('plan.yaml', plan({ limit: '2' }));
  await as('lead', 'programme', 'register', 'plan.yaml', ...reason);
  expect((await approve('sro')).stderr).toContain('the newest plan');
  const newest = await json('lead', 'programme', 'show', programme);
  const versions = newest['versions'] as { hash: string }[];
  expect(await approve('sro', versions[1]?.hash.slice(0, 12))).toMatchObject({
    code: 0,
    stdout: `Version 2 of ${programme} is in force.\n`,
  });
});

test('a slip shows what it means for the waves behind, with its cause; the first baseline stays', async () => {
  const before = await json('lead', 'programme', 'forecast', programme);
  expect((before['departments'] as { daysLate: number }[]).map((each) => each.daysLate)).toEqual([
    0, 0,
  ]);
  const moved = await as(
    'lead',
    'reschedule',
    `${programme}/ministry`,
    '--from',
    '2027-06-26T18:00:00Z',
    '--to',
    '2027-06-27T18:00:00Z',
    '--reason',
    'the pay files came late',
  );
  expect(moved.code).toBe(0);
  const after = await as('lead', 'programme', 'forecast', programme);
  expect(after.stdout).toMatch(/ministry .*147 days late +the pay files came late/);
  expect(after.stdout).toMatch(/courts .*10\d days late +waits for the live pay runs of ministry/);
  await write('plan.yaml', plan({ youth: '2027-02-27T18:00:00Z' }));
  const rebased = await json('lead', 'programme', 'register', 'plan.yaml', ...reason);
  expect(rebased).toMatchObject({ version: 3, newBaseline: true });
  await as('sro', 'programme', 'approve', programme, '--plan', String(rebased['hash']), ...reason);
  const view = await json('lead', 'programme', 'forecast', programme);
  expect((view['departments'] as object[])[0]).toMatchObject({
    baseline: { from: '2027-02-27T18:00:00Z' },
    original: { from: '2027-01-30T18:00:00Z' },
    daysLate: 119,
  });
});

test('assurance measures the provider, month by month, in figures that add up', async () => {
  const measure = (who: string, period: string, closed: number, backlog: number, before = '0') =>
    as(
      who,
      ...words(`programme measure ${programme} --period ${period} --people 12 --advisers 4`),
      ...words(`--open-before ${before} --opened 10 --closed ${closed} --backlog ${backlog}`),
      ...reason,
    );
  expect((await measure('lead', '2026-09', 8, 2)).code).toBe(5);
  expect((await measure('both', '2026-09', 8, 2)).stderr).toContain('assurance is independent');
  expect((await measure('ann', '2126-09', 8, 2)).stderr).toContain('2126-09 is not over');
  expect((await measure('ann', '2026-09', 8, 2)).code).toBe(0);
  expect((await measure('ann', '2026-09', 8, 2)).code).toBe(0);
  expect(await measure('ann', '2026-09', 10, 0)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('2026-09 is measured already'),
  });
  expect((await measure('ann', '2026-10', 10, 1, '2')).stderr).toContain('leave 2 open, not 1');
  expect((await as('ann', 'programme', 'measure', programme, '--reason', 'x')).code).toBe(2);
  expect((await as('lead', 'programme', 'show', programme)).stdout).toMatch(/2026-09 .*ann/);
});

test('the legacy side is held until hypercare has ended, and savings are claimed after it only', async () => {
  const ref = `${programme}/ministry`;
  const release = (who: string) => as(who, 'release', ref, 'old-payroll', ...reason);
  const claim = (who: string) =>
    as(
      who,
      ...words(`savings claim ${ref} --from 2020-07-01 --to 2020-12-31 --cost 92000`),
      ...words('--kpi cases=1 --actuals actuals.csv'),
      ...reason,
    );
  await write('actuals.csv', 'month,pounds\n2020-07,92000\n');
  expect(await release('sro')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('old-payroll is held until the exit of hypercare is approved'),
  });
  expect((await claim('lead')).stderr).toContain('hypercare has not ended');
  await approveUntil(world, manifest, 'cutover/close');
  expect((await release('lead')).code).toBe(5);
  expect((await release('sro')).stdout).toMatch(/old-payroll +system +The old payroll .*sro/);
  expect((await as('lead', 'release', ref)).stdout).toContain('the legacy side may be let go');
  expect((await claim('lead')).stderr).toContain('before hypercare ended');
  expect((await as('lead', 'savings', 'claim', ref, ...reason)).code).toBe(2);
  expect((await as('lead', 'savings', 'list', ref)).stdout).toBe('Nothing was claimed.\n');
});
