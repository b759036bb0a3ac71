import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { postgresFailure } from '../../embedded/postgres-failure.ts';
import { withClient } from '../support/database.ts';
import { runningServices } from './support/conditions.ts';
import {
  type Answer,
  parsed,
  slipway,
  startSupervisor,
  temporaryHome,
} from './support/slipway-process.ts';

// A home starts in 3 seconds; on a busy machine, with several beside each other, in many more.
vi.setConfig({ testTimeout: 120_000 });

test('a home of a newer format is refused and left as it is', async () => {
  const home = madeHome({ 'home.json': '{"format":2}' });
  const answer = await slipway(['up', '--home', home]);
  expect(answer).toMatchObject({ code: 1, stdout: '' });
  expect(answer.stderr).toBe(
    `slipway: ${home} has format 2; this version of Slipway reads format 1\n  Use that version, or another --home. Nothing was changed.\n`,
  );
  expect(readdirSync(home)).toEqual(['home.json']);
});

test.each([
  ['home.json is not JSON', { 'home.json': '{' }, 'home.json cannot be read'],
  ['home.json names no format', { 'home.json': '{}' }, 'home.json names no format'],
  [
    'the folder holds something else',
    { 'thesis.doc': 'x' },
    'it has files, but no home.json: it is not a state folder of Slipway',
  ],
  [
    'the database folder is empty',
    { 'home.json': '{"format":1}', 'postgres/': '' },
    'the folder postgres has no PG_VERSION',
  ],
  [
    'the database folder is gone',
    { 'home.json': '{"format":1}', 'temporal/temporal.db': '' },
    'the folder postgres is missing',
  ],
  [
    'the password is gone',
    { 'home.json': '{"format":1}', 'postgres/PG_VERSION': '18\n' },
    'secrets/postgres-password is missing',
  ],
])('a damaged home is refused and left as it is: %s', async (_what, files, message) => {
  const home = madeHome(files);
  const before = readdirSync(home, { recursive: true });
  const answer = await slipway(['up', '--detach', '--json', '--home', home]);
  expect(errorOf(answer)).toEqual({ code: 'home/corrupt', message: `${home}: ${message}` });
  expect(answer.code).toBe(1);
  expect(readdirSync(home, { recursive: true })).toEqual(before);
});

test('a home made by another PostgreSQL is refused', async () => {
  const home = madeHome({ 'home.json': '{"format":1}', 'postgres/PG_VERSION': '19\n' });
  expect(errorOf(await slipway(['up', '--json', '--home', home]))).toMatchObject({
    code: 'home/newer',
  });
});

test('a home that is a file is refused', async () => {
  const home = join(madeHome({ file: 'x' }), 'file');
  expect(errorOf(await slipway(['up', '--json', '--home', home]))).toMatchObject({
    code: 'home/unusable',
  });
  expect(readFileSync(home, 'utf8')).toBe('x');
});

test('a database of a newer version is refused, and everything is stopped', async () => {
  const home = temporaryHome();
  const { child, answer } = await startSupervisor(home);
  const url = readFileSync(join(home, 'secrets', 'store-url'), 'utf8');
  await withClient(url, (client) =>
    client.query(`insert into slipway_migration.store select 9999, 'later.sql', ''`),
  );
  child.kill('SIGTERM');
  await answer;
  const refused = await slipway(['up', '--json', '--home', home]);
  expect(errorOf(refused)).toMatchObject({ code: 'store/newer' });
  expect(runningServices(home)).toEqual([]);
});

test('a requested port that is taken is refused before anything starts', async () => {
  const home = temporaryHome();
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const answer = await slipway(['up', '--home', home, '--port', String(port)]);
  server.close();
  expect(answer.code).toBe(1);
  expect(answer.stderr).toBe(
    `slipway: port ${port} is taken by another program\n  Choose another port, or leave it out to have a free one chosen.\n`,
  );
  expect(readdirSync(home)).not.toContain('postgres');
});

test('without a Temporal server, Go and network the message lists every way to get one', async () => {
  const home = temporaryHome();
  const cache = dirname(home);
  const answer = await slipway(['up', '--json', '--home', home], {
    PATH: '/usr/bin-without-go',
    XDG_CACHE_HOME: cache,
    // Whatever this machine can reach, nothing goes through.
    HTTPS_PROXY: 'http://127.0.0.1:1',
  });
  expect(answer.code).toBe(1);
  const { code, message } = errorOf(answer);
  expect(code).toBe('temporal/not-found');
  expect(message).toContain('the download by the Temporal SDK failed; Go is not on the PATH');
  for (const way of [
    'TEMPORAL_ADDRESS',
    'SLIPWAY_TEMPORAL_CLI',
    cache,
    'temporal.download',
    'install Go',
  ]) {
    expect(message).toContain(way);
  }
  expect(runningServices(home)).toEqual([]);
});

test('a SLIPWAY_TEMPORAL_CLI that is not a program is named', async () => {
  const home = temporaryHome();
  const answer = await slipway(['up', '--json', '--home', home], {
    SLIPWAY_TEMPORAL_CLI: '/nowhere/temporal',
  });
  expect(errorOf(answer).message).toBe(
    'SLIPWAY_TEMPORAL_CLI is /nowhere/temporal, which is not a program',
  );
});

test('a worker that does not start is reported with the last line of its log, and everything is stopped', async () => {
  const home = temporaryHome();
  const broken = join(dirname(home), 'broken.mjs');
  writeFileSync(broken, 'console.error("no luck today"); process.exit(3);');
  const answer = await slipway(['up', '--json', '--home', home, '--worker-program', broken]);
  expect(errorOf(answer)).toMatchObject({
    code: 'service/failed',
    message: expect.stringContaining('the worker did not start: no luck today'),
  });
  expect(runningServices(home)).toEqual([]);
});

test.each([
  'initdb: error: could not write file "x": No space left on device\n',
  'ERROR: could not extend file "x"\nHINT:  Check free disk space.\nPANIC:  cannot abort transaction 1\n',
])('a full disk is named when PostgreSQL finds it', (output) => {
  expect(postgresFailure('the database folder cannot be made', output)).toMatchObject({
    code: 'home/no-space',
    message: 'the database folder cannot be made: there is no space left on the disk',
  });
});

test('a wrong option is a usage error', async () => {
  expect(await slipway(['up', '--prot', '1'])).toMatchObject({
    code: 2,
    stderr: "error: unknown option '--prot'\n(Did you mean --port?)\n",
  });
});

/** A folder with these files; names that end with a slash are folders. */
function madeHome(files: Record<string, string>): string {
  const home = temporaryHome();
  mkdirSync(home, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(home, dirname(`${name}x`)), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(join(home, name), content);
  }
  return home;
}

function errorOf(answer: Answer): { code: string; message: string } {
  const { code, message } = parsed(answer)['error'] as { code: string; message: string };
  return { code, message };
}
