import { describe, expect, it } from 'vitest';
import { cleanLiveRuns, waveProblems } from '../../../domain/controls/c08-waves.ts';
import { checkProgramme, taxMonthOf } from '../../../domain/programme.ts';
import { programmeShape } from '../../../domain/programme-shape.ts';
import { factsWith, known, LIVE, paid, planWith, windowOf } from './programme-facts.ts';

const detailsOf = (...args: Parameters<typeof waveProblems>): string[] =>
  waveProblems(...args).map(({ detail }) => detail);

describe('C8: waves', () => {
  it('refuses what Phoenix did: the rest at once, before the first departments were stable', () => {
    const after = factsWith({ live: { youth: [paid('2027-02', 30)] } });
    expect(detailsOf(after, known('courts'))).toEqual([
      'youth of the wave before has 0 of 2 clean live pay runs in a row',
    ]);
    const cancelled = factsWith({ departments: [known('youth'), known('courts')] });
    expect(detailsOf(cancelled, known('courts'))).toEqual(['youth of the wave before is not live']);
  });

  it('refuses what Novopay did: a plan in which everybody moves on one day', () => {
    const [wave] = planWith().waves;
    const everybody = Array.from({ length: 34 }, (_, index) => ({
      id: `school-${index}`,
      headcount: 3000,
      cutover: windowOf(8),
    }));
    const plan = { ...planWith(), waves: [{ id: wave?.id ?? '', departments: everybody }] };
    expect(checkProgramme(plan).map(({ message }) => message)).toEqual([
      'wave pilot has 34 departments; the limit is 3',
      'wave pilot has 102000 people; the limit is 5000',
      '34 departments cut over in the tax month from 2027-08-06; the limit is 20',
      '102000 people move in the tax month from 2027-08-06; the limit is 50000',
    ]);
  });

  it('lets a wave go whose pilot was paid cleanly twice, and the pilot itself', () => {
    expect(checkProgramme(planWith())).toEqual([]);
    expect(waveProblems(factsWith(), known('courts'))).toEqual([]);
    const none = factsWith({ departments: [known('youth')], live: {} });
    expect(waveProblems(none, known('youth'))).toEqual([]);
  });

  it('counts clean runs in a row, at the end, and none without payments', () => {
    const runs = [paid('1'), paid('2'), paid('3', 5), paid('4')];
    expect(cleanLiveRuns(runs, 0.005)).toBe(1);
    expect(cleanLiveRuns([paid('1', 4)], 0.005)).toBe(1);
    expect(cleanLiveRuns([paid('1', 0, 0)], 0.005)).toBe(0);
    const cleanDirtyClean = factsWith({ live: { youth: [paid('1'), paid('2', 5), paid('3')] } });
    expect(detailsOf(cleanDirtyClean, known('courts'))).toEqual([
      'youth of the wave before has 1 of 2 clean live pay runs in a row',
    ]);
  });

  it('counts a pay day without a run on record as one that was not clean', () => {
    const payDays = ['2027-01-28', '2027-02-26', '2027-03-28', '2027-05-28'];
    const missed = known('youth', { ...LIVE, payDays });
    const facts = factsWith({ departments: [missed, known('courts')] });
    expect(detailsOf(facts, known('courts'))).toEqual([
      'youth of the wave before has had 3 pay days since it is live, and 2 live pay runs on record',
    ]);
  });

  it('takes a department without pay for done when its hypercare has ended', () => {
    const done = known('youth', { ...LIVE, paid: false, status: 'closed' });
    const facts = factsWith({ departments: [done, known('courts')], live: {} });
    expect(waveProblems(facts, known('courts'))).toEqual([]);
    const watched = factsWith({ departments: [{ ...done, status: 'running' }], live: {} });
    expect(detailsOf(watched, known('courts'))).toEqual([
      'youth of the wave before is not out of hypercare',
    ]);
  });

  it('refuses a department that no wave has, that has grown, or that joins a full month', () => {
    expect(detailsOf(factsWith(), known('tribunals'))).toEqual([
      'no wave of the programme has tribunals',
    ]);
    expect(detailsOf(factsWith(), known('courts', { headcount: 19_000 }))).toEqual([
      'courts has 19000 people, planned were 17000',
    ]);
    const small = factsWith({ plan: planWith({ periodDepartments: 1, periodHeadcount: 20_000 }) });
    expect(detailsOf(small, known('courts'))).toEqual([
      '2 departments cut over in the tax month from 2027-05-06, allowed are 1',
      '37000 people move in the tax month from 2027-05-06, allowed are 20000',
    ]);
    const slipped = known('courts', { window: windowOf(6) });
    expect(waveProblems(small, slipped)).toEqual([]);
  });
});

describe('C8 cannot be got around', () => {
  it('by a wave in the manifest: the plan that two people agreed on counts', () => {
    const facts = factsWith({ live: {} });
    expect(detailsOf(facts, known('courts', { wave: 1 }))).toHaveLength(1);
  });

  it('by a plan that raises its own limits', () => {
    const [wave] = planWith().waves;
    const limits = { pilotDepartments: 300, periodHeadcount: 5_000_000, cleanLiveRuns: 1 };
    const parsed = programmeShape.safeParse({ ...planWith(), waves: [wave], limits });
    expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toEqual([
      'limits.pilotDepartments',
      'limits.periodHeadcount',
      'limits.cleanLiveRuns',
    ]);
  });

  it('by windows around the end of a month: one pay period is one', () => {
    expect(taxMonthOf('2027-01-30T00:00:00Z')).toBe(taxMonthOf('2027-02-05T12:00:00Z'));
    expect(taxMonthOf('2027-02-06T00:00:00Z')).toBe('2027-02-06');
    expect(taxMonthOf('2027-07-05T23:30:00Z')).toBe('2027-07-06');
    expect(taxMonthOf('2027-01-05T00:00:00Z')).toBe('2026-12-06');
  });

  it('by having no plan: the waves of the manifests hold, and few move at a time', () => {
    const plan = undefined;
    expect(detailsOf(factsWith({ plan, live: {} }), known('courts'))).toEqual([
      'youth of the wave before has 0 of 2 clean live pay runs in a row',
    ]);
    const three = ['a', 'b', 'c'].map((id) => known(id, { wave: 1, ...LIVE }));
    expect(detailsOf(factsWith({ plan, departments: three }), known('d', { wave: 1 }))).toEqual([
      '3 other departments move or are in hypercare, and no plan of the programme says that so many may',
    ]);
    const everybody = Array.from({ length: 300 }, (_, index) => known(`d${index}`, { wave: 1 }));
    const facts = factsWith({ plan, departments: everybody });
    expect(everybody.filter((each) => waveProblems(facts, each).length === 0)).toEqual([]);
    expect(waveProblems(factsWith({ plan, departments: [] }), known('d', { wave: 1 }))).toEqual([]);
  });

  it('by planning a wave before the one before it, or a department twice', () => {
    const plan = planWith();
    const [pilot, second] = plan.waves;
    const swapped = { ...plan, waves: [second, pilot] as typeof plan.waves };
    expect(checkProgramme(swapped).map(({ message }) => message)).toContain(
      'youth would cut over before wave second has',
    );
    const twice = { ...plan, waves: [pilot, { ...pilot, id: 'again' }] as typeof plan.waves };
    expect(checkProgramme(twice).map(({ message }) => message)).toContain(
      'youth stands in the plan twice',
    );
  });
});
