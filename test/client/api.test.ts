import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../client/api/app.ts';
import { SlipwayError } from '../../domain/errors.ts';
import { findPerson, createToken } from '../../store/identities.ts';
import { startWorld } from './support/world.ts';
import type { World } from './support/world.ts';

let world: World;
let app: FastifyInstance;
let lead: string;
let viewer: string;

beforeAll(async () => {
  world = await startWorld();
  app = await createApp({ services: world.services });
  lead = (await world.person('boss', 'programme-lead')).token;
  viewer = (await world.person('looker', 'viewer')).token;
});
afterAll(async () => {
  await app.close();
  await world.close();
});

async function call(token: string | undefined, options: InjectOptions & { url: string }) {
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...options.headers,
  };
  const response = await app.inject({ ...options, url: `/api/v1${options.url}`, headers });
  return {
    status: response.statusCode,
    type: String(response.headers['content-type']),
    headers: response.headers,
    body: response.json<Record<string, unknown>>(),
  };
}

const get = (token: string | undefined, url: string) => call(token, { method: 'GET', url });
const post = (
  token: string | undefined,
  url: string,
  payload: object | string,
  headers: Record<string, string> = {},
) => call(token, { method: 'POST', url, payload, headers });

async function started() {
  const own = world.manifest();
  const answer = await post(lead, '/onboardings', { manifest: own.text, baseFolder: '/data' });
  expect(answer.status).toBe(201);
  const at = `/onboardings/${own.programme}/ministry`;
  return { ...own, at, answer };
}

test('who has no valid token is told so, as a problem of the catalogue', async () => {
  for (const token of [undefined, 'slipway_wrong']) {
    const { status, type, headers, body } = await get(token, '/onboardings');
    expect(status).toBe(401);
    expect(type).toContain('application/problem+json');
    expect(headers['www-authenticate']).toBe('Bearer');
    expect(body).toMatchObject({
      type: 'urn:slipway:error:access/not-signed-in',
      code: 'access/not-signed-in',
      status: 401,
      title: 'You are not signed in',
      detail: expect.any(String),
      advice: expect.any(String),
      instance: expect.stringMatching(/^urn:slipway:request:/),
    });
  }
});

test('a request that does not fit is refused with every field', async () => {
  const { at } = await started();
  const { status, body } = await post(lead, `${at}/reschedule`, { from: 'tomorrow', raeson: 'x' });
  expect(status).toBe(400);
  expect(body).toMatchObject({ code: 'request/invalid' });
  const paths = (body['problems'] as { path: string }[]).map((problem) => problem.path);
  expect(paths).toEqual(expect.arrayContaining(['body.from', 'body.to', 'body.reason']));
  const broken = await call(lead, {
    method: 'POST',
    url: `${at}/pause`,
    payload: '{"reason":',
    headers: { 'content-type': 'application/json' },
  });
  expect(broken.body).toMatchObject({ code: 'request/invalid', status: 400 });
  expect((await get(lead, '/nothing/here')).body).toMatchObject({ code: 'request/not-found' });
});

test('a fault of ours says nothing of its inside', async () => {
  const { reads } = world.services;
  const services = {
    ...world.services,
    reads: Object.assign(Object.create(reads) as typeof reads, {
      board: () => Promise.reject(new TypeError('secret inside')),
    }),
  };
  const own = await createApp({ services });
  const { statusCode, body } = await own.inject({
    url: '/api/v1/onboardings',
    headers: { authorization: `Bearer ${lead}` },
  });
  expect(statusCode).toBe(500);
  expect(JSON.parse(body)).toMatchObject({ code: 'internal/unexpected' });
  expect(body).not.toContain('secret inside');
  await own.close();
});

test('a manifest is checked without starting anything, as JSON and as YAML', async () => {
  const { text, programme } = world.manifest();
  const good = await post(lead, '/manifests/validate', { manifest: text });
  expect(good.body).toMatchObject({ valid: true, programme, problems: [] });
  const bad = await post(
    lead,
    '/manifests/validate?fileName=dept.yaml',
    text.replace('headcount', 'headcont'),
    { 'content-type': 'application/yaml' },
  );
  expect(bad.status).toBe(200);
  expect(bad.body).toMatchObject({
    valid: false,
    problems: [{ file: 'dept.yaml', line: 6, column: 3, path: 'department.headcont' }],
  });
  expect((await get(lead, `/onboardings?programme=${programme}`)).body).toEqual({
    onboardings: [],
  });
});

