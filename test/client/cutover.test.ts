import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createApp } from '../../client/api/app.ts';
import type { CutoverView } from '../../client/cutover-views.ts';
import type { SlipwayEvent, StepEventBody } from '../../domain/events.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { planOf } from '../../domain/plan.ts';
import { rehearsalItems } from '../../domain/rehearsals.ts';
import { planRunbook } from '../../domain/runbook.ts';
import { EventLog } from '../../store/event-log.ts';
import { contentHash } from '../../store/hashing.ts';
import { registerManifest } from '../../store/manifests.ts';
import { onboardingId } from '../../workflows/messages.ts';
import { type Cli, compileCli, makeHome } from './support/run-cli.ts';
import { startWorld, type World } from './support/world.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let world: World;
let app: FastifyInstance;
let program: Cli;
let home: Awaited<ReturnType<typeof makeHome>>;
let token: string;
let ref: string;

beforeAll(async () => {
  [world, program] = await Promise.all([startWorld(), compileCli()]);
  app = await createApp({ services: world.services });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  ({ token } = await world.person('vic', 'viewer'));
  home = await makeHome(url, { vic: token });
  ref = await rehearsedDepartment();
});
afterAll(async () => {
  await app.close();
  await world.close();
  await home.remove();
  await program.remove();
});

/** A department whose record says that it was rehearsed, a minute for each part, and planned. */
async function rehearsedDepartment(): Promise<string> {
  const { manifest, text, place, programme } = world.manifest();
  const { database } = world.services;
  const hash = await registerManifest(database, manifest, text, '/');
  const at = '2027-04-05T10:00:00.000Z';
  const outputs = new Map<string, JsonObject>(
    rehearsalItems(manifest).map((item) => [
      `cutover/rehearse/${item}`,
      { ms: 60_000, endedAt: at, mapping: 'm1' },
    ]),
  );
  const content = planRunbook(manifest, outputs) as unknown as Json;
  const bodies: StepEventBody[] = [...outputs].map(([step, output]) => ({
    type: 'step.succeeded',
    step,
    attempt: 1,
    output,
    evidence: [],
  }));
  bodies.push({
    type: 'step.succeeded',
    step: 'cutover/plan',
    attempt: 1,
    output: {},
    evidence: [{ kind: 'runbook', hash: contentHash(content) }],
  });
  bodies.push({
    type: 'step.succeeded',
    step: 'cutover/switch',
    attempt: 1,
    output: { liveFrom: at, rollbackViableUntil: '2999-04-05T12:00:00.000Z' },
    evidence: [],
  });
  const { steps } = planOf(manifest);
  const started = {
    version: 1,
    part: 0,
    at,
    type: 'onboarding.started',
    by: 'lee',
    programme,
    department: place.department,
    manifest: hash,
    steps,
  } as SlipwayEvent;
  const events = bodies.map((body, index) => ({ version: index + 2, part: 2, at, ...body }));
  await new EventLog(database).append(
    onboardingId(programme, place.department),
    [started, ...events],
    [{ step: 'cutover/plan', kind: 'runbook', content }],
  );
  return `${programme}/${place.department}`;
}

test('the runbook is there for programs, with its critical path and go/no-go points', async () => {
  const answer = await app.inject({
    url: `/api/v1/onboardings/${ref}/cutover`,
    headers: { authorization: `Bearer ${token}` },
  });
  expect(answer.statusCode).toBe(200);
  const { rehearsals, runbook } = answer.json<CutoverView>();
  expect(rehearsals.at(-1)).toMatchObject({ part: 'rollback', status: 'succeeded', ms: 60_000 });
  expect(runbook).toMatchObject({ rollback: 60_000, unknown: [] });
  expect(runbook?.lines.filter((line) => line.goNoGo).map(({ id }) => id)).toEqual([
    'go-no-go',
    'no-return',
  ]);
});

test('the runbook is a table for people', async () => {
  const { code, stdout } = await program.run(['cutover', ref, '--as', 'vic'], { cwd: home.folder });
  expect(code).toBe(0);
  expect(stdout).toMatch(/\ndress +rollback +succeeded +1 min /);
  expect(stdout).toMatch(
    /\ndelta +Load what changed +migration-engineer +1 min +1 min +rehearsed +critical/,
  );
  expect(stdout).toMatch(/Cutover \d+ min, roll-back 1 min; the window of .*: it fits\./);
  expect(stdout).toMatch(/\nLive since .*\. Rolling back is viable until 2999-04-05 12:00:00\./);
  expect(stdout).toMatch(/\nPass the point of no return, or roll back\.\n$/);
});

test('the calendar says whether a window is legal, and when it would be', async () => {
  const ask = async (...args: string[]) =>
    program.run(['calendar', ref, '--as', 'vic', ...args], { cwd: home.folder });
  const standing = await ask();
  expect(standing.stdout).toMatch(/: refused\n +closed: the window closed at /);
  expect(standing.stdout).toMatch(/\n2027-05-03 +2027-05-03 +bank-holiday +2027-05-03 is /);
  const may = ['--from', '2027-05-03T08:00:00Z', '--to', '2027-05-03T18:00:00Z'];
  expect((await ask(...may)).stdout).toMatch(
    /: refused\n +bank-holiday: 2027-05-03 is a bank holiday .*\n +next legal: 2027-05-10 08:00:00 to .*; or 2027-05-04 /,
  );
  const friday = ['--from', '2027-05-07T08:00:00Z', '--to', '2027-05-07T18:00:00Z', '--json'];
  expect(JSON.parse((await ask(...friday)).stdout)).toMatchObject({ legal: true, problems: [] });
  const half = await ask('--from', '2027-05-07T08:00:00Z');
  expect(half).toMatchObject({ code: 2 });
  expect(half.stderr).toContain('a window has both from and to');
});
