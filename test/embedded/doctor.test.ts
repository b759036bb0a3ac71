import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Finding } from '../../embedded/doctor.ts';
import {
  type Answer,
  parsed,
  slipway,
  startSupervisor,
  temporaryHome,
} from './support/slipway-process.ts';

// A home starts in 3 seconds; on a busy machine, with several beside each other, in many more.
vi.setConfig({ testTimeout: 120_000 });

interface Report {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

test('doctor finds everything needed here and says so in JSON and in words', async () => {
  const home = temporaryHome();
  const answer = await slipway(['doctor', '--json', '--home', home]);
  expect(answer.code).toBe(0);
  const { ok, findings } = reportOf(answer);
  expect(ok).toBe(true);
  expect(findings.map(({ name }) => name)).toEqual([
    'node',
    'dependencies',
    'postgres',
    'temporal',
    'go',
    'chromium',
    'disk',
    'ports',
    'home',
  ]);
  expect(found(findings, 'postgres')).toMatch(/^postgres \(PostgreSQL\) 18/);
  expect(found(findings, 'home')).toBe(`${home}: not made yet`);

  const words = await slipway(['doctor', '--home', home]);
  expect(words.stdout).toContain(`ok       node          ${process.versions.node}\n`);
});

test('doctor names what is missing and how to get it, and ends with 1', async () => {
  const home = temporaryHome();
  const answer = await slipway(['doctor', '--home', home], { SLIPWAY_TEMPORAL_CLI: '/nowhere' });
  expect(answer.code).toBe(1);
  expect(answer.stdout).toMatch(
    /MISSING {2}temporal {6}SLIPWAY_TEMPORAL_CLI is \/nowhere.*\n +-> Ways to get one:/,
  );
});

test('doctor says of a home that it runs, what was left over, and that it is damaged', async () => {
  const home = temporaryHome();
  const { child, answer, services } = await startSupervisor(home);
  expect(await homeFinding(home)).toBe(
    `${home}: running as process ${services.pids['supervisor']}, ${services.apiUrl}`,
  );
  child.kill('SIGKILL');
  await answer;
  expect(await homeFinding(home)).toMatch(
    /: not running; left over: .*postgres \d+ \(the next start/,
  );

  const damaged = join(dirname(home), 'damaged');
  mkdirSync(damaged);
  writeFileSync(join(damaged, 'home.json'), '{"format":9}');
  expect(await homeFinding(damaged)).toContain('has format 9');
});

function reportOf(answer: Answer): Report {
  return parsed(answer) as unknown as Report;
}

async function homeFinding(home: string): Promise<string | undefined> {
  return found(reportOf(await slipway(['doctor', '--json', '--home', home])).findings, 'home');
}

function found(findings: readonly Finding[], name: string): string | undefined {
  return findings.find((finding) => finding.name === name)?.found;
}