test('an onboarding is started from YAML, once, and an invalid manifest starts nothing', async () => {
  const { text, programme } = world.manifest();
  const yaml = { 'content-type': 'application/yaml' };
  const refused = await post(lead, '/onboardings', text.replace('headcount', 'headcont'), yaml);
  expect(refused.status).toBe(422);
  expect(refused.body).toMatchObject({
    code: 'manifest/invalid',
    problems: [{ line: 6, column: 3 }],
  });
  const first = await post(lead, '/onboardings?baseFolder=/data', text, yaml);
  expect(first.status).toBe(201);
  const second = await post(lead, '/onboardings?baseFolder=/data', text, yaml);
  expect(second.status).toBe(200);
  expect(second.body).toMatchObject({ started: false, onboarding: first.body['onboarding'] });
  const board = await get(lead, `/onboardings?programme=${programme}`);
  expect(board.body['onboardings']).toMatchObject([{ programme, name: 'Ministry' }]);
  expect((await post(viewer, '/onboardings', text, yaml)).body).toMatchObject({
    code: 'access/not-permitted',
    status: 403,
  });
});

test('an onboarding is shown with stages, steps, failures with advice, and what one can do', async () => {
  const working = world.bodies['discovery/intake'];
  world.bodies['discovery/intake'] = () => {
    throw new SlipwayError('intake/file-missing', 'staff.csv is not there');
  };
  const { at, place } = await started();
  const boss = (await world.person('boss', 'programme-lead')).identity;
  await world.reaches(boss, place, 'discovery/intake/files', 'parked');
  const { body: page } = await get(lead, at);
  expect(page).toMatchObject({
    status: 'running',
    stage: 'discovery',
    can: ['pause', 'reschedule', 'amend', 'abort'],
  });
  expect((page['stages'] as { stage: string }[]).map((each) => each.stage)).toHaveLength(5);
  const { body: step } = await get(lead, `${at}/steps/discovery%2Fintake%2Ffiles`);
  expect(step).toMatchObject({
    key: 'discovery/intake/files',
    item: 'files',
    status: 'parked',
    failure: {
      code: 'intake/file-missing',
      message: 'staff.csv is not there',
      advice: expect.stringContaining('Put the file in place'),
    },
    history: [{ number: 1, failure: { code: 'intake/file-missing' } }],
    inputSchema: { type: 'object' },
    can: ['retryStep', 'rewind'],
  });
  expect((await get(viewer, `${at}/steps/discovery%2Fintake%2Ffiles`)).body['can']).toEqual([]);
  expect((await get(lead, `${at}/steps/no%2Fstep`)).body).toMatchObject({
    code: 'command/unknown-step',
    status: 404,
  });
  world.bodies['discovery/intake'] = working;
  const answer = await post(
    lead,
    `${at}/retry`,
    { step: 'discovery/intake/files', reason: 'the file is there now' },
    { 'idempotency-key': 'retry-1' },
  );
  expect(answer.body).toMatchObject({
    onboarding: `onboarding/${place.programme}/ministry`,
    version: expect.any(Number),
  });
  await world.reaches(boss, place, 'discovery/gate', 'waiting');
});

