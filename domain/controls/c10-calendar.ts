import { bankHolidays, BANK_HOLIDAYS_KNOWN } from '../bank-holidays.ts';
import { londonDays, londonDaysLater, londonText } from '../london-time.ts';
import type { Manifest } from '../manifest.ts';
import type { Control } from './control.ts';

/** A stretch of time, half-open: `from` is in it, `to` is not. ISO times with an offset. */
export interface Window {
  readonly from: string;
  readonly to: string;
}

/** A rule a cutover window breaks. */
export type WindowRule =
  | 'reversed'
  | 'closed'
  | 'payroll'
  | 'blackout'
  | 'other-cutover'
  | 'bank-holiday'
  | 'tax-month'
  | 'tax-year-end'
  | 'calendar-unknown';

/** What is wrong with a window. */
export interface WindowProblem {
  readonly rule: WindowRule;
  readonly detail: string;
  /** Why the manifest lets it pass; everybody who approves the cutover has to acknowledge it. */
  readonly exempt?: string;
}

/** Another department of the programme that the same team moves. */
export interface OtherCutover extends Window {
  readonly department: string;
}

/** Days in a row that something closes, both included. */
export interface ClosedDays {
  readonly rule: WindowRule;
  readonly from: string;
  readonly to: string;
  readonly detail: string;
}

/** How far ahead a legal window is looked for. */
const DAYS_AHEAD = 400;

const WEEK = 7;

/**
 * The rules of the calendar that a cutover window breaks (control C10); those the manifest exempts carry the reason.
 * Days are those of Europe/London, and a window that ends at midnight does not touch the day after.
 * @param others windows of the other departments that the same team moves
 * @param now ISO time: the later of clock and record
 */
export function windowProblems(
  window: Window,
  manifest: Manifest,
  others: readonly OtherCutover[],
  now: string,
): WindowProblem[] {
  const [from, to] = [Date.parse(window.from), Date.parse(window.to)];
  if (!(to > from)) {
    const detail = `the window ends (${window.to}) before it starts (${window.from})`;
    return [{ rule: 'reversed', detail }];
  }
  const problems: WindowProblem[] = [];
  if (to <= Date.parse(now)) {
    problems.push({ rule: 'closed', detail: `the window closed at ${window.to}` });
  }
  const { first, last } = londonDays(from, to);
  for (const closed of closedDays(manifest, first, last)) {
    if (closed.from <= last && closed.to >= first)
      problems.push({ rule: closed.rule, detail: closed.detail });
  }
  problems.push(...taxMonthProblems(first, last), ...unknownDays(manifest, last, first));
  for (const other of others) {
    if (Date.parse(other.from) < to && Date.parse(other.to) > from) {
      problems.push({
        rule: 'other-cutover',
        detail: `the same team moves ${other.department} from ${londonText(other.from)} to ${londonText(other.to)}`,
      });
    }
  }
  const { exempt } = manifest.cutover;
  return problems.map((problem) => {
    const reason = exempt[problem.rule as keyof typeof exempt];
    return reason === undefined ? problem : { ...problem, exempt: reason };
  });
}

/**
 * The days of pay, of the tax year's end, of bank holidays and blackouts that touch a stretch of days, in order.
 * @param first ISO date
 * @param last ISO date, included
 */
export function closedDays(manifest: Manifest, first: string, last: string): ClosedDays[] {
  const closed: ClosedDays[] = [];
  for (const { id, cutOff, payDay } of manifest.payCalendar?.periods ?? []) {
    const detail = `pay period ${id} is processed from its cut-off ${cutOff} to its pay day ${payDay}`;
    closed.push({ rule: 'payroll', from: cutOff, to: payDay, detail });
  }
  for (const { from, to, reason } of manifest.cutover.blackouts)
    closed.push({ rule: 'blackout', from, to, detail: `${reason}: ${from} to ${to}` });
  const { nation } = manifest.department;
  for (const day of bankHolidays(nation)) {
    const detail = `${day} is a bank holiday (${nation})`;
    closed.push({ rule: 'bank-holiday', from: day, to: day, detail });
  }
  for (const year of yearsOf(first, last)) {
    const [from, to] = [`${year}-04-05`, `${year}-04-06`];
    const detail = `the tax year ends on ${from} and the next begins on ${to}`;
    closed.push({ rule: 'tax-year-end', from, to, detail });
  }
  return closed
    .filter(({ from, to }) => from <= last && to >= first)
    .toSorted((a, b) => a.from.localeCompare(b.from));
}

/** A tax month runs from the 6th to the 5th: what is reported for one must come from one system. */
function taxMonthProblems(first: string, last: string): WindowProblem[] {
  for (const year of yearsOf(first, last)) {
    for (let month = 1; month <= 12; month += 1) {
      const start = `${year}-${String(month).padStart(2, '0')}-06`;
      if (first < start && last >= start)
        return [{ rule: 'tax-month', detail: `a tax month begins on ${start}, inside the window` }];
    }
  }
  return [];
}

