import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);
/** Somebody's project: an empty folder in which the packed Slipway is installed. */
const project = mkdtempSync(join(tmpdir(), 'slipway-package-'));

beforeAll(async () => {
  await run(process.execPath, [join(ROOT, 'scripts', 'prepare.mjs')]);
  // Without its scripts: prepack would build again, below the tests that run beside this one.
  const [tarball] = JSON.parse(
    await npm(ROOT, ['pack', '--json', '--ignore-scripts', '--pack-destination', project]),
  ) as { filename: string }[];
  writeFileSync(join(project, 'package.json'), '{ "private": true }');
  await npm(project, [
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    `./${tarball?.filename}`,
  ]);
}, 300_000);

afterAll(() => rmSync(project, { recursive: true, force: true }));

test('the package installed into an empty folder knows its version', async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  expect((await slipway(['--version'])).trim()).toBe(version);
}, 60_000);

test('the installed package finds everything it needs', async () => {
  const { ok, findings } = JSON.parse(await slipway(['doctor', '--json'])) as {
    ok: boolean;
    findings: unknown;
  };
  expect(findings).toMatchObject([
    { name: 'node' },
    { name: 'dependencies', ok: true },
    { name: 'postgres', ok: true },
    {},
    {},
    {},
    {},
    {},
    {},
  ]);
  expect(ok).toBe(true);
}, 60_000);

test('the installed package refuses a wrong manifest by line and column', async () => {
  writeFileSync(join(project, 'wrong.yaml'), 'department:\n  nmae: Prisons\n');
  await expect(slipway(['validate', 'wrong.yaml'])).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('wrong.yaml:2:3'),
  });
}, 60_000);

test('the installed package starts everything and stops it', async () => {
  const home = join(project, 'home');
  const up = await slipway(['up', '--detach', '--json', '--home', home]);
  try {
    const { apiUrl } = JSON.parse(up) as { apiUrl: string };
    expect((await fetch(apiUrl)).status).toBeLessThan(500);
  } finally {
    const down = await slipway(['down', '--json', '--home', home]);
    expect(JSON.parse(down)).toMatchObject({ stopped: true });
  }
}, 180_000);

/** Runs the installed command and returns its standard output; rejects with `code` and `stderr`. */
async function slipway(args: readonly string[]): Promise<string> {
  return npm(project, ['exec', '--offline', '--', 'slipway', ...args]);
}

async function npm(folder: string, args: readonly string[]): Promise<string> {
  return (await run('npm', args, { cwd: folder })).stdout;
}
