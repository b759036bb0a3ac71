import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { DEMO_PEOPLE } from '../../client/demo-people.ts';
import { loadApiConfig } from '../../client/config.ts';
import { migrate } from '../../store/migrate.ts';
import { freshDatabase, withClient } from '../support/database.ts';
import { until } from '../support/until.ts';

let home: string;
let storeUrl: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-api-'));
  storeUrl = await freshDatabase('api');
  await migrate({
    url: storeUrl,
    folder: fileURLToPath(new URL('../../store/migrations', import.meta.url)),
    name: 'store',
  });
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(home, { recursive: true });
});

async function startApi(environment: Record<string, string> = {}) {
  const child = fork(fileURLToPath(new URL('../../client/api/main.ts', import.meta.url)), [], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      SLIPWAY_STORE_URL: storeUrl,
      SLIPWAY_MODE: 'embedded',
      SLIPWAY_DEMO_PEOPLE: '1',
      SLIPWAY_HOME: home,
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      ...environment,
    },
  });
  children.push(child);
  let errors = '';
  child.stderr?.on('data', (chunk) => (errors += String(chunk)));
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const first = await Promise.race([once(child, 'message'), exited.then(() => undefined)]);
  const message = first?.[0] as { ready: true; url: string } | undefined;
  return { child, exited, message, errors: () => errors };
}

test('it says where it answers, has demo people with tokens, and keeps them over a restart', async () => {
  const { child, exited, message } = await startApi();
  expect(message).toMatchObject({ ready: true, url: expect.stringMatching(/^http:\/\/127/) });
  const file = join(home, 'secrets', 'demo-sro.token');
  const token = await readFile(file, 'utf8');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const answer = await fetch(`${message?.url}/api/v1/whoami`, {
    headers: { authorization: `Bearer ${token.trim()}` },
  });
  expect(await answer.json()).toMatchObject({
    id: 'demo-sro',
    grants: [{ role: 'sro', programme: '*', department: '*' }],
  });
  expect(await (await fetch(`${message?.url}/sign-in`)).text()).toContain('demo-sro');
  const secret = await readFile(join(home, 'secrets', 'session-secret'), 'utf8');
  child.kill('SIGTERM');
  expect((await exited)[0]).toBe(0);

  const again = await startApi();
  expect(await readFile(file, 'utf8')).toBe(token);
  expect(await readFile(join(home, 'secrets', 'session-secret'), 'utf8')).toBe(secret);
  expect(
    await withClient(
      storeUrl,
      async (client) => (await client.query('select from token')).rowCount,
    ),
  ).toBe(DEMO_PEOPLE.length);
  again.child.disconnect();
  expect((await again.exited)[0]).toBe(0);
});

test('it drains when whoever started it is gone', async () => {
  const { child, exited } = await startApi();
  child.disconnect();
  expect((await exited)[0]).toBe(0);
});

test('a database that is not there ends it with a line that says so', async () => {
  const { child, exited, message, errors } = await startApi({
    SLIPWAY_STORE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
  });
  expect(message).toBeUndefined();
  expect((await exited)[0]).toBe(4);
  await until('it has said why', () => Promise.resolve(errors() === '' ? undefined : true));
  expect(errors()).toMatch(/^service\/unreachable: .*\n$/);
  expect(child.exitCode).toBe(4);
});

test('there are no demo people outside embedded mode, and what is missing is named', () => {
  const complete = {
    SLIPWAY_STORE_URL: 'postgres://x',
    SLIPWAY_DEMO_PEOPLE: '1',
    SLIPWAY_SESSION_SECRET: 's'.repeat(32),
  };
  expect(() => loadApiConfig(complete)).toThrow('embedded mode only');
  expect(() => loadApiConfig({})).toThrow('SLIPWAY_STORE_URL');
  expect(() => loadApiConfig({ SLIPWAY_STORE_URL: 'postgres://x' })).toThrow('SESSION_SECRET');
  expect(loadApiConfig({ ...complete, SLIPWAY_DEMO_PEOPLE: '0' }).port).toBe(0);
});
