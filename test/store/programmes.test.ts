import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actuals, Savings } from '../../domain/controls/c16-baseline.ts';
import { claimSavings, confirmSavings, listSavings } from '../../store/after-cutover.ts';
import { openDatabase } from '../../store/database.ts';
import type { Database } from '../../store/database.ts';
import { savePerson } from '../../store/identities.ts';
import { migrate } from '../../store/migrate.ts';
import {
  listMeasurements,
  listPlans,
  recordMeasurement,
  registerPlan,
} from '../../store/programmes.ts';
import { planWith } from '../domain/controls/programme-facts.ts';
import { freshDatabase } from '../support/database.ts';

const ONBOARDING = 'onboarding/shared/courts';
const said = (by: string) => ({ by, reason: 'as agreed' });
let database: Database;

beforeAll(async () => {
  const url = await freshDatabase('programmes');
  const folder = fileURLToPath(new URL('../../store/migrations', import.meta.url));
  await migrate({ url, folder, name: 'store' });
  database = openDatabase(url);
  for (const id of ['lead', 'fay', 'ann']) await savePerson(database, { id, name: id }, []);
  await database.query(`insert into manifest values ('m', 'shared', 'courts', '', '{}', '/')`);
  await database.query(
    `insert into onboarding (id, programme, department, manifest, status, stage, planned_steps, history, version, chain_length, chain_hash)
     values ($1, 'shared', 'courts', 'm', 'closed', 'cutover', 1, '[]', 1, 1, '')`,
    [ONBOARDING],
  );
});
afterAll(() => database.end());

const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error as { code: string }).code,
  );

test('days are claimed once, and whoever claims them does not confirm them', async () => {
  const claim = (from: string, to: string) => {
    const actuals: Actuals = { from, to, serviceCost: 90_000, kpis: {} };
    const savings: Savings = { annual: 1, baselineCost: 2, actualAnnualCost: 1, kpis: {} };
    const attached = 'month,pounds';
    return claimSavings(database, ONBOARDING, { actuals, savings, attached }, said('lead'));
  };
  expect(await claim('2027-01-01', '2027-06-30')).toMatchObject({ number: 1, confirmedBy: null });
  expect(await claim('2027-01-01', '2027-06-30')).toMatchObject({ number: 1 });
  expect(await code(claim('2027-06-30', '2027-12-31'))).toBe('savings/overlap');
  expect(await claim('2027-07-01', '2027-12-31')).toMatchObject({ number: 2 });
  expect(await code(confirmSavings(database, ONBOARDING, 1, said('lead')))).toBe(
    'approval/four-eyes',
  );
  await confirmSavings(database, ONBOARDING, 1, said('fay'));
  await confirmSavings(database, ONBOARDING, 1, said('fay'));
  expect(await code(confirmSavings(database, ONBOARDING, 9, said('fay')))).toBe(
    'request/not-found',
  );
  const all = await listSavings(database, ONBOARDING);
  expect(all.map(({ number, confirmedBy }) => [number, confirmedBy])).toEqual([
    [1, 'fay'],
    [2, null],
  ]);
});

test('a plan and a measurement that are changed in the database are not believed', async () => {
  await registerPlan(database, planWith(), '', said('lead'));
  expect(await listPlans(database, 'shared')).toHaveLength(1);
  const alter = (table: string, path: string) =>
    database.query(`update ${table} set content = jsonb_set(content, $1, '99')`, [path]);
  await alter('programme_plan', '{limits,periodDepartments}');
  expect(await code(listPlans(database, 'shared'))).toBe('programme/altered');
  const measured = { people: 10, advisers: 2, opened: 4, closed: 4, openBefore: 1, backlog: 1 };
  for (const period of ['2027-01', '2027-02'])
    await recordMeasurement(
      database,
      'shared',
      { period, ...measured },
      said('ann'),
      () => undefined,
    );
  expect(await listMeasurements(database, 'shared')).toHaveLength(2);
  await alter('provider_measurement', '{closed}');
  expect(await code(listMeasurements(database, 'shared'))).toBe('programme/altered');
});
