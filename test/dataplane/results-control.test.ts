import { beforeEach, expect, test } from 'vitest';
import { resultsState } from '../../dataplane/results.ts';
import { compareResults } from '../../dataplane/variance.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { manifestSchema } from '../../domain/manifest.ts';
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
  // Legacy: a row per person, a column per element. Platform: a row per person and element.
  await legacy(`create schema pay;
    create table pay.slip (period text, staff text, grp text, gross text, tax text, net text, bonus text);
    create table pay.control (period text, grp text, people int, gross numeric, net numeric)`);
  await platform(`create schema payroll;
    create table payroll.result (department text, period text, person text, pay_group text, element text, amount numeric(14,2));
    create table payroll.run (department text, period text, pay_group text, people int, gross numeric, net numeric)`);
  reader = await createReadOnlyRole(legacyUrl, ['pay']);
});

/** Three people in two pay groups, the same on both sides. */
async function fill(): Promise<void> {
  await legacy(`insert into pay.slip values ('1', 'a', 'monthly', '100.00', '20.00', '80.00', null),
      ('1', 'b', 'monthly', '200.00', '50.00', '150.00', '5.00'), ('1', 'c', 'weekly', '10.00', '0.00', '10.00', null),
      ('2', 'a', 'monthly', 'later', 'later', 'later', 'later');
    insert into pay.control values ('1', 'monthly', 2, 300, 230), ('1', 'weekly', 1, 10, 10)`);
  await platform(`insert into payroll.result values
      ('prisons', '1', 'a', 'monthly', 'GROSS', 100), ('prisons', '1', 'a', 'monthly', 'PAYE', 20),
      ('prisons', '1', 'a', 'monthly', 'NET', 80), ('prisons', '1', 'b', 'monthly', 'GROSS', 200),
      ('prisons', '1', 'b', 'monthly', 'PAYE', 50), ('prisons', '1', 'b', 'monthly', 'NET', 150),
      ('prisons', '1', 'b', 'monthly', 'BONUS', 4), ('prisons', '1', 'c', 'weekly', 'GROSS', 10),
      ('prisons', '1', 'c', 'weekly', 'PAYE', 0), ('prisons', '1', 'c', 'weekly', 'NET', 10);
    insert into payroll.run values ('prisons', '1', 'monthly', 2, 300, 230), ('prisons', '1', 'weekly', 1, 10, 10)`);
}

test('wide results are compared with long ones, a column without value being no line', async () => {
  await fill();
  const { comparison, variances } = await compare();
  expect(comparison.lines).toEqual({ legacy: 10, platform: 10, compared: 10 });
  expect(comparison.people).toEqual({ legacy: 3, platform: 3, both: 3, missing: 0, extra: 0 });
  expect(
    variances.map(({ person, element, differencePence }) => [person, element, differencePence]),
  ).toEqual([['b', 'BONUS', -100]]);
});

test('a side is complete when people, gross and net of every pay group agree with its control records', async () => {
  await fill();
  const state = await resultsState(request(), freeWork());
  for (const side of [state.legacy, state.platform])
    expect(side).toMatchObject({
      complete: true,
      controlPeople: 3,
      why: 'the control record agrees: 3 people, gross 310.00, net 240.00, 2 pay groups',
    });
  await legacy(`update pay.control set net = 230.01 where grp = 'monthly'`);
  const why = 'the control record of pay group monthly says net 230.01, the lines hold 230.00';
  expect((await resultsState(request(), freeWork())).legacy).toMatchObject({
    complete: false,
    why,
  });
  await expect(compare()).rejects.toMatchObject({
    code: 'results/incomplete',
    message: `legacy results of period 1: ${why}`,
  });
});

test('totals that agree do not hide pay groups that do not', async () => {
  await fill();
  await legacy(`update pay.control set people = 3 - people`);
  expect((await resultsState(request(), freeWork())).legacy).toMatchObject({
    complete: false,
    why: 'the control record of pay group monthly says 1 people, the lines hold 2; the control record of pay group weekly says 2 people, the lines hold 1',
  });
});