/** A day of which nobody knows whether it is closed is not open. */
function unknownDays(manifest: Manifest, last: string, first: string): WindowProblem[] {
  const problems: WindowProblem[] = [];
  const { from, to } = BANK_HOLIDAYS_KNOWN;
  if (last > to || first < from) {
    const detail = `bank holidays are known from ${from} to ${to}`;
    problems.push({ rule: 'calendar-unknown', detail });
  }
  const paid = manifest.payCalendar?.periods.map(({ end, payDay }) =>
    end > payDay ? end : payDay,
  );
  const known = paid?.toSorted().at(-1);
  if (known !== undefined && last > known) {
    const detail = `the pay calendar of the manifest is known until ${known}`;
    problems.push({ rule: 'calendar-unknown', detail });
  }
  return problems;
}

function yearsOf(first: string, last: string): number[] {
  const start = Number(first.slice(0, 4));
  return Array.from({ length: Number(last.slice(0, 4)) - start + 1 }, (_, index) => start + index);
}

/** The problems that refuse a window: those the manifest does not exempt. */
export function refusingProblems(problems: readonly WindowProblem[]): WindowProblem[] {
  return problems.filter(({ exempt }) => exempt === undefined);
}

/** Legal windows of the same length and time of day, looked for forwards. */
export interface NextWindows {
  /** The first on the same weekday: a cutover of a weekend stays one. */
  readonly sameWeekday: Window | undefined;
  /** The first on any day, where that is earlier. */
  readonly anyDay: Window | undefined;
}

/** The next legal windows after a window that is not, at most 400 days ahead. */
export function nextLegalWindows(
  window: Window,
  manifest: Manifest,
  others: readonly OtherCutover[],
  now: string,
): NextWindows {
  const from = Date.parse(window.from);
  const length = Date.parse(window.to) - from;
  if (!(length > 0)) return { sameWeekday: undefined, anyDay: undefined };
  // Whole weeks, so that the weekday stays where the window lies far back.
  const behind = Math.max(0, Math.ceil((Date.parse(now) - from) / (WEEK * 86_400_000)));
  const start = behind * WEEK - (behind > 0 ? WEEK : 0);
  let anyDay: Window | undefined;
  for (let days = start; days <= start + DAYS_AHEAD; days += 1) {
    const opens = londonDaysLater(from, days);
    if (opens < Date.parse(now)) continue;
    const candidate = {
      from: new Date(opens).toISOString(),
      to: new Date(opens + length).toISOString(),
    };
    if (refusingProblems(windowProblems(candidate, manifest, others, now)).length > 0) continue;
    if (days % WEEK === 0) return { sameWeekday: candidate, anyDay };
    anyDay ??= candidate;
  }
  return { sameWeekday: undefined, anyDay };
}

/** The refusal of a window in words: every rule it breaks, and when it could be instead. */
export function windowRefusal(
  window: Window,
  problems: readonly WindowProblem[],
  next: NextWindows,
): string {
  const why = refusingProblems(problems).map(({ rule, detail }) => `${detail} (${rule})`);
  const shown = ({ from, to }: Window): string => `${londonText(from)} to ${londonText(to)}`;
  const { sameWeekday, anyDay } = next;
  const when = [
    ...(sameWeekday === undefined ? [] : [`same weekday: ${shown(sameWeekday)}`]),
    ...(anyDay === undefined ? [] : [`any day: ${shown(anyDay)}`]),
  ];
  const ahead =
    when.length > 0
      ? `next legal window of this length, ${when.join('; ')}`
      : 'no window of this length is legal as far as the calendar is known';
  return `the window ${shown(window)} is not legal: ${why.join('; ')}; ${ahead}`;
}

/** C10: the window fits the calendar. */
export const CALENDAR: Control = {
  id: 'C10',
  title: 'The cutover window fits the calendar',
  wentWrong:
    'Payroll is cut off about the 8th to 12th and paid about the 26th to 28th; a shared-service outage ran from 18:00 on 24 September to 08:00 on 2 October, with contingency to 6 October: across pay day.',
  rule: 'The window must fit: not across payroll processing, the turn of a tax month or the tax year, a bank holiday of the nation, a blackout, or the cutover of another department by the same team. What nobody knows to be open is closed.',
  refuses: [
    'a window that touches the days from a cut-off to its pay day',
    'a window across the turn of a tax month (6th) or that touches the end of the tax year (5 and 6 April)',
    'a window on a bank holiday of the nation, or on days of which that is not known',
    'a window during the cutover of another department by the same team',
    'a window that has closed, also when a clock is set back',
  ],
  codes: ['cutover/outside-window'],
  usedBy: ['cutover/window', 'cutover/gate', 'cutover/wait', 'reschedule'],
  evidence: [
    'the pay calendar of the manifest',
    'published bank holidays',
    'windows of the other onboardings of the programme',
  ],
};
