import { describe, expect, it } from 'vitest';
import { forecastOf, sameBaseline } from '../../../domain/controls/c11-forecast.ts';
import type { ForecastFacts } from '../../../domain/controls/c11-forecast.ts';
import { known, planWith, windowOf } from './programme-facts.ts';

const now = '2026-12-01T00:00:00Z';

/** No calendar: as early as it can be. */
const legal: ForecastFacts['legal'] = (_, window, earliest) => ({
  from: new Date(earliest).toISOString(),
  to: new Date(earliest + Date.parse(window.to) - Date.parse(window.from)).toISOString(),
});

function forecast(change: Partial<ForecastFacts> = {}) {
  const plan = planWith();
  return forecastOf({ plan, original: plan, departments: [], causes: {}, now, legal, ...change });
}

describe('C11: baseline and forecast', () => {
  it('shows what a slip of the pilot means for the waves behind it, with its cause', () => {
    const late = forecast({
      departments: [known('youth', { window: windowOf(6) })],
      causes: { youth: 'the pay files came late' },
    });
    expect(late.map(({ department, daysLate, cause }) => [department, daysLate, cause])).toEqual([
      ['youth', 151, 'the pay files came late'],
      ['courts', 93, 'waits for the live pay runs of youth (wave pilot)'],
      ['prisons', 93, 'waits for the live pay runs of youth (wave pilot)'],
    ]);
    expect(late[1]?.forecast.from).toBe('2027-08-14T18:00:00.000Z');
  });

  it('is the plan as long as nothing slips, or nothing that anybody waits for', () => {
    expect(forecast().every(({ daysLate, cause }) => daysLate === 0 && cause === '')).toBe(true);
    const month = forecast({ departments: [known('youth', { window: windowOf(2) })] });
    expect(month.map(({ daysLate }) => daysLate)).toEqual([31, 0, 0]);
    expect(month[0]?.cause).toBe('the manifest has another window than the plan');
  });

  it('goes by what happened where something has', () => {
    const switchedAt = '2027-04-20T08:00:00Z';
    const done = forecast({ departments: [known('youth', { switchedAt })] });
    expect(done[0]).toMatchObject({ actual: switchedAt, daysLate: 97 });
    expect(done[1]).toMatchObject({ daysLate: 38 });
  });

  it('does not let a window pass unnoticed', () => {
    const [missed] = forecast({ now: '2027-02-13T18:00:00Z' });
    expect(missed).toMatchObject({
      forecast: { from: '2027-02-13T18:00:00.000Z' },
      daysLate: 31,
      cause: 'its window has passed without a cutover',
    });
  });

  it('tells the calendar where the departments before it will be', () => {
    const taken: number[] = [];
    forecast({
      departments: [known('youth', { window: windowOf(6) })],
      legal: (id, window, earliest, before) => {
        taken.push(before.length);
        return legal(id, window, earliest, before);
      },
    });
    expect(taken).toEqual([1, 2]);
  });

  it('keeps the first plan beside a later one: a new baseline hides no delay', () => {
    const plan = planWith();
    const later = {
      ...plan,
      waves: plan.waves.map((wave) => ({
        ...wave,
        departments: wave.departments.map((each) => ({ ...each, cutover: windowOf(9) })),
      })),
    };
    expect(sameBaseline(plan, planWith({ waveDepartments: 7 }))).toBe(true);
    expect(sameBaseline(plan, later)).toBe(false);
    const [first] = forecast({ plan: later, original: plan });
    expect(first).toMatchObject({ baseline: windowOf(9), original: windowOf(1), daysLate: 0 });
  });
});
