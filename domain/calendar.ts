import type { Manifest } from './manifest.ts';

/** A stretch of time, half-open: `from` is in it, `to` is not. ISO times with an offset. */
export interface Window {
  readonly from: string;
  readonly to: string;
}

/** A rule a cutover window breaks. */
export interface WindowProblem {
  readonly rule: 'closed' | 'payroll' | 'blackout' | 'reversed';
  readonly detail: string;
}

/**
 * The rules of the calendar that a cutover window breaks (control C10): it must lie ahead, must not touch the days from
 * a period's cut-off to its pay day, nor a blackout. Days are those of Europe/London. Empty when the window is legal.
 * @param now ISO time
 */
export function windowProblems(window: Window, manifest: Manifest, now: string): WindowProblem[] {
  const problems: WindowProblem[] = [];
  if (Date.parse(window.to) <= Date.parse(window.from)) {
    problems.push({
      rule: 'reversed',
      detail: `the window ends (${window.to}) before it starts (${window.from})`,
    });
    return problems;
  }
  if (Date.parse(window.to) <= Date.parse(now)) {
    problems.push({ rule: 'closed', detail: `the window closed at ${window.to}` });
  }
  const first = londonDay(Date.parse(window.from));
  // The window does not hold its last instant: one that ends at midnight does not touch the day that begins then.
  const last = londonDay(Date.parse(window.to) - 1);
  const touches = (from: string, to: string): boolean => from <= last && to >= first;
  for (const period of manifest.payCalendar?.periods ?? []) {
    if (touches(period.cutOff, period.payDay)) {
      problems.push({
        rule: 'payroll',
        detail: `pay period ${period.id} is processed from ${period.cutOff} to ${period.payDay}`,
      });
    }
  }
  for (const blackout of manifest.cutover.blackouts) {
    if (touches(blackout.from, blackout.to)) {
      problems.push({
        rule: 'blackout',
        detail: `${blackout.reason}: ${blackout.from} to ${blackout.to}`,
      });
    }
  }
  return problems;
}

const LONDON = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/London',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** The day in London at a moment, as `2027-03-26`. */
function londonDay(moment: number): string {
  return LONDON.format(new Date(moment));
}
