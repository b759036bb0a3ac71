import { beforeEach, expect, test } from 'vitest';
import { resultsState } from '../../dataplane/results.ts';
import { compareResults } from '../../dataplane/variance.ts';
import type { Manifest } from '../../domain/manifest.ts';
import type { Variance } from '../../domain/variance.ts';
import { freshDatabase, withClient } from '../support/database.ts';
import { createReadOnlyRole } from '../support/read-only-role.ts';
import { freeWork } from '../support/work.ts';

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
  await legacy(`create schema pay;
    create table pay.line (period text, staff text, code text, amount text);
    create table pay.control (period text, people int)`);
  await platform(`create schema payroll;
    create table payroll.result (department text, period text, person_number text, element text, amount numeric(14,2));
    create table payroll.run (department text, period text, people int)`);
  reader = await createReadOnlyRole(legacyUrl, ['pay']);
});

const policy = { defaultPence: 0, elements: { NI: 1 } };

test('a side is complete when its control record agrees with its lines', async () => {
  expect(await state()).toMatchObject({
    complete: false,
    legacy: {
      lines: 0,
      controlPeople: null,
      complete: false,
      why: 'there is no control record of period 1 yet',
    },
  });
  await legacy(`insert into pay.line values ('1', '7', 'B', '10.00'), ('1', '8', 'B', '20.50'), ('2', '9', 'B', '1');
                insert into pay.control values ('1', 3)`);
  expect((await state()).legacy).toEqual({
    people: 2,
    lines: 2,
    totalPence: 3050,
    controlPeople: 3,
    complete: false,
    why: 'the control record says 3 people, the lines hold 2',
  });
  await legacy(`update pay.control set people = 2`);
  expect((await state()).legacy).toMatchObject({
    complete: true,
    why: 'the control record agrees: 2 people',
  });
  await legacy(`insert into pay.control values ('1', 2)`);
  expect((await state()).legacy).toMatchObject({
    complete: false,
    why: 'there are several control records of period 1',
  });
});

test('without a control record lines are enough, and the answer says so', async () => {
  await legacy(`insert into pay.line values ('1', '7', 'B', '10.00')`);
  const found = await resultsState(
    { ...request(), manifest: manifest({ control: false }) },
    freeWork(),
  );
  expect(found.legacy).toMatchObject({
    complete: true,
    why: expect.stringContaining('no control record is declared'),
  });
});

test('only the rows of this department count on the shared platform', async () => {
  await platform(`insert into payroll.result values ('moj', '1', '7', 'BASIC', 1), ('other', '1', '8', 'BASIC', 2);
                  insert into payroll.run values ('moj', '1', 1), ('other', '1', 1)`);
  expect((await state()).platform).toMatchObject({
    people: 1,
    lines: 1,
    totalPence: 100,
    complete: true,
  });
});

test('every pair of person and element is compared and classified', async () => {
  await fill(
    { '7': { B: '100.00', N: '5.00', T: '20.00' }, '8': { B: '50.00' }, '9': { B: '1.00' } },
    {
      '7': { BASIC: '100.00', NI: '5.01', TAX: '22.00' },
      '8': { BASIC: '50.00', NI: '3.00' },
      '10': { BASIC: '2.00' },
    },
  );
  const { comparison, variances, unmatched } = await compare();
  expect(unmatched).toEqual(['10 platform', '9 legacy']);
  expect(comparison).toEqual({
    period: '1',
    people: { legacy: 3, platform: 3, both: 2, missing: 1, extra: 1 },
    lines: { legacy: 5, platform: 6, compared: 7 },
    classes: { equal: 2, rounding: 1, timing: 0, mapping: 0, missing: 1, extra: 2, different: 1 },
    overTolerance: 4,
    coverage: 0.5,
    totals: [
      {
        element: 'BASIC',
        legacyPence: 15100,
        platformPence: 15200,
        legacyLines: 3,
        platformLines: 3,
      },
      { element: 'NI', legacyPence: 500, platformPence: 801, legacyLines: 1, platformLines: 2 },
      { element: 'TAX', legacyPence: 2000, platformPence: 2200, legacyLines: 1, platformLines: 1 },
    ],
    findings: [],
  });
  expect(
    variances.map((each) => [each.person, each.element, each.class, each.differencePence]),
  ).toEqual([
    ['10', 'BASIC', 'extra', 200],
    ['7', 'NI', 'rounding', 1],
    ['7', 'TAX', 'different', 200],
    ['8', 'NI', 'extra', 300],
    ['9', 'BASIC', 'missing', -100],
  ]);
});

