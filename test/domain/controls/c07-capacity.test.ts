import { describe, expect, it } from 'vitest';
import {
  capacityProblems,
  loadWith,
  measurementProblem,
  releaseProblem,
} from '../../../domain/controls/c07-capacity.ts';
import { factsWith, known, LIVE, NOW } from './programme-facts.ts';

/** What the provider carried in April, when only the pilot was live. */
const april = {
  period: '2027-04',
  people: 1000,
  advisers: 20,
  openBefore: 20,
  opened: 50,
  closed: 60,
  backlog: 10,
  at: '2027-05-01T12:00:00Z',
};
/** A busy month that shows what twenty advisers can close. */
const MARCH = { ...april, period: '2027-03', openBefore: 1970, closed: 2000, backlog: 20 };
const departments = [known('youth', LIVE), known('courts'), known('prisons')];

function problemsOf(measurements: (typeof april)[], change = {}): string[] {
  const facts = factsWith({ departments, measurements, ...change });
  return capacityProblems(facts, known('courts')).map(({ detail }) => detail);
}

describe('C7: capacity', () => {
  it('refuses what Phoenix did: advisers were let go before pay was stable', () => {
    expect(problemsOf([MARCH, { ...april, advisers: 5 }])).toEqual([
      'the provider can close 500 cases a month; 1900 are to be expected with 37000 people more, and 10 are open',
    ]);
  });

  it('refuses as long as nobody has measured, and when the measured month is too long ago', () => {
    expect(problemsOf([])).toEqual(['nobody has measured what the provider can carry']);
    expect(problemsOf([MARCH, april], { now: '2027-06-15T00:00:00Z' })).toEqual([
      'the provider was measured last in 2027-04, which ended 45 days ago; it counts for 45',
    ]);
    expect(problemsOf([{ ...april, people: 0 }])[0]).toContain('nobody served');
  });

  it('admits a wave that the provider can carry beside its backlog, and the pilot', () => {
    expect(problemsOf([MARCH, april])).toEqual([]);
    expect(capacityProblems(factsWith(), known('youth'))).toEqual([]);
  });

  it('counts the best rate of three months with the advisers of the last one', () => {
    expect(loadWith([MARCH, april], 1000)).toEqual({ canClose: 2000, forecast: 100, backlog: 10 });
    expect(loadWith([], 1)).toBeUndefined();
  });
});

describe('C7 cannot be got around', () => {
  it('by measuring a month again, early, or leaving one out, nor by figures that do not add up', () => {
    const later = '2028-06-01T00:00:00Z';
    const may = {
      ...april,
      period: '2027-05',
      openBefore: 10,
      opened: 100,
      closed: 20,
      backlog: 90,
    };
    const problem = (change: Partial<typeof april>, now = later) =>
      measurementProblem({ ...may, ...change }, [april], now);
    expect(problem({})).toBeUndefined();
    expect(problem({ period: '2027-04' })).toBe(
      '2027-04 is measured already; what was measured stands',
    );
    expect(problem({}, '2027-05-31T23:00:00Z')).toBe('2027-05 is not over');
    expect(problem({ period: '2027-06' })).toContain('2027-05 comes after 2027-04');
    expect(problem({ openBefore: 3 })).toBe('10 cases were open when 2027-04 ended, not 3');
    expect(problem({ backlog: 0 })).toBe(
      '10 open before, 100 opened and 20 closed leave 90 open, not 0',
    );
    // Nobody closes more than there is, in the first month either.
    const first = { ...april, closed: 1_000_000 };
    expect(measurementProblem(first, [], later)).toContain('leave -999930 open');
    const december = { ...april, period: '2027-12' };
    const january = { ...may, period: '2028-01' };
    expect(measurementProblem(january, [december], later)).toBeUndefined();
  });

  it('by a month long past that is recorded today', () => {
    const old = { ...april, period: '2026-01', at: NOW };
    expect(problemsOf([old])[0]).toContain('2026-01, which ended');
  });

  it('by moving one department after the other on the same measurement', () => {
    const measurements = [{ ...MARCH, closed: 1500, openBefore: 1470 }, april];
    const [refused] = problemsOf(measurements);
    expect(refused).toContain('37000 people more');
    const oneMoved = [
      known('youth', LIVE),
      known('courts'),
      known('prisons', { switchedAt: '2027-05-10T10:00:00Z' }),
    ];
    expect(problemsOf(measurements, { departments: oneMoved })).toEqual([refused]);
  });

  it('by a manifest that says fewer people than the plan', () => {
    const small = [known('youth', LIVE), known('courts', { headcount: 1 }), known('prisons')];
    const measurements = [{ ...MARCH, closed: 1500 }, april];
    expect(problemsOf(measurements, { departments: small })[0]).toContain('37000 people');
  });

  it('by letting the legacy side go early, whether it was declared or not', () => {
    const held = [{ id: 'payroll' }];
    expect(releaseProblem('payroll', held, false)).toContain('payroll is held until');
    expect(releaseProblem('pay-team', held, false)).toContain('like everything on the legacy side');
    expect(releaseProblem('payroll', held, true)).toBeUndefined();
  });
});
