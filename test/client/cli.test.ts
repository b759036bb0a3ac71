import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createApp } from '../../client/api/app.ts';
import { SlipwayError } from '../../domain/errors.ts';
import { createToken } from '../../store/identities.ts';
import { compileCli, makeHome } from './support/run-cli.ts';
import type { Cli } from './support/run-cli.ts';
import { startWorld } from './support/world.ts';
import type { World } from './support/world.ts';

let world: World;
let app: FastifyInstance;
let url: string;
let home: Awaited<ReturnType<typeof makeHome>>;
let program: Cli;

// Every command is a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  [world, program] = await Promise.all([startWorld(), compileCli()]);
  app = await createApp({ services: world.services });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
  home = await makeHome(url, {
    'demo-programme-lead': (await world.person('demo-programme-lead', 'programme-lead')).token,
    'demo-viewer': (await world.person('demo-viewer', 'viewer')).token,
  });
});
afterAll(async () => {
  await app.close();
  await world.close();
  await home.remove();
  await program.remove();
});

const cli = (...args: string[]) => program.run(args, { cwd: home.folder });
const parsed = (text: string) => JSON.parse(text) as Record<string, unknown>;

/** A manifest in a file of the home's folder. */
async function manifestFile(change?: (text: string) => string) {
  const own = world.manifest(change);
  const name = `${own.programme}.yaml`;
  await writeFile(join(home.folder, name), own.text);
  return { ...own, name, ref: `${own.programme}/ministry` };
}

/** An onboarding that waits at the gate of discovery, with a token for its data owner in the home. */
async function started() {
  const own = await manifestFile();
  expect((await cli('start', own.name)).code).toBe(0);
  const { secret } = await createToken(world.services.database, 'dora', 'test');
  await writeFile(join(home.folder, '.slipway', 'secrets', 'dora.token'), secret);
  expect((await cli('watch', own.ref, '--until', 'waiting')).code).toBe(0);
  return own;
}

test('a valid manifest is praised, a broken one is told with line and column, and nothing is started', async () => {
  const good = await manifestFile();
  const bad = 'bad.yaml';
  await writeFile(join(home.folder, bad), good.text.replace('headcount', 'headcont'));
  const both = await cli('validate', good.name, bad);
  expect(both).toMatchObject({
    code: 2,
    stderr:
      'bad.yaml:6:3: department.headcont: unknown key "headcont"; did you mean "headcount"?\n',
  });
  expect(both.stdout).toContain(`${good.name}: valid: ${good.ref}, `);
  const json = await cli('validate', '--json', bad);
  expect(json.stderr).toBe('');
  expect(parsed(json.stdout)).toMatchObject({
    valid: false,
    files: [{ file: bad, problems: [{ line: 6, column: 3, expected: 'headcount' }] }],
  });
  expect(await cli('start', bad)).toMatchObject({ code: 2, stdout: '', stderr: both.stderr });
  expect(await cli('validate', 'nowhere.yaml')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('nowhere.yaml: there is no such file'),
  });
  const schema = await cli('validate', '--schema');
  expect(parsed(schema.stdout)).toMatchObject({ title: 'Slipway manifest' });
});

test('an onboarding is started once, and shown', async () => {
  const { name, ref, programme } = await manifestFile();
  const first = await cli('start', name);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toContain(`${ref} is under way`);
  const again = await cli('start', name, '--json');
  expect(parsed(again.stdout)).toMatchObject({
    onboarding: `onboarding/${ref}`,
    started: false,
  });
  const board = await cli('status');
  expect(board.stdout).toMatch(new RegExp(`${ref}\\s+Ministry\\s+1\\s+discovery\\s+running`));
  const page = await cli('status', `onboarding/${ref}`, '--json');
  expect(parsed(page.stdout)).toMatchObject({ programme, status: 'running' });
  const steps = await cli('steps', ref);
  expect(steps.stdout).toMatch(/discovery\/intake\/files\s+\w+/);
  expect(steps.stdout).not.toContain('\u001b[');
});

test('a department alone is enough where only one programme has it, and otherwise it is asked which', async () => {
  const own = await manifestFile((text) => text.replace('id: ministry', 'id: lonely'));
  await cli('start', own.name);
  expect((await cli('status', 'lonely')).code).toBe(0);
  const both = await Promise.all([manifestFile(), manifestFile()]);
  for (const each of both) await cli('start', each.name);
  const unclear = await cli('status', 'ministry');
  expect(unclear.code).toBe(2);
  expect(unclear.stderr).toContain('say which onboarding: ');
  expect(await cli('status', 'nobody')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('there is no onboarding of nobody'),
  });
});