test('a pay group without a control record is waited for, and so is one whose lines are not there', async () => {
  await fill();
  await platform(`delete from payroll.run where pay_group = 'weekly'`);
  await legacy(`delete from pay.slip where grp = 'weekly'`);
  const { legacy: old, platform: theirs } = await resultsState(request(), freeWork());
  expect(theirs).toMatchObject({
    complete: false,
    why: 'there is no control record of pay group weekly yet',
  });
  expect(old).toMatchObject({
    complete: false,
    why: expect.stringContaining('pay group weekly says 1 people, the lines hold 0'),
  });
});

test('a record that comes twice is no record', async () => {
  await fill();
  await legacy(`insert into pay.control values ('1', 'weekly', 1, 10, 10)`);
  expect((await resultsState(request(), freeWork())).legacy).toMatchObject({
    complete: false,
    why: 'there are several control records of period 1',
  });
});

test('a column that cannot be read is named', async () => {
  await fill();
  await legacy(`update pay.slip set tax = 'twenty' where staff = 'a'`);
  await expect(compare()).rejects.toMatchObject({
    code: 'results/unreadable',
    message: expect.stringContaining('the amount of PAYE of some rows cannot be read'),
  });
});

test('results are long or wide, and a pay group is known on both sides of the control record', () => {
  const problemsOf = (change: Record<string, unknown>): string[] => {
    const { parallelRun } = sampleManifest();
    const side = 'legacy' in parallelRun ? parallelRun.legacy : {};
    const found = manifestSchema.safeParse({
      ...sampleManifest(),
      parallelRun: { ...parallelRun, legacy: { ...side, ...change } },
    });
    return (found.error?.issues ?? []).map((issue) => issue.path.join('.'));
  };
  expect(problemsOf({})).toEqual([]);
  expect(problemsOf({ columns: { NET: 'net' } })).toEqual(['parallelRun.legacy.columns']);
  expect(problemsOf({ amount: undefined })).toEqual(['parallelRun.legacy.element']);
  expect(problemsOf({ element: undefined, amount: undefined, columns: {} })).toEqual([
    'parallelRun.legacy.columns',
  ]);
  const control = { from: 'pay.control', period: 'period', people: 'people' };
  expect(problemsOf({ control: { ...control, payGroup: 'grp' } })).toEqual([
    'parallelRun.legacy.control.payGroup',
  ]);
  expect(problemsOf({ control, payGroup: 'grp' })).toEqual(['parallelRun.legacy.payGroup']);
});

async function compare() {
  const variances: Variance[] = [];
  const comparison = await compareResults(
    { ...request(), tolerances: { defaultPence: 0, elements: {} } },
    freeWork(),
    {
      variances: async (batch) => {
        variances.push(...batch);
      },
    },
  );
  return { comparison, variances };
}

function request() {
  const urls = { sources: { hr: reader }, staging: stagingUrl, target: platformUrl };
  return { manifest: manifest(), urls, period: '1' };
}

function manifest(): Manifest {
  const parallelRun = {
    legacy: {
      source: 'hr',
      from: 'pay.slip',
      period: 'period',
      person: 'staff',
      columns: {
        GROSS: { money: 'gross' },
        PAYE: { money: 'tax' },
        NET: { money: 'net' },
        BONUS: { money: 'bonus' },
      },
      payGroup: 'grp',
      control: {
        from: 'pay.control',
        period: 'period',
        people: 'people',
        gross: 'gross',
        net: 'net',
        payGroup: 'grp',
      },
    },
    platform: {
      source: 'platform',
      from: 'payroll.result',
      period: 'period',
      person: 'person',
      element: 'element',
      amount: 'amount',
      payGroup: 'pay_group',
      control: {
        from: 'payroll.run',
        period: 'period',
        people: 'people',
        gross: 'gross',
        net: 'net',
        payGroup: 'pay_group',
      },
    },
    periods: ['2027-01', '2027-02'],
  };
  return sampleManifest({ parallelRun });
}

async function legacy(sql: string): Promise<void> {
  await withClient(legacyUrl, (client) => client.query(sql));
}

async function platform(sql: string): Promise<void> {
  await withClient(platformUrl, (client) => client.query(sql));
}
