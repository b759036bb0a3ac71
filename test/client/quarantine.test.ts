import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../client/api/app.ts';
import { WORKBOOK } from '../../client/api/schemas.ts';
import { applyDelta } from '../../dataplane/delta.ts';
import { compileMapping } from '../../dataplane/mapping/compile-mapping.ts';
import { readWorkbook } from '../../dataplane/sheet/read-workbook.ts';
import { columnName } from '../../dataplane/sheet/write-workbook.ts';
import { corrected } from './support/corrected-workbook.ts';
import { freeWork } from '../support/work.ts';
import { startQuarantineWorld } from './support/quarantine-world.ts';
import type { QuarantineWorld } from './support/quarantine-world.ts';

let own: QuarantineWorld;
let app: FastifyInstance;
beforeAll(async () => {
  own = await startQuarantineWorld();
  app = await createApp({ services: own.world.services });
}, 60_000);
afterAll(async () => {
  await app.close();
  await own.close();
});

type Person = keyof QuarantineWorld['people'];

async function call(person: Person, url: string, options: InjectOptions = {}) {
  const response = await app.inject({
    ...options,
    url: `/api/v1${url}`,
    headers: { authorization: `Bearer ${own.people[person].token}`, ...options.headers },
  });
  return {
    status: response.statusCode,
    headers: response.headers,
    bytes: response.rawPayload,
    body: /json/.test(String(response.headers['content-type']))
      ? response.json<Record<string, unknown>>()
      : {},
  };
}

const post = (person: Person, url: string, payload: object) =>
  call(person, url, { method: 'POST', payload });

const upload = (person: Person, url: string, payload: Buffer, type = WORKBOOK) =>
  call(person, url, { method: 'POST', payload, headers: { 'content-type': type } });

async function place(): Promise<string> {
  const { programme, department } = await own.waiting();
  return `/onboardings/${programme}/${department}`;
}

test('the quarantine is seen by rule, masked, and as it is by those who correct it', async () => {
  const at = await place();
  const { status, body } = await call('vic', `${at}/quarantine`);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    load: expect.stringMatching(/^load-\d+$/),
    rules: expect.arrayContaining([
      {
        dataset: 'people',
        rule: 'unmapped:grades',
        field: 'grade',
        inWords: 'the code is not in the list grades',
        open: 2,
        accepted: 0,
        examples: ['staff.csv:4', 'staff.csv:6'],
      },
    ]),
    next: null,
    unmasked: false,
  });
  const rows = body['rows'] as { sourceKey: string; raw: Record<string, string> }[];
  expect(rows.map(({ sourceKey }) => sourceKey).toSorted()).toEqual([
    'staff.csv:3',
    'staff.csv:4',
    'staff.csv:5',
    'staff.csv:6',
  ]);
  expect(rows.find(({ sourceKey }) => sourceKey === 'staff.csv:4')?.raw).toEqual({
    Number: '9',
    Name: 'Aaa',
    Grade: 'A',
    Pay: '9999.99',
  });
  const one = await call('vic', `${at}/quarantine?rule=unmapped%3Agrades&limit=1`);
  expect(one.body).toMatchObject({ rows: [{ sourceKey: 'staff.csv:4' }] });
  const after = String(one.body['next']);
  expect(
    (await call('vic', `${at}/quarantine?rule=unmapped%3Agrades&limit=1&after=${after}`)).body,
  ).toMatchObject({ rows: [{ sourceKey: 'staff.csv:6' }] });

  expect((await call('vic', `${at}/quarantine?unmasked=true`)).body).toMatchObject({
    code: 'access/not-permitted',
  });
  expect((await call('boss', `${at}/quarantine/export`)).status).toBe(403);
  const raw = await call('max', `${at}/quarantine?unmasked=true&rule=unmapped%3Agrades&limit=1`);
  expect(raw.body).toMatchObject({ unmasked: true, rows: [{ raw: { Name: 'Cat' } }] });
  expect((await call('vic', `${at}/quarantine/looks`)).body).toEqual({
    looks: [
      {
        by: 'max',
        at: expect.any(String),
        what: 'looked at rows',
        dataset: null,
        rule: 'unmapped:grades',
      },
    ],
  });
});

