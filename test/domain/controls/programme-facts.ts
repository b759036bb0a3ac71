import { programmeShape } from '../../../domain/programme-shape.ts';
import type { ProgrammePlan } from '../../../domain/programme-shape.ts';
import type { KnownDepartment, ProgrammeFacts } from '../../../domain/programme.ts';
import type { LivePeriod } from '../../../domain/controls/c15-hypercare.ts';

/** A window of the second weekend of a month of 2027. */
export function windowOf(month: number): { from: string; to: string } {
  const start = `2027-${String(month).padStart(2, '0')}`;
  return { from: `${start}-13T18:00:00Z`, to: `${start}-14T18:00:00Z` };
}

/** A pilot of one department in January and a wave of two in May, with limits as given. */
export function planWith(limits: Partial<ProgrammePlan['limits']> = {}): ProgrammePlan {
  const planned = (id: string, headcount: number, month: number) => ({
    id,
    headcount,
    cutover: windowOf(month),
  });
  return programmeShape.parse({
    slipway: 1,
    programme: 'shared',
    name: 'Shared services',
    waves: [
      { id: 'pilot', departments: [planned('youth', 1000, 1)] },
      { id: 'second', departments: [planned('courts', 17_000, 5), planned('prisons', 20_000, 5)] },
    ],
    limits,
  });
}

/** A department as the record has it: not live unless it says so. */
export function known(id: string, change: Partial<KnownDepartment> = {}): KnownDepartment {
  const headcount = { youth: 1000, courts: 17_000, prisons: 20_000 }[id] ?? 1000;
  const wave = id === 'youth' ? 1 : 2;
  const window = windowOf(id === 'youth' ? 1 : 5);
  return {
    id,
    wave,
    headcount,
    status: 'running',
    paid: true,
    payDays: [],
    window,
    ...change,
  };
}

/** A live pay run. */
export function paid(period: string, errors = 0, payments = 1000): LivePeriod {
  return { period, payments, errors, openCases: 0, monthClosed: true, quarterClosed: false };
}

/** When it is asked. */
export const NOW = '2027-05-01T00:00:00Z';

export const LIVE = { switchedAt: '2027-01-14T10:00:00Z' };

/** The pilot is live and was paid cleanly twice. */
export function factsWith(change: Partial<ProgrammeFacts> = {}): ProgrammeFacts {
  return {
    plan: planWith(),
    departments: [known('youth', LIVE), known('courts'), known('prisons')],
    live: { youth: [paid('2027-02'), paid('2027-03')] },
    measurements: [],
    now: NOW,
    ...change,
  };
}
