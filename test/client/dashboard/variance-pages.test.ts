import { afterAll, beforeAll, expect, test } from 'vitest';
import { replaceComparison } from '../../../store/comparisons.ts';
import { settleExplanations } from '../../../store/explanations.ts';
import { onboardingId } from '../../../workflows/messages.ts';
import { startSite } from './support/site.ts';
import type { TestSite } from './support/site.ts';

const columns = 'period: period, person: person, element: element, amount: amount';
const PAY = `payCalendar:
  periods:
    - {id: "2027-01", start: 2027-01-01, end: 2027-01-31, cutOff: 2027-01-10, payDay: 2027-01-26}
    - {id: "2027-02", start: 2027-02-01, end: 2027-02-28, cutOff: 2027-02-10, payDay: 2027-02-26}
parallelRun:
  legacy: {source: files, from: staff, ${columns}}
  platform: {source: platform, from: payroll.result, ${columns}}
  periods: ["2027-01", "2027-02"]`;

let site: TestSite;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

test('periods stand beside each other as chart and table, and groups show who has them until when, without a script', async () => {
  const { place, path } = await site.start((text) =>
    text.replace('parallelRun: {notApplicable: no pay is in scope here}', PAY),
  );
  const { database } = site.world.services;
  const onboarding = onboardingId(place.programme, place.department);
  const [period, signature] = ['2027-01', 'BASIC:different:lower:up-to-10'];
  await replaceComparison(database, onboarding, period, async (writer) => {
    const amounts = { legacyPence: 1000, platformPence: 500, differencePence: -500 };
    const line = { period, person: 'P1', element: 'BASIC', class: 'different', signature };
    await writer.variances([{ ...line, ...amounts, overTolerance: true }]);
    return { fingerprint: 'a', content: { totals: [], classes: { equal: 8, different: 1 } } };
  });
  await settleExplanations(database, onboarding, { period, previous: undefined }, [
    { signature, status: 'in-progress', owner: 'petra', due: '2027-02-10', by: 'petra' },
  ]);
  const visitor = site.visitor();
  await visitor.signInAs('lee');
  const trend = await visitor.get(`${path}/variances`);
  expect(trend.statusCode).toBe(200);
  expect(trend.body).toContain('<svg');
  expect(trend.body).toContain('Equal 8');
  expect(trend.body).toContain(`href="${path}/variances/${period}"`);
  const groups = await visitor.get(`${path}/variances/${period}`);
  expect(groups.body).toContain('In progress');
  expect(groups.body).toContain('2027-02-10');
  expect(groups.body).toContain('Compare the pay periods');
});