test('a gate is approved with the evidence that is shown, and the evidence can be read', async () => {
  const { at, place } = await started();
  const boss = (await world.person('boss', 'programme-lead')).identity;
  await world.reaches(boss, place, 'discovery/gate', 'waiting');
  const dora = await findPerson(world.services.database, 'dora');
  const { secret } = await createToken(world.services.database, dora?.id ?? '', 'test');
  const gate = (await get(secret, `${at}/steps/discovery%2Fgate`)).body;
  const evidence = (gate['evidence'] as { hash: string }[])[0]?.hash ?? '';
  expect((await get(secret, `${at}/evidence/${evidence}`)).body).toMatchObject({
    hash: evidence,
    step: 'discovery/gate',
    content: { step: 'discovery/gate' },
  });
  expect((await get(secret, `${at}/evidence`)).body['evidence']).toHaveLength(1);
  expect((await get(secret, `${at}/evidence/${'0'.repeat(64)}`)).body).toMatchObject({
    code: 'request/not-found',
    status: 404,
  });
  const self = { step: 'discovery/gate', evidence, reason: 'looks right' };
  expect((await post(lead, `${at}/approve`, self)).body).toMatchObject({
    code: 'approval/role-not-wanted',
    status: 409,
  });
  expect((await post(secret, `${at}/approve`, self)).status).toBe(200);
  await world.reaches(boss, place, 'discovery/gate', 'succeeded');
});

test('the log is read a page at a time', async () => {
  const { at, place } = await started();
  const boss = (await world.person('boss', 'programme-lead')).identity;
  await world.reaches(boss, place, 'discovery/gate', 'waiting');
  const first = (await get(lead, `${at}/history?limit=3`)).body;
  expect(first['events']).toMatchObject([{ position: 1 }, { position: 2 }, { position: 3 }]);
  expect(first['next']).toBe(3);
  const rest = (await get(lead, `${at}/history?after=3`)).body;
  expect((rest['events'] as { position: number }[])[0]?.position).toBe(4);
  expect(rest['next']).toBeNull();
});

test('people make, list and revoke their own tokens; a revoked one is worth nothing', async () => {
  const made = await post(lead, '/tokens', { label: 'laptop', expiresInDays: 1 });
  expect(made.status).toBe(201);
  const secret = String(made.body['secret']);
  expect((await get(secret, '/whoami')).body).toMatchObject({ id: 'boss' });
  const { body } = await get(lead, '/tokens');
  expect(JSON.stringify(body)).not.toContain(secret);
  expect(body['tokens']).toContainEqual(
    expect.objectContaining({ id: made.body['id'], label: 'laptop', revokedAt: null }),
  );
  const id = String(made.body['id']);
  const others = await call(viewer, { method: 'DELETE', url: `/tokens/${id}` });
  expect(others.body).toMatchObject({ code: 'request/not-found' });
  const revoked = await call(lead, { method: 'DELETE', url: `/tokens/${id}` });
  expect(revoked.status).toBe(200);
  expect((await get(secret, '/whoami')).status).toBe(401);
});

test('one sees the people of the departments one may look at, and oneself', async () => {
  const { place } = await started();
  const dora = await findPerson(world.services.database, 'dora');
  const { secret } = await createToken(world.services.database, dora?.id ?? '', 'test');
  const { body } = await get(secret, '/people');
  const people = body['people'] as { id: string; grants: { programme: string }[] }[];
  expect(people.map((person) => person.id)).toEqual(expect.arrayContaining(['dora', 'olga']));
  const olga = people.find((person) => person.id === 'olga');
  expect(olga?.grants).toContainEqual({ role: 'sro', ...place });
});

test('a body that is too large and too many requests are refused by their codes', async () => {
  const { at } = await started();
  const large = await post(lead, `${at}/pause`, { reason: 'x'.repeat(300_000) });
  expect(large.body).toMatchObject({ code: 'request/too-large', status: 413 });
  const strict = await createApp({ services: world.services, requestsPerMinute: 2 });
  const ask = () =>
    strict.inject({ url: '/api/v1/whoami', headers: { authorization: `Bearer ${viewer}` } });
  expect((await ask()).statusCode).toBe(200);
  expect((await ask()).statusCode).toBe(200);
  const third = await ask();
  expect(third.json()).toMatchObject({ code: 'request/too-many', status: 429 });
  expect(third.headers['retry-after']).toBeDefined();
  await strict.close();
});

test('health and readiness need no token', async () => {
  for (const url of ['/health', '/ready']) {
    const response = await app.inject({ url });
    expect(response.json()).toEqual({ status: 'ok' });
  }
  const { body } = await get(undefined, '/openapi.json');
  expect(body['openapi']).toBe('3.1.0');
});
