import { plannedDepartment } from '../programme.ts';
import type { AdmissionProblem, KnownDepartment, ProgrammeFacts } from '../programme.ts';
import type { Measurement } from '../programme-shape.ts';
import type { Control } from './control.ts';

/** How many months back the best rate of closed cases is taken from. */
const MONTHS = 3;
const DAY = 86_400_000;

/** What the provider can carry, and what it would have to. Cases a month. */
export interface Load {
  readonly canClose: number;
  /** Of the people served now and those of the wave, at the rate that was measured. */
  readonly forecast: number;
  readonly backlog: number;
}

/**
 * What the provider would have to carry with so many people more. What an adviser can close is the best of the last three
 * months, because in a quiet month nobody closes more than is opened; the advisers are those who worked last, not those
 * who are promised. Undefined where nothing was measured with people served.
 * @param measurements in the order of their months
 */
export function loadWith(measurements: readonly Measurement[], people: number): Load | undefined {
  const last = measurements.at(-1);
  if (last === undefined || last.people === 0) return undefined;
  const rates = measurements.slice(-MONTHS).map(({ closed, advisers }) => closed / advisers);
  return {
    canClose: Math.floor(Math.max(...rates) * last.advisers),
    forecast: Math.ceil((last.opened / last.people) * (last.people + people)),
    backlog: last.backlog,
  };
}

/**
 * Why the provider cannot carry a department's wave (control C7). The pilot has nothing before it that could have been
 * measured: its limits protect it. Pure.
 */
export function capacityProblems(
  facts: ProgrammeFacts,
  department: KnownDepartment,
): AdmissionProblem[] {
  const { plan, measurements, now } = facts;
  const planned = plan === undefined ? undefined : plannedDepartment(plan, department.id);
  if (plan === undefined || planned === undefined || planned.wave === 0) return [];
  const last = measurements.at(-1);
  if (last === undefined)
    return [{ rule: 'not-measured', detail: 'nobody has measured what the provider can carry' }];
  const ended = Date.parse(`${monthAfter(last.period)}-01T00:00:00Z`);
  const days = Math.floor((Date.parse(now) - ended) / DAY);
  const { validDays } = plan.capacity;
  if (days >= validDays) {
    return [
      {
        rule: 'measured-too-long-ago',
        detail: `the provider was measured last in ${last.period}, which ended ${days} days ago; it counts for ${validDays}`,
      },
    ];
  }
  const began = Date.parse(`${last.period}-01T00:00:00Z`);
  const wave = plan.waves[planned.wave]?.departments.map(({ id }) => id) ?? [];
  // Who went live after the month began is not in its figures, whichever wave that was.
  const people = plan.waves
    .flatMap(({ departments }) => departments)
    .map(({ id, headcount }) => {
      const known = facts.departments.find((each) => each.id === id);
      const live = known?.switchedAt === undefined ? undefined : Date.parse(known.switchedAt);
      const counts = live === undefined ? wave.includes(id) : live >= began;
      return counts ? Math.max(headcount, known?.headcount ?? 0) : 0;
    })
    .reduce((sum, each) => sum + each, 0);
  const load = loadWith(measurements, people);
  if (load === undefined) {
    const detail = `the measurement of ${last.period} has nobody served: it says nothing`;
    return [{ rule: 'not-measured', detail }];
  }
  const { canClose, forecast, backlog } = load;
  if (canClose >= forecast + backlog) return [];
  return [
    {
      rule: 'capacity',
      detail: `the provider can close ${canClose} cases a month; ${forecast} are to be expected with ${people} people more, and ${backlog} are open`,
    },
  ];
}

/**
 * Why a measurement cannot be: open cases do not come or go by themselves, and a month is measured when it is over.
 * @param earlier in the order of their months
 * @param now ISO time
 */
export function measurementProblem(
  next: Measurement,
  earlier: readonly Measurement[],
  now: string,
): string | undefined {
  const { period, openBefore, opened, closed, backlog } = next;
  const last = earlier.at(-1);
  if (last !== undefined && period <= last.period)
    return `${last.period} is measured already; what was measured stands`;
  if (Date.parse(now) < Date.parse(`${monthAfter(period)}-01T00:00:00Z`))
    return `${period} is not over`;
  if (last !== undefined && period !== monthAfter(last.period))
    return `${monthAfter(last.period)} comes after ${last.period}; a month that is left out hides what happened in it`;
  if (last !== undefined && openBefore !== last.backlog)
    return `${last.backlog} cases were open when ${last.period} ended, not ${openBefore}`;
  const expected = openBefore + opened - closed;
  return expected === backlog
    ? undefined
    : `${openBefore} open before, ${opened} opened and ${closed} closed leave ${expected} open, not ${backlog}`;
}

function monthAfter(period: string): string {
  const [year = 0, month = 0] = period.split('-').map(Number);
  return new Date(Date.UTC(year, month)).toISOString().slice(0, 7);
}

/**
 * Why a legacy system or team cannot be let go yet; undefined where it can (controls C7 and C15).
 * @param exited was the exit of hypercare approved?
 */
export function releaseProblem(
  item: string,
  held: readonly { readonly id: string }[],
  exited: boolean,
): string | undefined {
  if (exited) return undefined;
  const known = held.some(({ id }) => id === item)
    ? item
    : `${item}, like everything on the legacy side,`;
  return `${known} is held until the exit of hypercare is approved`;
}

/** Control C7. */
export const C07_CAPACITY: Control = {
  id: 'C7',
  title: 'A wave is admitted only while the provider can carry it',
  wentWrong:
    'Phoenix let pay advisers go before pay was stable; the backlog of cases then grew for years (Auditor General of Canada 2017-18).',
  rule: 'After the pilot a wave cuts over only when what the provider has been measured to close in a month covers the cases to be expected with the people of the wave, and the backlog. Assurance records the measurements, month by month; they have to add up, and count for a limited time. Legacy systems and teams are held until hypercare has ended.',
  refuses: [
    'A cutover while nobody has measured the provider, or measured it too long ago.',
    'A cutover that would bring more cases than the provider can close beside its backlog.',
    'A measurement by somebody of the programme, of a month that is not over, was measured already or leaves one out, or that does not add up.',
    'The release of a legacy system or team before hypercare has ended.',
  ],
  codes: [
    'cutover/no-capacity',
    'approval/not-independent',
    'programme/measured',
    'cutover/release-held',
    'approval/red-criteria',
  ],
  usedBy: ['cutover/gate', 'cutover/wait', 'measureProvider', 'releaseLegacy'],
  evidence: ['gate-statement'],
};
