import { describe, expect, it } from 'vitest';
import { windowProblems } from '../../domain/calendar.ts';
import { sampleManifest } from '../workflows/sample-manifest.ts';

const now = '2027-01-01T00:00:00Z';
const manifest = sampleManifest({
  cutover: {
    window: { from: '2027-04-10T18:00:00Z', to: '2027-04-11T18:00:00Z' },
    blackouts: [{ from: '2027-03-26', to: '2027-03-29', reason: 'Easter' }],
  },
});

function rules(from: string, to: string, at = now): string[] {
  return windowProblems({ from, to }, manifest, at).map((problem) => problem.rule);
}

describe('a cutover window', () => {
  it('is legal between pay day and the next cut-off', () => {
    expect(rules('2027-01-28T18:00:00Z', '2027-01-31T18:00:00Z')).toEqual([]);
  });

  it('is refused from the cut-off to the pay day of a period, both included', () => {
    expect(rules('2027-01-05T00:00:00Z', '2027-01-10T01:00:00Z')).toEqual(['payroll']);
    expect(rules('2027-01-26T22:00:00Z', '2027-01-28T00:00:00Z')).toEqual(['payroll']);
    expect(rules('2027-01-01T00:00:00Z', '2027-02-28T00:00:00Z')).toEqual(['payroll', 'payroll']);
  });

  it('may end at the midnight with which the cut-off day begins, in London', () => {
    expect(rules('2027-01-05T00:00:00Z', '2027-01-10T00:00:00Z')).toEqual([]);
    // In summer time that midnight is an hour earlier.
    const summer = sampleManifest({
      cutover: {
        window: { from: '2027-06-01T00:00:00Z', to: '2027-06-02T00:00:00Z' },
        blackouts: [{ from: '2027-06-10', to: '2027-06-10', reason: 'audit' }],
      },
    });
    const at = (to: string) => windowProblems({ from: '2027-06-09T12:00:00Z', to }, summer, now);
    expect(at('2027-06-09T23:00:00Z')).toEqual([]);
    expect(at('2027-06-10T00:00:00Z')).toHaveLength(1);
  });

  it('is refused in a blackout, which is named', () => {
    const problems = windowProblems(
      { from: '2027-03-29T08:00:00Z', to: '2027-03-30T08:00:00Z' },
      manifest,
      now,
    );
    expect(problems.map((problem) => problem.detail)).toEqual(['Easter: 2027-03-26 to 2027-03-29']);
  });

  it('is refused when it has closed, and when it ends before it starts', () => {
    expect(rules('2027-01-28T18:00:00Z', '2027-01-31T18:00:00Z', '2027-02-01T00:00:00Z')).toEqual([
      'closed',
    ]);
    expect(rules('2027-01-31T18:00:00Z', '2027-01-28T18:00:00Z')).toEqual(['reversed']);
  });
});
