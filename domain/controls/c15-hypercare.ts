import type { Policy } from '../manifest-shape.ts';
import type { Control } from './control.ts';

/** A pay period that the platform has paid since the switch. */
export interface LivePeriod {
  readonly period: string;
  readonly payments: number;
  readonly errors: number;
  readonly openCases: number;
  readonly monthClosed: boolean;
  readonly quarterClosed: boolean;
}

/** One exit criterion with what was found. */
export interface HypercareCriterion {
  readonly id: 'watched' | 'first-payment' | 'month-end' | 'quarter-end' | 'error-rate' | 'backlog';
  readonly met: boolean;
  /** In words. */
  readonly value: string;
}

/**
 * Holds hypercare to its exit criteria (control C15). Pure.
 * @param periods in the order in which they were recorded; undefined where no pay is in scope
 * @param times ISO: the platform serves since `liveFrom`; `now` is the time of the look
 */
export function judgeHypercare(
  periods: readonly LivePeriod[] | undefined,
  policy: Pick<Policy, 'hypercare' | 'hypercareHours'>,
  times: { readonly liveFrom: string; readonly now: string },
): HypercareCriterion[] {
  const watched = (Date.parse(times.now) - Date.parse(times.liveFrom)) / 3_600_000;
  const time: HypercareCriterion = {
    id: 'watched',
    met: watched >= policy.hypercareHours,
    value: `live since ${times.liveFrom}; to be watched for ${policy.hypercareHours} h`,
  };
  if (periods === undefined) return [time];
  const { livePeriods, maxErrorRate } = policy.hypercare;
  const last = periods.slice(-livePeriods);
  const rates = last.map(({ errors, payments }) => errors / payments);
  const cases = last.map(({ openCases }) => openCases);
  const [before = 0, after = 0] = [cases[0], cases.at(-1)];
  const enough = last.length === livePeriods;
  // One period alone has nothing to fall from; an empty backlog cannot fall.
  const falls = after === 0 || (cases.length > 1 ? after < before : livePeriods === 1);
  const never = cases.every((each, index) => index === 0 || each <= (cases[index - 1] ?? each));
  return [
    time,
    {
      id: 'first-payment',
      met: periods.length > 0,
      value: `${periods.length} live pay runs`,
    },
    {
      id: 'month-end',
      met: periods.some((each) => each.monthClosed),
      value: closed(periods, 'monthClosed'),
    },
    {
      id: 'quarter-end',
      met: periods.some((each) => each.quarterClosed),
      value: closed(periods, 'quarterClosed'),
    },
    {
      id: 'error-rate',
      met: enough && rates.every((rate) => rate < maxErrorRate),
      value: `${rates.map(percent).join(', ') || 'none'} in the last ${last.length} of ${livePeriods} periods; under ${percent(maxErrorRate)}`,
    },
    {
      id: 'backlog',
      met: enough && falls && never,
      value: `${cases.join(', ') || 'no'} open cases`,
    },
  ];
}

function closed(periods: readonly LivePeriod[], member: 'monthClosed' | 'quarterClosed'): string {
  return periods.find((each) => each[member])?.period ?? 'not yet';
}

function percent(rate: number): string {
  return `${Math.round(rate * 100_000) / 1000} %`;
}

export const HYPERCARE: Control = {
  id: 'C15',
  title: 'Hypercare has exit criteria',
  wentWrong:
    'The test environment was removed at go-live and support was overwhelmed, with nothing that said when the programme may let go.',
  rule: 'Hypercare ends by its criteria and not by a date: first payment run, month end and quarter end passed, errors under the limit in so many consecutive live periods, backlog falling; then the senior owner and the payroll lead approve its exit.',
  refuses: [
    'an exit before payment run, month end and quarter end were passed',
    'an exit with an error rate at or over the limit in one of the last periods',
    'an exit while the support backlog grows',
    'live figures from before the switch',
    'closing the onboarding before the exit is approved',
  ],
  codes: ['approval/red-criteria', 'command/not-now'],
  usedBy: ['cutover/hypercare', 'cutover/exit'],
  evidence: ['hypercare', 'gate-statement'],
};
