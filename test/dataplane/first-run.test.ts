import { beforeAll, describe, expect, it } from 'vitest';
import { readBankTables } from '../../dataplane/bank/bank-tables.ts';
import { readFirstRun } from '../../dataplane/first-run.ts';
import { compileMapping } from '../../dataplane/mapping/compile-mapping.ts';
import { prepareTarget } from '../../dataplane/prepare.ts';
import { controlTotals } from '../../dataplane/totals.ts';
import { judgeFirstRun } from '../../domain/controls/c14-first-live-run.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { freeWork } from '../support/work.ts';
import { loadManifest } from './support/load.ts';
import { makeScene, manifestWith, type Scene } from './support/scene.ts';

const LEGACY = `
  create table person (id text primary key, surname text, sort text, account text, region text);
  insert into person select 'P' || i, 'Surname ' || i, '089999', '66374958', 'R' || i % 2 from generate_series(1, 12) i;
  create table tax (id text primary key, code text, taxable_p integer, tax_p integer, ni_p integer);
  insert into tax select id, '1257L', 600000, 70020, 31000 from person;
  create table fps (payroll_id text, tax_code text, taxable numeric, tax numeric, ni numeric);
  insert into fps select id, '1257L', 6000, 700.2, 310 from person;
`;
const FROM = { source: 'legacy', key: ['id'] };
const text = (value: string) => ({ value });
const results = { from: 'payroll.result', period: 'period', person: 'person_number' };
const amounts = { element: 'element', amount: 'amount' };
const PAY = {
  parallelRun: {
    legacy: { ...results, ...amounts, source: 'legacy' },
    platform: { ...results, ...amounts, source: 'platform' },
    periods: ['2026-09', '2026-10'],
  },
  payCalendar: {
    periods: ['2026-09', '2026-10'].map((id) => ({
      id,
      start: `${id}-01`,
      end: `${id}-30`,
      cutOff: `${id}-10`,
      payDay: `${id}-28`,
    })),
  },
};

function department(payrollId: unknown, cutover: object = {}): Manifest {
  const since = { date: { of: { value: '2010-01-01' }, format: 'YYYY-MM-DD' } };
  const manifest = manifestWith({
    ...PAY,
    datasets: [
      {
        ...FROM,
        id: 'people',
        from: 'public.person',
        target: 'hr.person',
        fields: {
          person_number: { concat: [text('N'), 'id'] },
          legacy_payroll_id: payrollId,
          surname: 'surname',
          forename: text('X'),
          birth_date: { date: { of: text('1980-01-01'), format: 'YYYY-MM-DD' } },
          hired_on: since,
        },
      },
      {
        ...FROM,
        id: 'bank-accounts',
        from: 'public.person',
        target: 'payroll.bank_account',
        fields: {
          person_number: { concat: [text('N'), 'id'] },
          valid_from: since,
          sort_code: 'sort',
          account_number: 'account',
          account_name: 'surname',
        },
      },
      {
        ...FROM,
        id: 'tax',
        from: 'public.tax',
        target: 'payroll.tax',
        fields: {
          person_number: { concat: [text('N'), 'id'] },
          tax_year: { integer: text('2026') },
          tax_code: 'code',
          basis: text('cumulative'),
          ni_category: text('A'),
          taxable_ytd: { fromPence: 'taxable_p' },
          tax_ytd: { fromPence: 'tax_p' },
          ni_ytd: { fromPence: 'ni_p' },
        },
        totals: ['taxable_ytd', 'tax_ytd', 'ni_ytd'],
        totalsBy: ['tax_code'],
      },
    ],
  });
  return { ...manifest, cutover: { ...manifest.cutover, ...cutover } };
}

async function loaded(manifest: Manifest): Promise<Scene> {
  const scene = await makeScene(LEGACY);
  await prepareTarget({ manifest, urls: scene.urls, loadId: 'load-1' }, freeWork());
  await loadManifest(manifest, scene.urls, 'load-1');
  return scene;
}

async function failing(manifest: Manifest, { urls }: Scene): Promise<Record<string, number>> {
  const mapping = await compileMapping({ manifest, urls }, freeWork());
  const tables = await readBankTables();
  const request = { manifest, mapping, urls, loadId: 'load-1', tables };
  const { facts } = await readFirstRun(request, freeWork());
  expect(facts.people).toHaveLength(12);
  return Object.fromEntries(
    judgeFirstRun(facts).flatMap(({ id, failed }) => (failed > 0 ? [[id, failed]] : [])),
  );
}

const FPS = {
  lastSubmission: {
    source: 'legacy',
    from: 'public.fps',
    person: 'payroll_id',
    taxCode: 'tax_code',
    basis: text('cumulative'),
    niCategory: text('A'),
    taxable: 'taxable',
    tax: 'tax',
    ni: 'ni',
  },
};

describe('the pre-flight of the first live pay run', () => {
  const manifest = department('id');
  let scene: Scene;
  beforeAll(async () => {
    scene = await loaded(manifest);
  });

  it('passes when old payroll ids, tax and bank details are those of the legacy payroll', async () => {
    expect(await failing(manifest, scene)).toEqual({});
    expect(await failing(department('id', FPS), scene)).toEqual({});
  });

  it('finds what changed on the platform, and what was submitted otherwise than the rows say', async () => {
    await scene.sql(
      'platform',
      `update payroll.tax set tax_ytd = 700.21 where person_number = 'NP1'`,
    );
    await scene.sql(
      'platform',
      `update payroll.bank_account set account_number = '66374959' where person_number = 'NP2'`,
    );
    await scene.sql('legacy', `update fps set tax_code = 'BR' where payroll_id = 'P3'`);
    expect(await failing(manifest, scene)).toEqual({ 'year-to-date': 1, 'bank-details': 1 });
    expect(await failing(department('id', FPS), scene)).toEqual({
      'tax-basis': 1,
      'year-to-date': 1,
      'bank-details': 1,
    });
    const mapping = await compileMapping({ manifest, urls: scene.urls }, freeWork());
    const totals = await controlTotals(
      { mapping, urls: scene.urls, loadId: 'load-1', department: 'moj' },
      freeWork(),
    );
    expect(totals.lines.filter(({ equal }) => !equal)).toEqual([
      {
        table: 'payroll.tax',
        column: 'tax_ytd',
        source: '8402.40',
        target: '8402.41',
        ledger: '8402.40',
        equal: false,
      },
    ]);
    expect(totals.groups).toMatchObject([
      { by: ['tax_code'], compared: 1, differing: [{ group: ['1257L'] }] },
    ]);
  });
});

it('a mapping that changes the payroll id is refused for everybody, although both sides hold the same', async () => {
  const changed = department({ concat: [text('N'), 'id'] });
  const scene = await loaded(changed);
  expect(await failing(changed, scene)).toEqual({ 'payroll-ids': 12, 'submitted-people': 12 });
  const mapping = await compileMapping({ manifest: changed, urls: scene.urls }, freeWork());
  const totals = await controlTotals(
    { mapping, urls: scene.urls, loadId: 'load-1', department: 'moj' },
    freeWork(),
  );
  expect(totals).toMatchObject({ differing: 0 });
});
