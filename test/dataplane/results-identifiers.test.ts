import { beforeEach, expect, test } from 'vitest';
import { resultsFingerprint } from '../../dataplane/results/fingerprint.ts';
import { resultsState } from '../../dataplane/results.ts';
import { compareResults } from '../../dataplane/variance.ts';
import type { Variance } from '../../domain/variance.ts';
import { freshDatabase, withClient } from '../support/database.ts';
import { createReadOnlyRole } from '../support/read-only-role.ts';
import { freeWork } from '../support/work.ts';
import { sampleManifest } from '../workflows/sample-manifest.ts';

let legacyUrl: string;
let platformUrl: string;
let stagingUrl: string;
let reader: string;

beforeEach(async () => {
  [legacyUrl, platformUrl, stagingUrl] = await Promise.all([
    freshDatabase('legacy'),
    freshDatabase('platform'),
    freshDatabase('staging'),
  ]);
  await legacy(`create schema pay; create table pay.line (period text, staff text, code text, amount numeric(14,2));
    create table pay.control (period text, people int)`);
  await platform(`create schema payroll; create schema hr;
    create table hr.person (department text, person_number text, legacy_payroll_id text);
    create table payroll.result (department text, period text, person text, element text, amount numeric(14,2))`);
  reader = await createReadOnlyRole(legacyUrl, ['pay']);
});

test('people are matched by their old payroll ids, who is on one side only is named, and nobody by chance', async () => {
  await legacy(`insert into pay.line values ('1', '001', 'NET', 10), ('1', '002', 'NET', 20), ('1', '2', 'NET', 30),
      ('1', 'P3', 'NET', 40);
    insert into pay.control values ('1', 4)`);
  // 001 and 2 are two employments of one person; P3 is nobody's old id, but somebody's new one.
  await platform(`insert into hr.person values ('prisons', 'P1', '001'), ('prisons', 'P1', '2'), ('prisons', 'P2', '002'),
      ('prisons', 'P3', '003'), ('other', 'P9', '001');
    insert into payroll.result values ('prisons', '1', 'P1', 'NET', 40), ('prisons', '1', 'P2', 'NET', 20),
      ('prisons', '1', 'P3', 'NET', 40)`);
  const { comparison, variances, unmatched } = await compare();
  expect(comparison.people).toEqual({ legacy: 3, platform: 3, both: 2, missing: 1, extra: 1 });
  expect(comparison.coverage).toBeLessThan(1);
  expect(unmatched).toEqual([
    { person: 'P3', side: 'platform' },
    { person: 'legacy:P3', side: 'legacy' },
  ]);
  expect(variances.map(({ person, class: kind }) => [person, kind])).toEqual([
    ['P3', 'extra'],
    ['legacy:P3', 'missing'],
  ]);
  expect((await resultsState(request(), freeWork())).legacy).toMatchObject({ complete: true });
});

test('an old id that is several people is refused', async () => {
  await legacy(
    `insert into pay.line values ('1', '001', 'NET', 10); insert into pay.control values ('1', 1)`,
  );
  await platform(`insert into hr.person values ('prisons', 'P1', '001'), ('prisons', 'P2', '001');
    insert into payroll.result values ('prisons', '1', 'P1', 'NET', 10)`);
  await expect(compare()).rejects.toMatchObject({
    code: 'results/unreadable',
    message: '1 legacy ids are several people of the platform each',
  });
});

test('what was compared is known again, and not when lines or identifiers change', async () => {
  await legacy(
    `insert into pay.line values ('1', '001', 'NET', 10); insert into pay.control values ('1', 1)`,
  );
  await platform(`insert into hr.person values ('prisons', 'P1', '001');
    insert into payroll.result values ('prisons', '1', 'P1', 'NET', 10)`);
  const fingerprint = (): Promise<string> => resultsFingerprint(request(), freeWork());
  const before = await fingerprint();
  await legacy(`insert into pay.line values ('2', '001', 'NET', 11)`);
  expect(await fingerprint()).toBe(before);
  await platform(`update hr.person set person_number = 'P2'`);
  const other = await fingerprint();
  expect(other).not.toBe(before);
  await legacy(`update pay.line set amount = 10.01 where period = '1'`);
  expect(await fingerprint()).not.toBe(other);
});

async function compare() {
  const variances: Variance[] = [];
  const unmatched: unknown[] = [];
  const comparison = await compareResults(
    { ...request(), tolerances: { defaultPence: 0, elements: {} } },
    freeWork(),
    {
      variances: async (batch) => {
        variances.push(...batch);
      },
      unmatched: async (batch) => {
        unmatched.push(...batch);
      },
    },
  );
  return { comparison, variances, unmatched };
}

function request() {
  const urls = { sources: { hr: reader }, staging: stagingUrl, target: platformUrl };
  const lines = { period: 'period', amount: 'amount' };
  const manifest = sampleManifest({
    parallelRun: {
      legacy: {
        ...lines,
        source: 'hr',
        from: 'pay.line',
        person: 'staff',
        element: 'code',
        control: { from: 'pay.control', period: 'period', people: 'people' },
      },
      platform: {
        ...lines,
        source: 'platform',
        from: 'payroll.result',
        person: 'person',
        element: 'element',
      },
      identifiers: {
        source: 'platform',
        from: 'hr.person',
        legacy: 'legacy_payroll_id',
        platform: 'person_number',
      },
      periods: ['2027-01', '2027-02'],
    },
  });
  return { manifest, urls, period: '1' };
}

async function legacy(sql: string): Promise<void> {
  await withClient(legacyUrl, (client) => client.query(sql));
}

async function platform(sql: string): Promise<void> {
  await withClient(platformUrl, (client) => client.query(sql));
}