test('several lines of one person and element are summed and found', async () => {
  await fill({ '7': { B: '60.00' } }, { '7': { BASIC: '100.00' } });
  await legacy(`insert into pay.line values ('1', '7', 'B', '40.00')`);
  const { comparison } = await compare();
  expect(comparison.classes).toMatchObject({ equal: 1, different: 0 });
  expect(comparison.findings).toMatchObject([
    { code: 'results/repeated', table: 'legacy results', count: 1, examples: ['7|BASIC'] },
  ]);
});

test('results that are not complete are not compared', async () => {
  await fill({ '7': { B: '1.00' } }, { '7': { BASIC: '1.00' } });
  await platform(`update payroll.run set people = 2`);
  await expect(compare()).rejects.toMatchObject({
    code: 'results/incomplete',
    message: 'platform results of period 1: the control record says 2 people, the lines hold 1',
  });
});

test.each([
  [
    'an element that the code list does not have',
    `'7', 'QQ', '1.00'`,
    'legacy results of period 1: code list elements does not have "QQ", which the element of some rows needs',
  ],
  ['an amount that is none', `'7', 'B', 'ten'`, /the amount of some rows cannot be read/],
  ['a fraction of a penny', `'7', 'B', '1.005'`, /the amount of some rows cannot be read/],
  ['no person', `' ', 'B', '1.00'`, 'legacy results of period 1: 1 lines without person'],
  ['no amount', `'7', 'B', null`, 'legacy results of period 1: 1 lines without amount'],
])('a line with %s stops the comparison', async (_what, values, message) => {
  await fill({ '7': { N: '1.00' } }, { '7': { BASIC: '1.00' } });
  await legacy(`insert into pay.line values ('1', ${values})`);
  const failing = compare();
  await expect(failing).rejects.toMatchObject({ code: 'results/unreadable' });
  await expect(failing).rejects.toThrow(message);
});

test('a description that does not fit names what is wrong', async () => {
  const wrong = manifest({ control: true });
  Object.assign((wrong.parallelRun as { legacy: object }).legacy, {
    person: 'staf',
    amount: { trim: 'amount' },
  });
  await expect(resultsState({ ...request(), manifest: wrong }, freeWork())).rejects.toMatchObject({
    code: 'mapping/invalid',
    message: expect.stringMatching(
      /parallelRun\.legacy\.person: there is no source column "staf".*parallelRun\.legacy\.amount: expected a number, found a text/,
    ),
  });
});

test('a period without any line on either side compares nobody', async () => {
  const bare = { ...request(), manifest: manifest({ control: false }), tolerances: policy };
  await expect(
    compareResults(bare, freeWork(), { variances: async () => undefined }),
  ).rejects.toMatchObject({
    code: 'results/incomplete',
  });
});

