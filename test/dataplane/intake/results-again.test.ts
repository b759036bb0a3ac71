import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StepRunner } from '../../support/step-runner.ts';
import { makeScene, manifestWith } from '../support/scene.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-results-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const results = (from: string) => ({
  source: 'exports',
  from,
  period: 'Period',
  person: 'No',
  element: 'Element',
  amount: { money: 'Pay' },
});

const period = (id: string) => ({
  id,
  start: '2026-04-01',
  end: '2026-04-30',
  cutOff: '2026-04-12',
  payDay: '2026-04-28',
});

test('pay results that come as files are seen when they have come', async () => {
  const scene = await makeScene('');
  const manifest = manifestWith({
    sources: {
      exports: {
        kind: 'files',
        files: { legacy: { paths: ['legacy.csv'] }, platform: { paths: ['platform.csv'] } },
      },
    },
    payCalendar: { periods: [period('p1'), period('p2')] },
    policy: { cleanPeriods: 1 },
    parallelRun: {
      legacy: results('legacy'),
      platform: results('platform'),
      periods: ['p1', 'p2'],
    },
    datasets: [
      {
        id: 'people',
        target: 'hr.unit',
        source: 'exports',
        from: 'legacy',
        fields: { unit_code: 'No', name: 'No' },
      },
    ],
  });
  const deliver = (name: string, periods: readonly string[]): void => {
    const lines = periods.map((each) => `${each},1,BASIC,100.00`);
    writeFileSync(join(folder, `${name}.csv`), `Period,No,Element,Pay\n${lines.join('\n')}\n`);
  };
  deliver('legacy', ['p1']);
  deliver('platform', ['p1']);
  const runner = new StepRunner({ manifest, folder, urls: scene.urls });
  await runner.runAll('discovery/intake');
  await runner.run('parallel-run/await/p1');
  await expect(runner.run('parallel-run/await/p2')).rejects.toMatchObject({
    code: 'results/incomplete',
  });
  deliver('legacy', ['p1', 'p2']);
  await expect(runner.run('parallel-run/await/p2')).rejects.toMatchObject({
    code: 'results/incomplete',
    message: expect.stringMatching(/^platform: .*; late since the pay day, 2026-04-28$/),
  });
  deliver('platform', ['p1', 'p2']);
  const { output } = await runner.run('parallel-run/await/p2');
  expect(output).toMatchObject({ legacyPeople: 1, platformPeople: 1 });
});
