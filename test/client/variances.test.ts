import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { explainPeriod } from '../../activities/parallel-run-verdict.ts';
import { createApp } from '../../client/api/app.ts';
import { STEP_CATALOGUE } from '../../domain/step-catalogue.ts';
import { replaceComparison } from '../../store/comparisons.ts';
import { type Cli, compileCli, makeHome } from './support/run-cli.ts';
import { startWorld } from './support/world.ts';
import type { World } from './support/world.ts';

// Every command is a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const SIGNATURE = 'BASIC:different:lower:up-to-10';

const NO_PAY = 'parallelRun: {notApplicable: no pay is in scope here}';
const columns = 'period: period, person: person, element: element, amount: amount';
const PAY = `payCalendar:
  periods:
    - {id: "2027-01", start: 2027-01-01, end: 2027-01-31, cutOff: 2027-01-10, payDay: 2027-01-26}
    - {id: "2027-02", start: 2027-02-01, end: 2027-02-28, cutOff: 2027-02-10, payDay: 2027-02-26}
parallelRun:
  legacy: {source: files, from: staff, ${columns}}
  platform: {source: platform, from: payroll.result, ${columns}}
  periods: ["2027-01", "2027-02"]`;

let world: World;
let app: FastifyInstance;
let home: Awaited<ReturnType<typeof makeHome>>;
let program: Cli;
let ref: string;
let token: string;
let url: string;
let period: string;
beforeAll(async () => {
  [world, program] = await Promise.all([startWorld(), compileCli()]);
  for (const { id, kind } of STEP_CATALOGUE) {
    if (kind === 'gate' || id === 'mapping/confirm')
      world.bodies[id] = () => Promise.resolve({ output: {} });
  }
  world.bodies['parallel-run/compare'] = async ({ run, item, database }) => {
    await replaceComparison(database, run.onboarding, item, async (writer) => {
      await writer.variances(
        ['P1', 'P2'].map((person) => ({
          period: item,
          person,
          element: 'BASIC',
          legacyPence: 1000,
          platformPence: 500,
          differencePence: -500,
          class: 'different',
          signature: SIGNATURE,
          overTolerance: true,
        })),
      );
      await writer.unmatched([{ person: 'P9', side: 'legacy' }]);
      return { fingerprint: item, content: { totals: [], classes: { equal: 9, different: 2 } } };
    });
    return { output: { population: 2, compared: 2, coverage: 1 } };
  };
  world.bodies['parallel-run/explain'] = explainPeriod;
  app = await createApp({ services: world.services });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
  const lead = await world.person('lee', 'programme-lead');
  const pat = await world.person('pat', 'payroll-lead');
  token = lead.token;
  home = await makeHome(url, { lee: lead.token, pat: pat.token });
  const { manifest, text, place } = world.manifest((before) => before.replace(NO_PAY, PAY));
  period = 'notApplicable' in manifest.parallelRun ? '' : (manifest.parallelRun.periods[0] ?? '');
  ref = `${place.programme}/${place.department}`;
  await world.services.commands.start(lead.identity, { manifest, source: text, baseFolder: '/' });
  await world.reaches(lead.identity, place, `parallel-run/explain/${period}`, 'waiting');
});
afterAll(async () => {
  await app.close();
  await world.close();
  await home.remove();
  await program.remove();
});

const cli = (person: string, ...args: string[]) =>
  program.run(['variances', ...args, '--as', person], { cwd: home.folder });

test('people with pay on one side only are named on the command line', async () => {
  const listed = await cli('lee', 'unmatched', ref, period);
  expect(listed.stdout).toMatch(/PERSON +PAID BY\s+P9 +legacy/);
  const { stdout } = await cli('lee', 'unmatched', ref, period, '--json');
  expect(JSON.parse(stdout)).toEqual({ people: [{ person: 'P9', side: 'legacy' }] });
  expect((await cli('lee', 'unmatched', ref, '2027-02')).stdout).toContain('on both sides');
});

test('variances are assigned, noted, explained person by person, and counted over periods, on the command line', async () => {
  const of = [ref, period, '--signature', SIGNATURE];
  const why = ['--reason', 'payslips'];
  expect((await cli('lee', 'assign', ...of, '--status', 'in-progress', ...why)).code).toBe(5);
  expect((await cli('pat', 'assign', ...of, '--owner', 'nobody', ...why)).code).not.toBe(0);
  const due = ['--due', '2027-02-10', '--status', 'in-progress'];
  expect(await cli('pat', 'assign', ...of, ...due, ...why)).toMatchObject({ code: 0 });
  const noted = async () => await cli('pat', 'note', ...of, '--text', 'asked the provider');
  await expect.poll(async () => (await noted()).code, { timeout: 20_000 }).toBe(0);
  const trend = await cli('lee', 'trend', ref);
  expect(trend.stdout).toMatch(/PERIOD +LINES +OPEN +IN PROGRESS +EXPLAINED +CARRIED +TOTAL/);
  expect(trend.stdout).toMatch(new RegExp(`${period} +2 +0 +1 +0 +0 +-10.00`));
  const list = await cli('lee', 'list', ref, period);
  expect(list.stdout).toMatch(/in-progress +2027-02-10/);

  const answer = await fetch(`${url}/api/v1/onboardings/${ref}/variances`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(await answer.json()).toMatchObject({
    periods: [{ period, lines: 2, inProgress: 1, classes: { different: 2 } }],
  });
  const decided = ['--decision', 'legacy-right', '--cause', 'late rise', '--person', 'P1', 'P2'];
  const explained = async () => await cli('pat', 'explain', ...of, ...decided);
  await expect.poll(async () => (await explained()).code, { timeout: 20_000 }).toBe(0);
  await expect
    .poll(async () => (await cli('lee', 'list', ref, period)).stdout, { timeout: 20_000 })
    .toMatch(/explained/);
});