test('rows are exported, corrected, imported and loaded, and the rest accepted by its count', async () => {
  const at = await place();
  const exported = await call('max', `${at}/quarantine/export?dataset=people`);
  expect(exported.headers).toMatchObject({
    'content-type': WORKBOOK,
    'content-disposition': expect.stringContaining('quarantine-ministry'),
  });
  const file = await corrected(exported.bytes, {
    3: { Name: 'Bea' },
    4: { Grade: 'A' },
    5: { Pay: '1300.10' },
  });
  const imported = await upload('max', `${at}/quarantine/people/corrections`, file);
  expect(imported.body).toEqual({
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    rows: 3,
    cells: 3,
    unchanged: 1,
  });
  const order = { dataset: 'people', correction: imported.body['hash'], rows: 3 };
  expect((await post('vic', `${at}/redrive`, { ...order, reason: 'x' })).status).toBe(403);
  const redriven = await post('max', `${at}/redrive`, { ...order, reason: 'looked them up' });
  expect(redriven.body).toMatchObject({
    outcome: { kind: 'redrive', corrected: 3, loaded: 3, remaining: 1, open: 1, accepted: 0 },
  });
  expect(
    await own.scene.sql(
      'platform',
      `select name, pay::text from app.person where department = '${at.split('/').at(-1)}' order by number`,
    ),
  ).toEqual([
    { name: 'Ann', pay: '1000.00' },
    { name: 'Bea', pay: '1100.50' },
    { name: 'Cat', pay: '1200.00' },
    { name: 'Dan', pay: '1300.10' },
    { name: 'Fay', pay: '1500.25' },
  ]);

  // The values are gone from Slipway's own store; where the row came from can still be told.
  const { rows } = await own.world.services.database.query(
    'select content from correction where hash = $1',
    [imported.body['hash']],
  );
  expect(rows).toEqual([{ content: null }]);
  expect((await call('vic', `${at}/provenance?table=app.person&key=2`)).body).toMatchObject({
    status: 'loaded',
    load: { kind: 'redrive', dataset: 'people', by: 'max', reason: 'looked them up' },
    source: { sourceKey: 'staff.csv:3', file: 'staff.csv', line: 3, correctedColumns: ['Name'] },
  });
  expect((await call('vic', `${at}/provenance?table=app.person&key=6`)).body).toMatchObject({
    load: { kind: 'load', chunk: 0, mapping: expect.stringMatching(/^[0-9a-f]{64}$/) },
    source: { file: 'staff.csv', line: 7 },
  });
  expect((await call('vic', `${at}/provenance?table=app.person&key=5`)).body).toMatchObject({
    status: 'quarantined',
    because: 'unmapped:grades',
  });

  const accept = (person: Person, count: number) =>
    post(person, `${at}/accept`, { dataset: 'people', count, reason: 'left the service' });
  expect((await accept('dora', 2)).body).toMatchObject({
    code: 'quarantine/count-differs',
    detail: '2 rows were to be accepted; 1 rows of people are open',
  });
  expect((await accept('max', 1)).body).toMatchObject({ code: 'access/not-permitted' });
  expect((await accept('dora', 1)).body).toMatchObject({
    outcome: { kind: 'accept', accepted: 1, open: 0 },
  });
  const [programme = '', department = ''] = at.split('/').slice(2);
  const step = await own.world.reaches(
    own.people.vic.identity,
    { programme, department },
    'migration/reconcile/people',
    'succeeded',
  );
  expect(step.output).toMatchObject({ reconciled: true });
  expect((await call('vic', `${at}/loads`)).body).toMatchObject({
    loads: [
      {
        dataset: 'people',
        complete: true,
        read: 6,
        loaded: 2,
        quarantined: 4,
        rejectRate: 4 / 6,
        now: { read: 6, loaded: 5, quarantined: 1 },
        decisions: [
          { by: 'max', reason: 'looked them up', result: { kind: 'redrive', loaded: 3 } },
          { by: 'dora', result: { kind: 'accept', accepted: 1 } },
        ],
      },
    ],
  });
  // Corrections of rows that came from a file hold as well when the delta looks at the file again.
  const { manifest } = await own.world.services.reads.manifest(own.people.vic.identity, {
    programme,
    department,
  });
  const urls = { ...own.scene.urls, sources: {} };
  const work = freeWork();
  const mapping = await compileMapping({ manifest, urls }, work);
  const { load } = (await call('vic', `${at}/quarantine`)).body;
  for (const _ of ['once', 'twice']) {
    expect(await applyDelta({ mapping, urls, loadId: String(load) }, work)).toEqual([
      { dataset: 'people', inserted: 0, updated: 0, deleted: 0, quarantined: 0, resolved: 0 },
    ]);
  }
  const gate = await own.world.services.reads.onboarding(own.people.vic.identity, {
    programme,
    department,
  });
  expect(gate.steps.find(({ key }) => key === 'migration/quarantine/people')?.status).toBe(
    'succeeded',
  );
});

