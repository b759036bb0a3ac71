import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { createApp } from '../../client/api/app.ts';
import { compileCli, makeHome } from './support/run-cli.ts';
import type { Cli } from './support/run-cli.ts';
import { suggestionsOf } from './support/suggestions.ts';
import { startWorld } from './support/world.ts';
import type { World } from './support/world.ts';

let world: World;
let app: FastifyInstance;
let url: string;
let home: Awaited<ReturnType<typeof makeHome>>;
let program: Cli;
let lead: Awaited<ReturnType<World['person']>>;
let ref: string;
let path: string;

// Every command is a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  [world, program] = await Promise.all([startWorld(), compileCli()]);
  app = await createApp({ services: world.services });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
  lead = await world.person('demo-programme-lead', 'programme-lead', 'data-owner');
  home = await makeHome(url, { 'demo-programme-lead': lead.token });
  world.bodies['discovery/gate'] = () => Promise.resolve({ output: {} });
  world.bodies['mapping/suggest'] = ({ run }) =>
    Promise.resolve({
      output: { suggested: 1 },
      evidence: [{ kind: 'mapping-suggestions', content: suggestionsOf(run.manifest) }],
    });
  const { manifest, text, place } = world.manifest();
  await world.services.commands.start(lead.identity, { manifest, source: text, baseFolder: '/' });
  await world.reaches(lead.identity, place, 'mapping/suggest', 'succeeded');
  ref = `${place.programme}/${place.department}`;
  path = `${url}/api/v1/onboardings/${ref}/suggestions`;
});
afterAll(async () => {
  await app.close();
  await world.close();
  await home.remove();
  await program.remove();
});

const cli = (...args: string[]) => program.run(args, { cwd: home.folder });
const get = (address: string, token = lead.token) =>
  fetch(address, { headers: { authorization: `Bearer ${token}` } });

describe('the API', () => {
  test('answers with what the step found, for the manifest that runs', async () => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      current: true,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      columns: expect.arrayContaining([
        expect.objectContaining({ column: 'surname', state: 'contradicted' }),
      ]),
    });
  });

  test('says that there are none before the step has ended', async () => {
    const { manifest, text, place } = world.manifest();
    world.bodies['discovery/connect'] = ({ work }) =>
      new Promise((_resolve, reject) => {
        work.signal.addEventListener('abort', () => reject(new Error('stopped')));
      });
    await world.services.commands.start(lead.identity, { manifest, source: text, baseFolder: '/' });
    const response = await get(`${url}/api/v1/onboardings/${place.programme}/ministry/suggestions`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      code: 'request/not-found',
      detail: expect.stringContaining('mapping/suggest'),
    });
    world.bodies['discovery/connect'] = () => Promise.resolve({ output: {} });
  });

  test('refuses those who hold no role in the department', async () => {
    const stranger = await world.person('stranger');
    expect((await get(path, stranger.token)).status).toBe(403);
  });
});

describe('slipway suggest', () => {
  test('shows what is worth a look and what has no match, with scores and reasons', async () => {
    const { code, stdout, stderr } = await cli('suggest', ref);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /hr\.person\.surname\s+last_name\s+0\.93\s+mapped from ni_no\s+both say “family name”/,
    );
    expect(stdout).toMatch(/hr\.person\.birth_date\s+dob\s+0\.90/);
    expect(stdout).toMatch(/hr\.person\.legacy_payroll_id\s+no match\s+mandatory/);
    expect(stdout).toMatch(/Farm & Gardens\s+9\s+no match/);
    expect(stdout).not.toContain('person_number');
    expect(stdout).toContain('1 of the mapped columns are as suggested.');
  });

  test('shows one dataset whole, and says when there is no such dataset', async () => {
    const { stdout } = await cli('suggest', ref, 'people');
    expect(stdout).toMatch(/hr\.person\.person_number\s+staff_no\s+0\.74\s+confirmed/);
    expect(stdout).not.toContain('hr.salary');
    expect(await cli('suggest', ref, 'nothing')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has no dataset nothing'),
    });
  });

  test('prints one object for scripts', async () => {
    const { stdout } = await cli('suggest', ref, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ onboarding: ref, threshold: 0.45 });
  });

  test('prints what a manifest could take over, and only what it does not have', async () => {
    const { stdout } = await cli('suggest', ref, '--yaml');
    expect(stdout).toMatch(/^# Suggested\. Nothing here is decided/);
    expect(stdout).toContain('birth_date: dob # 90 %');
    expect(parse(stdout)).toEqual({
      codeLists: { grades: { values: { 'Grade 7': 'G7' } } },
      datasets: [
        { id: 'people', fields: { birth_date: 'dob' } },
        {
          id: 'salary',
          target: 'hr.salary',
          source: 'papers',
          from: 'pay',
          fields: { amount: 'annual_sal' },
        },
      ],
    });
  });
});