test('many variances come in batches, in order, and nothing of the pay stays in staging', async () => {
  await legacy(`insert into pay.line select '1', lpad(n::text, 6, '0'), 'B', '1.00' from generate_series(1, 12000) n;
                insert into pay.control values ('1', 12000)`);
  await platform(`insert into payroll.result select 'moj', '1', lpad(n::text, 6, '0'), 'BASIC', 2 from generate_series(1, 12000) n;
                  insert into payroll.run values ('moj', '1', 12000)`);
  const { comparison, variances, batches } = await compare();
  // The last person of a batch waits for the next one: a person is judged as a whole.
  expect(batches).toEqual([4999, 5000, 2000, 1]);
  expect(variances.map((each) => each.person)).toEqual(
    variances.map((each) => each.person).toSorted(),
  );
  expect(comparison).toMatchObject({
    coverage: 1,
    classes: { different: 12000 },
    overTolerance: 12000,
  });
  const { rows } = await withClient(stagingUrl, (client) =>
    client.query(
      "select relname from pg_class where relnamespace = 'public'::regnamespace or relname like 'slipway%'",
    ),
  );
  expect(rows).toEqual([]);
});

test('stopping the comparison ends it with the reason', async () => {
  await fill({ '7': { B: '1.00' } }, { '7': { BASIC: '2.00' } });
  const stop = new AbortController();
  const reason = new Error('stopped');
  const running = compareResults({ ...request(), tolerances: policy }, freeWork(stop.signal), {
    variances: async () => {
      stop.abort(reason);
      await new Promise((resolve) => setImmediate(resolve));
    },
  });
  await expect(running).rejects.toBe(reason);
});

type Lines = Record<string, Record<string, string>>;

async function fill(ours: Lines, theirs: Lines): Promise<void> {
  const rows = (lines: Lines): string =>
    Object.entries(lines)
      .flatMap(([person, pay]) =>
        Object.entries(pay).map(([code, amount]) => `('1', '${person}', '${code}', '${amount}')`),
      )
      .join(', ');
  await legacy(`insert into pay.line values ${rows(ours)};
                insert into pay.control select period, count(distinct staff) from pay.line group by period`);
  await platform(`insert into payroll.result select 'moj', v.* from (values ${rows(theirs).replaceAll(/'(\d+\.\d+)'/g, '$1')}) v;
                  insert into payroll.run select 'moj', period, count(distinct person_number) from payroll.result group by period`);
}

async function compare() {
  const variances: Variance[] = [];
  const batches: number[] = [];
  const unmatched: string[] = [];
  const comparison = await compareResults({ ...request(), tolerances: policy }, freeWork(), {
    variances: async (batch) => {
      batches.push(batch.length);
      variances.push(...batch);
    },
    unmatched: async (batch) => {
      unmatched.push(...batch.map(({ person, side }) => `${person} ${side}`));
    },
  });
  return { comparison, variances, batches, unmatched };
}

function state() {
  return resultsState(request(), freeWork());
}

function request() {
  const urls = { sources: { hr: reader }, staging: stagingUrl, target: platformUrl };
  return { manifest: manifest({ control: true }), urls, period: '1' };
}

function manifest({ control }: { control: boolean }): Manifest {
  const legacySide = {
    source: 'hr',
    from: 'pay.line',
    period: 'period',
    person: { trim: 'staff' },
    element: { lookup: { of: 'code', list: 'elements' } },
    amount: { money: 'amount' },
    ...(control ? { control: { from: 'pay.control', period: 'period', people: 'people' } } : {}),
  };
  const platformSide = {
    source: 'platform',
    from: 'payroll.result',
    period: 'period',
    person: 'person_number',
    element: 'element',
    amount: 'amount',
    ...(control ? { control: { from: 'payroll.run', period: 'period', people: 'people' } } : {}),
  };
  return {
    department: { id: 'moj' },
    sources: { hr: { kind: 'postgres' } },
    codeLists: { elements: { values: { B: 'BASIC', N: 'NI', T: 'TAX' } } },
    parallelRun: { legacy: legacySide, platform: platformSide, periods: ['1'] },
  } as unknown as Manifest;
}

async function legacy(sql: string): Promise<void> {
  await withClient(legacyUrl, (client) => client.query(sql));
}

async function platform(sql: string): Promise<void> {
  await withClient(platformUrl, (client) => client.query(sql));
}
