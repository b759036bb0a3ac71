import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { STEP_BODIES } from '../../activities/step-bodies.ts';
import { createApp } from '../../client/api/app.ts';
import { type DifferingWorld, startDifferingWorld } from './support/differing.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let own: DifferingWorld;
let app: FastifyInstance;
beforeAll(async () => {
  own = await startDifferingWorld();
  app = await createApp({ services: own.world.services });
});
afterAll(async () => {
  await app.close();
  await own.close();
});

async function call(person: keyof DifferingWorld['people'], url: string, payload?: object) {
  const response = await app.inject({
    method: payload === undefined ? 'GET' : 'POST',
    url: `/api/v1${url}`,
    headers: { authorization: `Bearer ${own.people[person].token}` },
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: response.statusCode, body: response.json<Record<string, unknown>>() };
}

test('rows that differ are named with columns and masked values; those who correct them see the values, and it is written down', async () => {
  const place = await own.differing();
  const at = `/onboardings/${place.programme}/${place.department}`;
  const { body } = await call('vic', `${at}/differences/people`);
  expect(body).toMatchObject({
    dataset: 'people',
    stage: 'migration',
    table: 'app.person',
    datasets: ['people'],
    checksum: 'fast',
    reconciled: false,
    rows: { legacy: 8, platform: 8 },
    differing: { missing: 1, extra: 1, different: 1 },
    withinTolerance: 0,
    totals: [
      { column: 'pay', legacy: '3100.25', platform: '1650.01', ledger: '3100.25', equal: false },
    ],
    groups: {
      by: ['grade'],
      compared: 2,
      differing: 2,
      named: [
        {
          group: ['a'],
          rows: { legacy: 7, platform: 8 },
          totals: [{ column: 'pay', legacy: '1600.00', platform: '1650.01' }],
        },
        {
          group: null,
          rows: { legacy: 1, platform: 0 },
          totals: [{ column: 'pay', legacy: '9999.99', platform: '9' }],
        },
      ],
    },
    unmasked: false,
  });
  expect(body['named']).toEqual([
    {
      kind: 'different',
      key: '1',
      dataset: 'people',
      sourceKey: 'staff.csv:2',
      columns: [
        { column: 'pay', legacy: '9999.99', platform: '9999.99' },
        { column: 'name', legacy: 'Aaa', platform: 'Aaaa' },
      ],
    },
    { kind: 'missing', key: '6', dataset: 'people', sourceKey: 'staff.csv:7', columns: [] },
    { kind: 'extra', key: '99', dataset: null, sourceKey: null, columns: [] },
  ]);
  expect((await call('vic', `${at}/quarantine/looks`)).body).toEqual({ looks: [] });

  for (const person of ['vic', 'boss'] as const) {
    expect(await call(person, `${at}/differences/people?unmasked=true`)).toMatchObject({
      status: 403,
      body: { code: 'access/not-permitted' },
    });
  }
  const clear = await call('max', `${at}/differences/people?unmasked=true`);
  expect(clear.body).toMatchObject({ unmasked: true, differing: { missing: 1 } });
  const named = clear.body['named'] as { columns: unknown[] }[];
  expect(named.map(({ columns }) => columns)).toEqual([
    [
      { column: 'pay', legacy: '1000.00', platform: '1000.01' },
      { column: 'name', legacy: 'Ann', platform: 'Anne' },
    ],
    expect.arrayContaining([
      { column: 'name', legacy: 'Fay', platform: null },
      { column: 'pay', legacy: '1500.25', platform: null },
    ]),
    expect.arrayContaining([
      { column: 'name', legacy: null, platform: 'Zed' },
      { column: 'pay', legacy: null, platform: '50.00' },
    ]),
  ]);
  expect((await call('vic', `${at}/quarantine/looks`)).body).toEqual({
    looks: [
      {
        by: 'max',
        at: expect.any(String),
        what: 'looked at differing rows',
        dataset: 'people',
        rule: null,
      },
    ],
  });
  // Of what was seen, nothing stays behind: neither in the answer nor in events.
  const { rows } = await own.world.services.database.query(
    `select answer from inspection where kind = 'differences' and answer is not null
     union all select body from event where body::text like '%Anne%' or body::text like '%1000.01%'`,
  );
  expect(rows).toEqual([]);
});

test('what has become the same is shown so, and the cutover has differences of its own', async () => {
  const goesOn = () => Promise.resolve({ output: {} });
  const { bodies } = own.world;
  for (const gate of ['migration/gate', 'parallel-run/gate', 'cutover/gate'] as const)
    bodies[gate] = goesOn;
  bodies['cutover/reconcile'] = STEP_BODIES['cutover/reconcile'];
  const place = await own.differing();
  const { department } = place;
  bodies['cutover/delta'] = async () => {
    await own.plant(department);
    return { output: {} };
  };
  const at = `/onboardings/${place.programme}/${department}`;
  expect(await call('vic', `${at}/differences/people?stage=cutover`)).toMatchObject({
    status: 404,
    body: {
      code: 'request/not-found',
      detail: 'cutover/reconcile/people has compared nothing yet',
    },
  });
  expect(await call('max', `${at}/differences/nobody?unmasked=true`)).toMatchObject({
    status: 404,
    body: { detail: 'migration/reconcile/nobody has compared nothing yet' },
  });

  await own.mend(department);
  const mended = await call('max', `${at}/differences/people?unmasked=true`);
  expect(mended.body['named']).toMatchObject([
    { key: '1', columns: [] },
    { key: '6', columns: [] },
    { key: '99', columns: [] },
  ]);
  const step = 'migration/reconcile/people';
  await call('max', `${at}/retry`, { step, reason: 'put it right' });
  const { identity } = own.people.vic;
  await own.world.reaches(identity, place, step, 'succeeded');
  expect((await call('vic', `${at}/differences/people`)).body).toMatchObject({
    reconciled: true,
    rows: { legacy: 8, platform: 8 },
    named: [],
    totals: [{ legacy: '3100.25', platform: '3100.25', equal: true }],
    groups: { compared: 2, differing: 0, named: [] },
  });
  await own.world.reaches(identity, place, 'cutover/reconcile/people', 'parked');
  expect((await call('vic', `${at}/differences/people?stage=cutover`)).body).toMatchObject({
    stage: 'cutover',
    checksum: 'sha256',
    reconciled: false,
    named: [{ key: '1' }, { key: '6' }, { key: '99' }],
  });
});
