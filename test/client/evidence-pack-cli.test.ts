import { readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createApp } from '../../client/api/app.ts';
import { createServices } from '../../client/services.ts';
import type { Services } from '../../client/services.ts';
import { compileCli, makeHome } from './support/run-cli.ts';
import type { Cli } from './support/run-cli.ts';
import { startWorld } from './support/world.ts';
import type { World } from './support/world.ts';

let world: World;
let services: Services;
let app: FastifyInstance;
let url: string;
let home: Awaited<ReturnType<typeof makeHome>>;
let program: Cli;
let ref: string;
let key: string;

vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  [world, program] = await Promise.all([startWorld(), compileCli()]);
  const lead = await world.person('demo-programme-lead', 'programme-lead');
  const stranger = await world.person('stranger');
  home = await makeHome('http://127.0.0.1:1', {
    'demo-programme-lead': lead.token,
    stranger: stranger.token,
  });
  services = withKeyOf(join(home.folder, '.slipway'));
  app = await createApp({ services });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
  const own = world.manifest();
  await writeFile(join(home.folder, 'm.yaml'), own.text);
  ref = `${own.programme}/ministry`;
  await cli('start', 'm.yaml');
  await cli('watch', ref, '--until', 'waiting');
});
afterAll(async () => {
  await app.close();
  await services.close();
  await world.close();
  await home.remove();
  await program.remove();
});

const withKeyOf = (folder: string) =>
  createServices({
    storeUrl: world.storeUrl,
    client: world.client,
    controlQueue: world.controlQueue,
    signing: { signingKey: undefined, home: folder },
  });
/** Runs the CLI as a person. */
const as = async (person: string, ...args: string[]) =>
  program.run(args, {
    cwd: home.folder,
    env: { SLIPWAY_URL: url, SLIPWAY_TOKEN: await tokenOf(person) },
  });
const cli = (...args: string[]) => as('demo-programme-lead', ...args);
const tokenOf = async (person: string) =>
  (await readFile(join(home.folder, '.slipway', 'secrets', `${person}.token`), 'utf8')).trim();
const parsed = (text: string) => JSON.parse(text) as Record<string, unknown>;

test('a record is exported before the close, says so, and is checked with nothing but the file', async () => {
  const made = await cli('evidence', 'export', ref, '--output', 'pack.zip');
  expect(made).toMatchObject({ code: 0, stderr: '' });
  expect(made.stdout).toMatch(/the record as of event \d+ \(.*\); not closed \(/);
  const checked = await program.run(['evidence', 'verify', 'pack.zip'], { cwd: home.folder });
  expect(checked).toMatchObject({ code: 0, stderr: '' });
  expect(checked.stdout).toContain('genuine');
  expect(checked.stdout).toContain('--key');
  const json = parsed((await cli('evidence', 'verify', 'pack.zip', '--json')).stdout);
  expect(json).toMatchObject({ valid: true, trusted: false, problems: [] });
  key = String(json['signedBy']);
});

test('the same record gives the same file, and it is known who took it out', async () => {
  expect((await cli('evidence', 'export', ref, '--output', 'again.zip')).code).toBe(0);
  const [one, two] = await Promise.all(
    ['pack.zip', 'again.zip'].map((name) => readFile(join(home.folder, name))),
  );
  expect(one?.equals(two as Buffer)).toBe(true);
  const answer = await get(`/onboardings/${ref}/evidence/exports`);
  expect((await answer.json()) as object).toMatchObject({
    exports: [
      { by: 'demo-programme-lead', signedBy: key, bytes: one?.length },
      { by: 'demo-programme-lead' },
    ],
  });
});

test('the private key is readable by its owner only; the public one is published and may be trusted by file', async () => {
  const file = join(home.folder, '.slipway', 'secrets', 'signing-key.pem');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const { keys } = parsed((await cli('evidence', 'keys', '--json')).stdout) as {
    keys: { fingerprint: string; publicKey: string }[];
  };
  expect(keys.map(({ fingerprint }) => fingerprint)).toEqual([key]);
  await writeFile(join(home.folder, 'key.pem'), keys[0]?.publicKey ?? '');
  const trusted = await cli('evidence', 'verify', 'pack.zip', '--key', 'key.pem');
  expect(trusted).toMatchObject({ code: 0, stdout: expect.stringContaining('which you trust') });
  const other = await cli('evidence', 'verify', 'pack.zip', '--key', '0'.repeat(64));
  expect(other).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('it is signed with another key'),
  });
});

test('a new key takes the place of the old one, whose packs can still be checked', async () => {
  await unlink(join(home.folder, '.slipway', 'secrets', 'signing-key.pem'));
  const next = withKeyOf(join(home.folder, '.slipway'));
  try {
    const keys = await next.packs.keys();
    expect(keys).toHaveLength(2);
    expect(keys[0]?.fingerprint).not.toBe(key);
    expect(keys[1]?.fingerprint).toBe(key);
  } finally {
    await next.close();
  }
  expect((await cli('evidence', 'verify', 'pack.zip', '--key', key)).code).toBe(0);
});

test('what was altered is named, and what is no pack is one clear line', async () => {
  const bytes = await readFile(join(home.folder, 'pack.zip'));
  const place = bytes.indexOf('"by":"demo-programme-lead"');
  bytes.write('"by":"demo-programme-bead"', place);
  await writeFile(join(home.folder, 'altered.zip'), bytes);
  const altered = await cli('evidence', 'verify', 'altered.zip');
  expect(altered.code).toBe(1);
  expect(altered.stdout).toContain('NOT genuine');
  expect(altered.stderr).toContain('event 1 is not the one that was recorded');
  expect(altered.stderr).toMatch(/events\/000000001\.ndjson was changed/);
  await writeFile(join(home.folder, 'cut.zip'), bytes.subarray(0, 1000));
  const cut = await cli('evidence', 'verify', 'cut.zip');
  expect(cut.code).toBe(2);
  expect(cut.stderr.trim().split('\n')[0]).toContain('cut.zip cannot be read as an evidence pack');
});

test('only those who hold a role there can take it out, and nothing can be signed without a key', async () => {
  const refused = await as('stranger', 'evidence', 'export', ref, '--output', 'no.zip');
  expect(refused).toMatchObject({ code: 5 });
  await expect(stat(join(home.folder, 'no.zip'))).rejects.toMatchObject({ code: 'ENOENT' });
  const lead = await world.person('demo-programme-lead', 'programme-lead');
  const [programme = '', department = ''] = ref.split('/');
  await expect(
    world.services.packs.export(lead.identity, { programme, department }),
  ).rejects.toMatchObject({ code: 'evidence/no-key' });
  await expect(
    services.packs.export(lead.identity, { programme, department: 'nowhere' }),
  ).rejects.toMatchObject({ code: 'onboarding/not-found' });
});

async function get(path: string): Promise<Response> {
  const authorization = `Bearer ${await tokenOf('demo-programme-lead')}`;
  return fetch(`${url}/api/v1${path}`, { headers: { authorization } });
}
