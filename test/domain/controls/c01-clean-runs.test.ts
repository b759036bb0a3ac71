import { describe, expect, it } from 'vitest';
import { C01_CLEAN_RUNS, judgeCleanRuns } from '../../../domain/controls/c01-clean-runs.ts';
import type { PeriodRun } from '../../../domain/controls/c01-clean-runs.ts';

const STAFF = 75_000;

function run(period: string, change: Partial<PeriodRun> = {}): PeriodRun {
  return { period, judged: true, clean: true, population: STAFF, compared: STAFF, ...change };
}

const ahead = { judged: false, clean: false, population: undefined, compared: undefined };

describe('control C1', () => {
  it('refuses a parallel run that was skipped as too big (Queensland), or that never was (Phoenix)', () => {
    const none = judgeCleanRuns([run('jan', ahead), run('feb', ahead)], 2);
    expect(none).toMatchObject({ met: false, inARow: 0 });
    expect(none.missing).toEqual(['jan, feb must be clean as well']);
    expect(judgeCleanRuns([], 2).met).toBe(false);
    expect(judgeCleanRuns([], 0).met).toBe(false);
  });

  it('lets two clean periods in a row pass, whatever came before them', () => {
    const found = judgeCleanRuns([run('jan', { clean: false }), run('feb'), run('mar')], 2);
    expect(found).toEqual({ inARow: 2, met: true, counting: ['feb', 'mar'], missing: [] });
    expect(judgeCleanRuns([run('jan'), run('feb'), run('mar', ahead)], 2).met).toBe(true);
  });

  it.each([
    ['clean, dirty, clean', { clean: false }, 'feb is not clean'],
    ['a waived verdict between clean ones', ahead, 'feb has no verdict'],
    ['99.9 % of the people', { compared: 74_925 }, 'feb: 74925 of 75000 people were compared'],
    ['all but one', { compared: 74_999 }, 'feb: 74999 of 75000 people were compared'],
    ['a sample', { compared: 500 }, 'feb: 500 of 75000 people were compared'],
    ['nobody counted', { population: undefined }, 'feb: nobody counted who was compared'],
    ['an empty population', { population: 0, compared: 0 }, 'feb: nobody was paid'],
  ])('does not count %s as two in a row, and names the run', (_, change, said) => {
    const found = judgeCleanRuns([run('jan'), run('feb', change), run('mar')], 2);
    expect(found).toMatchObject({ met: false, inARow: 1, counting: ['mar'] });
    expect(found.missing).toContain(said);
    expect(found.missing).toContain('the manifest has no period left for 1 more clean in a row');
  });

  it('names the periods that are still to come', () => {
    const found = judgeCleanRuns([run('jan'), run('feb', { clean: false }), run('mar', ahead)], 2);
    expect(found.missing).toEqual([
      'feb is not clean',
      'the manifest has only mar left for 2 more clean in a row',
    ]);
    expect(C01_CLEAN_RUNS.id).toBe('C1');
  });
});
