import { describe, expect, it } from 'vitest';
import {
  capacityProblems,
  loadWith,
  measurementProblem,
  releaseProblem,
} from '../../../domain/controls/c07-capacity.ts';
import { factsWith, known, LIVE } from './programme-facts.ts';

const NOW = '2027-05-01T00:00:00Z';

/** What the provider carried in April, measured at the end of it. */
const april = {
  period: '2027-04',
  people: 1000,
  advisers: 20,
  opened: 50,
  closed: 60,
  backlog: 10,
  at: '2027-04-30T12:00:00Z',
};
const MARCH = { ...april, period: '2027-03', closed: 2000, opened: 50, backlog: 20 };

function problemsOf(measurements: (typeof april)[], now = NOW): string[] {
  const departments = [known('youth', LIVE), known('courts'), known('prisons')];
  const facts = factsWith({ departments, measurements });
  return capacityProblems(facts, known('courts'), now).map(({ detail }) => detail);
}

describe('C7: capacity', () => {
  it('refuses what Phoenix did: advisers were let go before pay was stable', () => {
    expect(problemsOf([MARCH, { ...april, advisers: 5 }])).toEqual([
      'the provider can close 500 cases a month; 1900 are to be expected with the 37000 people of the wave, and 10 are open',
    ]);
  });

  it('refuses as long as nobody has measured, and when the measurement is too old', () => {
    expect(problemsOf([])).toEqual(['nobody has measured what the provider can carry']);
    expect(problemsOf([MARCH, april], '2027-06-15T00:00:00Z')).toEqual([
      'the provider was measured last for 2027-04, 45 days ago; it counts for 45',
    ]);
    expect(problemsOf([{ ...april, people: 0 }])[0]).toContain('nobody served');
  });

  it('admits a wave that the provider can carry beside its backlog, and the pilot', () => {
    expect(problemsOf([MARCH, april])).toEqual([]);
    expect(capacityProblems(factsWith(), known('youth'), NOW)).toEqual([]);
  });

  it('counts the best rate of three months with the advisers of the last one', () => {
    expect(loadWith([MARCH, april], 1000)).toEqual({ canClose: 2000, forecast: 100, backlog: 10 });
    expect(loadWith([], 1)).toBeUndefined();
  });
});

describe('C7 cannot be got around', () => {
  it('by measuring a month again, leaving one out, or figures that do not add up', () => {
    expect(measurementProblem({ ...april, closed: 9000 }, [april])).toBe(
      '2027-04 is measured already; what was measured stands',
    );
    expect(measurementProblem({ ...april, period: '2027-06' }, [april])).toContain('2027-05 comes');
    const hidden = { ...april, period: '2027-05', opened: 100, closed: 20, backlog: 0 };
    expect(measurementProblem(hidden, [april])).toBe(
      '10 open before, 100 opened and 20 closed leave 90 open, not 0',
    );
    expect(measurementProblem({ ...hidden, backlog: 90 }, [april])).toBeUndefined();
    expect(
      measurementProblem({ ...april, period: '2028-01' }, [{ ...april, period: '2027-12' }]),
    ).toContain('leave 0 open');
  });

  it('by a manifest that says fewer people than the plan', () => {
    const departments = [known('youth', LIVE), known('courts', { headcount: 1 }), known('prisons')];
    const facts = factsWith({ departments, measurements: [{ ...MARCH, closed: 1500 }, april] });
    const [problem] = capacityProblems(facts, known('courts', { headcount: 1 }), NOW);
    expect(problem?.detail).toContain('37000 people');
  });

  it('by letting the legacy side go early, whether it was declared or not', () => {
    const held = [{ id: 'payroll' }];
    expect(releaseProblem('payroll', held, false)).toContain('payroll is held until');
    expect(releaseProblem('pay-team', held, false)).toContain('like everything on the legacy side');
    expect(releaseProblem('payroll', held, true)).toBeUndefined();
  });
});
