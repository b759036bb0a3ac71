import { beforeAll, describe, expect, it } from 'vitest';
import { compileMapping } from '../../dataplane/mapping/compile-mapping.ts';
import { prepareTarget } from '../../dataplane/prepare.ts';
import { runSmokeChecks, type SmokeCheck } from '../../dataplane/smoke.ts';
import { switchBack, switchToPlatform } from '../../dataplane/switch.ts';
import { freeWork } from '../support/work.ts';
import { loadManifest } from './support/load.ts';
import { makeScene, manifestWith, type Scene } from './support/scene.ts';

const LEGACY = `
  create table unit (code text primary key, name text);
  insert into unit values ('HQ', 'Headquarters');
  create table person (id text primary key, surname text, pay numeric(10,2), account text);
  insert into person select 'P' || i, 'Surname ' || i, 1000 + i, lpad(i::text, 8, '0') from generate_series(1, 5) i;
`;
const FROM = { source: 'legacy', from: 'public.person', key: ['id'] };
const since = { date: { of: { value: '2010-01-01' }, format: 'YYYY-MM-DD' } };

const manifest = manifestWith({
  datasets: [
    {
      ...FROM,
      id: 'units',
      from: 'public.unit',
      key: ['code'],
      target: 'hr.unit',
      fields: { unit_code: 'code', name: 'name' },
    },
    {
      ...FROM,
      id: 'people',
      target: 'hr.person',
      fields: {
        person_number: 'id',
        legacy_payroll_id: 'id',
        surname: 'surname',
        forename: { value: 'X' },
        birth_date: { date: { of: { value: '1980-01-01' }, format: 'YYYY-MM-DD' } },
        hired_on: since,
      },
    },
    {
      ...FROM,
      id: 'assignments',
      target: 'hr.assignment',
      fields: {
        person_number: 'id',
        effective_from: since,
        unit_code: { value: 'HQ' },
        job_title: { value: 'Officer' },
      },
    },
    {
      ...FROM,
      id: 'salaries',
      target: 'hr.salary',
      fields: { person_number: 'id', effective_from: since, amount: 'pay' },
      totals: ['amount'],
    },
    {
      ...FROM,
      id: 'bank-accounts',
      target: 'payroll.bank_account',
      fields: {
        person_number: 'id',
        valid_from: since,
        sort_code: { value: '000000' },
        account_number: 'account',
        account_name: 'surname',
      },
    },
  ],
  parallelRun: {
    legacy: {
      source: 'legacy',
      from: 'public.person',
      period: 'id',
      person: 'id',
      element: 'id',
      amount: 'pay',
    },
    platform: {
      source: 'platform',
      from: 'payroll.result',
      period: 'period',
      person: 'person_number',
      element: 'element',
      amount: 'amount',
    },
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
});

const smoke = async (scene: Scene): Promise<SmokeCheck[]> => {
  const mapping = await compileMapping({ manifest, urls: scene.urls }, freeWork());
  return runSmokeChecks(
    { mapping, urls: scene.urls, department: 'moj', loadId: 'load-1' },
    freeWork(),
  );
};
const failed = async (scene: Scene) =>
  (await smoke(scene)).filter(({ ok }) => !ok).map(({ check, detail }) => `${check}: ${detail}`);

describe('the switch', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await makeScene(LEGACY);
    await prepareTarget({ manifest, urls: scene.urls, loadId: 'load-1' }, freeWork());
    await loadManifest(manifest, scene.urls, 'load-1');
  });
  const request = () => ({ urls: scene.urls, department: 'moj' });

  it('is missed by the smoke checks until it is thrown', async () => {
    expect(await failed(scene)).toEqual([
      'the platform serves the department: the department is loading',
    ]);
  });

  it('makes the platform serve the department, once', async () => {
    const first = await switchToPlatform(request(), freeWork());
    expect(first).toMatchObject({
      status: 'live',
      changed: true,
      liveFrom: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(await switchToPlatform(request(), freeWork())).toEqual({ ...first, changed: false });
  });

  it('passes the smoke checks, each with what was found', async () => {
    const checks = await smoke(scene);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(checks.map(({ check }) => check)).toEqual([
      'the platform serves the department',
      'hr.unit has the rows that were loaded',
      'hr.person has the rows that were loaded',
      'hr.assignment has the rows that were loaded',
      'hr.salary has the rows that were loaded',
      'hr.salary.amount adds up to its control total',
      'payroll.bank_account has the rows that were loaded',
      'every current assignment has its person',
      'every current assignment has its unit',
      'everybody who is paid has a bank account',
    ]);
    expect(checks[5]?.detail).toBe('5015.00, loaded 5015.00');
  });

  it('is taken back, and does nothing where there is nothing to take back', async () => {
    expect(await switchBack(request(), freeWork())).toMatchObject({
      status: 'withdrawn',
      changed: true,
    });
    expect(await switchBack(request(), freeWork())).toMatchObject({
      status: 'withdrawn',
      changed: false,
    });
    expect(await switchToPlatform(request(), freeWork())).toMatchObject({
      status: 'live',
      changed: true,
    });
  });

  it('is refused for a department the platform does not know', async () => {
    const unknown = { urls: scene.urls, department: 'nobody' };
    await expect(switchToPlatform(unknown, freeWork())).rejects.toMatchObject({
      code: 'target/drift',
    });
  });
});

it('smoke checks find what is wrong on the platform', async () => {
  const scene = await makeScene(LEGACY);
  await prepareTarget({ manifest, urls: scene.urls, loadId: 'load-1' }, freeWork());
  await loadManifest(manifest, scene.urls, 'load-1');
  await switchToPlatform({ urls: scene.urls, department: 'moj' }, freeWork());
  await scene.sql(
    'platform',
    `update hr.salary set amount = amount + 1 where person_number = 'P1';
     update hr.assignment set unit_code = null where person_number = 'P2';
     delete from payroll.bank_account where person_number = 'P3'`,
  );
  expect(await failed(scene)).toEqual([
    'hr.salary.amount adds up to its control total: 5016.00, loaded 5015.00',
    'payroll.bank_account has the rows that were loaded: 4 rows, 5 loaded',
    'every current assignment has its unit: 1 without',
    'everybody who is paid has a bank account: 1 without',
  ]);
});