test('a parked step is shown with its advice and retried with corrected input', async () => {
  const working = world.bodies['discovery/intake'];
  world.bodies['discovery/intake'] = ({ run }) => {
    if (run.input['files'] === undefined)
      throw new SlipwayError('intake/malformed', 'staff.csv, line 214: not UTF-8');
    return Promise.resolve({ output: { rows: 1 } });
  };
  const { name, ref } = await manifestFile();
  await cli('start', name);
  const watched = await cli('watch', ref, '--until', 'parked');
  expect(watched.code).toBe(0);
  expect(watched.stdout).toContain('staff.csv, line 214: not UTF-8 (intake/malformed)');
  expect(watched.stdout).toContain(`slipway retry ${ref} discovery/intake/files --reason`);
  expect((await cli('show', ref, 'discovery/intake/files')).stdout).toMatch(
    /advice:\s+Correct the file or its description/,
  );
  expect(await cli('retry', ref)).toMatchObject({
    code: 2,
    stdout: '',
    stderr: 'slipway: retry needs a reason\n  Say why, with --reason.\n',
  });
  const reason = ['--reason', 'the encoding was wrong'];
  const wrong = await cli('retry', ref, '--input', '{"fiels":{}}', ...reason);
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('fiels') });
  expect(await cli('retry', ref, '--input', '{', ...reason)).toMatchObject({ code: 2 });
  const input = JSON.stringify({ files: { staff: { encoding: 'windows-1252' } } });
  await writeFile(join(home.folder, 'input.json'), input);
  const retried = await cli('retry', ref, '--input', '@input.json', ...reason, '--json');
  expect(parsed(retried.stdout)).toMatchObject({ onboarding: `onboarding/${ref}` });
  expect((await cli('watch', ref, '--until', 'waiting')).code).toBe(0);
  const step = parsed((await cli('show', ref, 'discovery/intake/files', '--json')).stdout);
  expect(step).toMatchObject({ status: 'succeeded', input: JSON.parse(input) as object });
  world.bodies['discovery/intake'] = working;
});

test('a gate is approved by the person asked, on what is shown, and by nobody else', async () => {
  const { ref } = await started();
  const reason = ['--reason', 'looks right'];
  const unasked = await cli('approve', ref, '--as', 'dora', ...reason);
  expect(unasked).toMatchObject({ code: 2, stdout: '' });
  expect(unasked.stderr).toContain('discovery/gate  Decide on discovery');
  expect(unasked.stderr).toContain('nobody can be asked here: say --yes');
  expect(await cli('approve', ref, '--yes', ...reason)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('discovery/gate asks for data-owner'),
  });
  expect(await cli('approve', ref, '--as', 'nobody', '--yes', ...reason)).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('there is no token for nobody'),
  });
  const stale = await cli(
    'approve',
    ref,
    '--as',
    'dora',
    '--evidence',
    '0'.repeat(64),
    '--yes',
    ...reason,
  );
  expect(stale.code).toBe(3);
  const approved = await cli('approve', ref, '--as', 'dora', '--yes', ...reason);
  expect(approved).toMatchObject({ code: 0, stdout: 'discovery/gate is approved\n' });
  expect((await cli('watch', ref, '--until', 'waiting')).stdout).toContain('mapping/confirm');
  expect((await cli('show', ref, 'discovery/gate')).stdout).toMatch(
    /approved:\s+dora as data-owner: looks right/,
  );
});

test('who only looks may do nothing else; a refusal says why', async () => {
  const { ref } = await started();
  const viewer = await cli('pause', ref, '--as', 'demo-viewer', '--reason', 'x');
  expect(viewer).toMatchObject({ code: 5, stdout: '' });
  expect(viewer.stderr).toContain('pause needs the role');
  const json = await cli('resume', ref, '--reason', 'x', '--json');
  expect(json).toMatchObject({ code: 3, stderr: '' });
  expect(parsed(json.stdout)).toEqual({
    error: { code: 'command/not-now', message: 'it is not paused', advice: expect.any(String) },
  });
});