test('who imported corrections cannot accept, and corrections that do not fit are refused whole', async () => {
  const at = await place();
  const exported = await call('dora', `${at}/quarantine/export`);
  const [sheet = { name: '', rows: [] }] = await readWorkbook(exported.bytes);
  const pay = [...(sheet.rows[0]?.cells ?? [])].find(([, { text }]) => text === 'Pay')?.[0] ?? 0;
  const bad = `Slipway row,Source row,What is wrong,Column at fault,Town\n77,,,,x\n`;
  const refused = await upload(
    'max',
    `${at}/quarantine/people/corrections`,
    Buffer.from(bad),
    'text/csv',
  );
  expect(refused.status).toBe(422);
  expect(refused.body).toMatchObject({
    code: 'quarantine/correction-invalid',
    detail: 'people, E1: the source of people has no column "Town"; and 1 more',
    problems: [
      { row: 1, column: 'E' },
      { row: 2, column: 'A', message: 'there is no row 77 in the quarantine of people' },
    ],
  });
  expect(columnName(pay)).toBe('H');
  // A correction of a row that is bad still: it stays, with what is wrong now.
  const file = await corrected(exported.bytes, { 4: { Grade: 'Z' } });
  const { body } = await upload('dora', `${at}/quarantine/people/corrections`, file);
  const order = { dataset: 'people', correction: body['hash'], reason: 'a try' };
  expect((await post('dora', `${at}/redrive`, order)).body).toMatchObject({
    outcome: { loaded: 0, remaining: 4 },
  });
  // The same once more does nothing.
  expect((await post('dora', `${at}/redrive`, order)).body).toMatchObject({
    code: 'quarantine/correction-invalid',
    detail: expect.stringContaining('applied already'),
  });
  const accept = { dataset: 'people', count: 4, reason: 'fine' };
  expect((await post('dora', `${at}/accept`, accept)).body).toMatchObject({
    code: 'approval/four-eyes',
  });
});

test('before anything was loaded there is nothing to look at', async () => {
  const mine = own.world.manifest();
  await own.world.services.commands.start(own.people.boss.identity, {
    manifest: mine.manifest,
    source: mine.text,
    baseFolder: '/',
  });
  const at = `/onboardings/${mine.programme}/ministry`;
  expect((await call('vic', `${at}/quarantine`)).body).toMatchObject({
    code: 'request/not-found',
    detail: 'nothing of ministry was loaded yet',
  });
});
