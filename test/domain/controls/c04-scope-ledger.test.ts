import { describe, expect, it } from 'vitest';
import { C04_SCOPE_LEDGER, judgeScenarios } from '../../../domain/controls/c04-scope-ledger.ts';

const RETRO = { id: 'retro', elements: ['ARREARS'] };
const period = (id: string, population: number, compared: number) => ({
  period: id,
  scenarios: { retro: { population, compared } },
});

describe('control C4', () => {
  it('refuses when retroactive pay occurs on one side only (Phoenix), and names it', () => {
    const periods = [period('jan', 120, 0), period('feb', 80, 0)];
    const [line] = judgeScenarios([RETRO], periods, ['jan', 'feb']);
    expect(line).toMatchObject({ met: false, population: 200, comparedClean: 0 });
    expect(line?.missing).toBe('retro: 200 cases, none of them compared in a clean period');
    expect(C04_SCOPE_LEDGER.id).toBe('C4');
  });

  it('lets a scenario pass with a compared case in a clean period, or that does not occur', () => {
    const [seen] = judgeScenarios(
      [RETRO],
      [period('jan', 0, 0), period('feb', 1, 1)],
      ['jan', 'feb'],
    );
    expect(seen).toMatchObject({ met: true, comparedClean: 1, missing: '' });
    expect(judgeScenarios([RETRO], [period('jan', 0, 0)], ['jan'])[0]?.met).toBe(true);
  });

  it('does not count a case compared in a period that is not clean', () => {
    const periods = [period('jan', 5, 5), period('feb', 0, 0), period('mar', 0, 0)];
    expect(judgeScenarios([RETRO], periods, ['feb', 'mar'])[0]?.met).toBe(false);
  });

  it('refuses a scenario that is declared as not present and occurs, and one that nobody counted', () => {
    const declared = { ...RETRO, notPresent: 'no back pay this year' };
    expect(judgeScenarios([declared], [period('jan', 1, 1)], ['jan'])[0]?.missing).toBe(
      'retro: declared as not present, but there are 1 cases',
    );
    expect(judgeScenarios([declared], [period('jan', 0, 0)], ['jan'])[0]?.met).toBe(true);
    const uncounted = [{ period: 'jan', scenarios: undefined }];
    expect(judgeScenarios([RETRO], uncounted, ['jan'])[0]?.missing).toBe(
      'retro: not counted in jan',
    );
    expect(judgeScenarios([RETRO], [], [])[0]?.met).toBe(false);
  });
});