test('an onboarding is paused, resumed, rewound, rescheduled, amended and aborted', async () => {
  const { ref, name, text } = await started();
  const reason = ['--reason', 'a test'];
  expect((await cli('pause', ref, ...reason)).stdout).toBe(`${ref} is paused\n`);
  expect((await cli('status', ref)).stdout).toContain('paused (a test)');
  expect((await cli('resume', ref, ...reason)).code).toBe(0);
  expect((await cli('rewind', ref, 'discovery/assess', ...reason)).code).toBe(0);
  const window = ['--from', '2027-03-01T18:00:00Z', '--to', '2027-03-02T06:00:00Z'];
  expect((await cli('reschedule', ref, ...window, ...reason)).code).toBe(0);
  expect((await cli('watch', ref, '--until', 'waiting')).code).toBe(0);
  await writeFile(join(home.folder, name), text.replace('headcount: 12', 'headcount: 13'));
  const amended = await cli('amend', name, ...reason);
  // What discovery is judged by was frozen when it started: a second person has to agree.
  expect(amended.stdout).toContain('waits for a second, senior person');
  expect(amended.stdout).toContain('changed: department.headcount\n');
  const shown = await cli('status', ref);
  expect(shown.stdout).toContain('discovery: baseline (version 1 to 2)');
  expect((await cli('confirm-amendment', ref, ...reason)).code).toBe(5);
  expect((await cli('withdraw-amendment', ref, ...reason)).stdout).toContain('is withdrawn');
  expect((await cli('abort', ref, ...reason)).code).toBe(2);
  expect((await cli('abort', ref, '--yes', ...reason)).stdout).toBe(`${ref} is aborted\n`);
  const ended = await cli('watch', ref);
  expect(ended.code).toBe(1);
  expect(ended.stdout).toContain('is aborted');
});

test('watching prints a line for whatever happens, and with --json one object at the end', async () => {
  const { ref } = await started();
  let watching: Promise<unknown> = Promise.resolve();
  const begun = new Promise<void>((resolve) => {
    watching = program.run(['watch', ref], { cwd: home.folder, onOutput: () => resolve() });
  });
  await begun;
  const silent = cli('watch', ref, '--json');
  await cli('pause', ref, '--reason', 'to be seen');
  await cli('abort', ref, '--yes', '--reason', 'enough');
  expect(await watching).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('aborted by demo-programme-lead: enough'),
  });
  expect(parsed((await silent).stdout)).toMatchObject({ status: 'aborted' });
});

test('evidence is listed, shown, and checked offline by the hash of a document', async () => {
  const { ref } = await started();
  const list = parsed((await cli('evidence', 'list', ref, '--json')).stdout);
  const hash = (list['evidence'] as { hash: string }[])[0]?.hash ?? '';
  const document = await cli('evidence', 'show', ref, hash, '--json');
  await writeFile(join(home.folder, 'document.json'), document.stdout);
  expect((await cli('evidence', 'verify', 'document.json')).code).toBe(0);
  const changed = { ...parsed(document.stdout), content: { step: 'another' } };
  await writeFile(join(home.folder, 'document.json'), JSON.stringify(changed));
  expect((await cli('evidence', 'verify', 'document.json')).code).toBe(1);
});

test('a token is made, used from elsewhere, and revoked', async () => {
  const made = parsed((await cli('token', 'create', '--label', 'script', '--json')).stdout);
  const env = { SLIPWAY_URL: url, SLIPWAY_TOKEN: String(made['secret']) };
  expect((await program.run(['status', '--json'], { cwd: '/', env })).code).toBe(0);
  expect((await cli('token', 'list')).stdout).toContain('script');
  expect((await cli('token', 'revoke', String(made['id']))).code).toBe(0);
  expect((await program.run(['status'], { cwd: '/', env })).code).toBe(5);
});

test('the tokens of a home are not sent to anybody else', async () => {
  const elsewhere = await cli('status', '--url', 'http://127.0.0.2:9');
  expect(elsewhere).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('a token is needed there'),
  });
});

test('what cannot be reached is told in one line with its exit code', async () => {
  const nothing = await program.run(['status', '--home', 'empty'], { cwd: home.folder });
  expect(nothing).toMatchObject({
    code: 4,
    stderr: expect.stringMatching(/^slipway: nothing runs in empty: start it with `slipway up`/),
  });
  const away = await cli('status', '--url', 'http://127.0.0.1:1', '--token', 'x', '--json');
  expect(away).toMatchObject({ code: 4, stderr: '' });
  expect(parsed(away.stdout)).toMatchObject({ error: { code: 'service/unreachable' } });
});

test('a wrong command line ends with 2 and says what is wrong', async () => {
  expect(await cli('statsu')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Did you mean status?'),
  });
  expect(await cli('start')).toMatchObject({
    code: 2,
    stderr: "error: missing required argument 'file'\n",
  });
  expect((await cli('watch', 'x', '--until', 'never')).code).toBe(2);
  expect((await cli('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await cli('--help')).stdout).toContain('onboarding');
});

test('verbs of the embedded runtime get their options and pass their exit code on', async () => {
  const help = await cli('doctor', '--help');
  expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: slipway doctor') });
  expect((await cli('--home', 'elsewhere', 'down', '--nonsense')).code).toBe(2);
});
