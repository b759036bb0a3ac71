import { plannedDepartment, taxMonthOf } from '../programme.ts';
import type { AdmissionProblem, KnownDepartment, ProgrammeFacts } from '../programme.ts';
import type { ProgrammeLimits } from '../programme-shape.ts';
import type { LivePeriod } from './c15-hypercare.ts';
import type { Control } from './control.ts';

/** What holds where no plan was approved: the waves are those of the manifests. */
const WITHOUT_PLAN = { departments: 3, cleanLiveRuns: 2, maxErrorRate: 0.005 } as const;

/** Clean live pay runs at the end, one behind the other: an error now is not made good by earlier runs. */
export function cleanLiveRuns(periods: readonly LivePeriod[], maxErrorRate: number): number {
  const dirty = periods.findLastIndex(
    ({ errors, payments }) => !(payments > 0) || errors / payments >= maxErrorRate,
  );
  return periods.length - 1 - dirty;
}

/**
 * Why a department may not cut over yet, because of those that go before it or with it (control C8). Pure.
 * @param department as the record has it, with the window it asks for
 */
export function waveProblems(
  facts: ProgrammeFacts,
  department: KnownDepartment,
): AdmissionProblem[] {
  const { plan } = facts;
  if (plan === undefined) return withoutPlan(facts, department);
  const planned = plannedDepartment(plan, department.id);
  if (planned === undefined) {
    return [{ rule: 'not-planned', detail: `no wave of the programme has ${department.id}` }];
  }
  const before = plan.waves[planned.wave - 1];
  return [
    ...(before === undefined
      ? []
      : held(
          facts,
          before.departments.map(({ id }) => id),
          plan.limits,
        )),
    ...ofTheMonth(facts, department, plan.limits),
    ...grown(department, planned.department.headcount),
  ];
}

/** A department that is much larger than the plan knew was not what the plan was approved for. */
function grown({ headcount, id }: KnownDepartment, planned: number): AdmissionProblem[] {
  if (headcount <= planned * 1.1) return [];
  return [{ rule: 'headcount', detail: `${id} has ${headcount} people, planned were ${planned}` }];
}

function withoutPlan(facts: ProgrammeFacts, department: KnownDepartment): AdmissionProblem[] {
  const { departments, cleanLiveRuns: wanted, maxErrorRate } = WITHOUT_PLAN;
  const until = Date.parse(department.window.to);
  // Whoever is live and watched, and whoever moves before this one has: nobody knows yet how that goes.
  const moving = facts.departments.filter(
    ({ id, switchedAt, status, window }) =>
      id !== department.id &&
      status !== 'closed' &&
      (switchedAt !== undefined || Date.parse(window.from) < until),
  );
  const waves = facts.departments
    .map(({ wave }) => wave)
    .filter((wave) => wave < department.wave)
    .toSorted((a, b) => b - a);
  const before = facts.departments.filter(({ wave }) => wave === waves[0]).map(({ id }) => id);
  return [
    ...held(facts, before, { cleanLiveRuns: wanted, maxErrorRate }),
    ...(moving.length < departments
      ? []
      : [
          {
            rule: 'no-plan',
            detail: `${moving.length} other departments move or are in hypercare, and no plan of the programme says that so many may`,
          },
        ]),
  ];
}

/** Who of a wave has not been paid cleanly often enough. */
function held(
  { departments, live, now }: ProgrammeFacts,
  wave: readonly string[],
  { cleanLiveRuns: wanted, maxErrorRate }: Pick<ProgrammeLimits, 'cleanLiveRuns' | 'maxErrorRate'>,
): AdmissionProblem[] {
  const problem = (detail: string): AdmissionProblem[] => [{ rule: 'wave-before', detail }];
  return wave.flatMap((id) => {
    const known = departments.find((each) => each.id === id);
    if (known?.switchedAt === undefined) return problem(`${id} of the wave before is not live`);
    if (!known.paid) {
      if (known.status === 'closed') return [];
      return problem(`${id} of the wave before is not out of hypercare`);
    }
    const runs = live[id] ?? [];
    const due = payDaysBetween(known, now);
    if (runs.length < due)
      return problem(
        `${id} of the wave before has had ${due} pay days since it is live, and ${runs.length} live pay runs on record`,
      );
    const clean = cleanLiveRuns(runs, maxErrorRate);
    return clean >= wanted
      ? []
      : problem(`${id} of the wave before has ${clean} of ${wanted} clean live pay runs in a row`);
  });
}

/** A pay run that nobody recorded was not clean. The day itself may still be under way. */
function payDaysBetween({ switchedAt = '', payDays }: KnownDepartment, now: string): number {
  const [from, to] = [switchedAt.slice(0, 10), now.slice(0, 10)];
  return payDays.filter((day) => day > from && day < to).length;
}

/** What cuts over in the same tax month, as the windows stand now: a slip may bring two waves together. */
function ofTheMonth(
  { departments }: ProgrammeFacts,
  department: KnownDepartment,
  { periodDepartments, periodHeadcount }: ProgrammeLimits,
): AdmissionProblem[] {
  const month = taxMonthOf(department.window.from);
  const others = departments.filter(
    ({ id, window }) => id !== department.id && taxMonthOf(window.from) === month,
  );
  const together = [...others, department];
  const people = together.reduce((sum, { headcount }) => sum + headcount, 0);
  const problems: AdmissionProblem[] = [];
  if (together.length > periodDepartments)
    problems.push({
      rule: 'departments-of-the-month',
      detail: `${together.length} departments cut over in the tax month from ${month}, allowed are ${periodDepartments}`,
    });
  if (people > periodHeadcount)
    problems.push({
      rule: 'headcount-of-the-month',
      detail: `${people} people move in the tax month from ${month}, allowed are ${periodHeadcount}`,
    });
  return problems;
}

/** Control C8. */
export const C08_WAVES: Control = {
  id: 'C8',
  title: 'A pilot first, then waves that wait for each other',
  wentWrong:
    'Phoenix moved 34 departments and then all others at once; Novopay went live everywhere on one day. NHS Electronic Staff Record went in twelve waves of about fifty and finished (Auditor General of Canada 2017-18; Novopay inquiry).',
  rule: 'A plan of waves that two people agreed on has a small pilot first and limits on departments and people per wave and month. A wave cuts over only when each department of the wave before has had two clean live pay runs in a row, or more where the plan says so, as the platform has recorded them.',
  refuses: [
    'A plan whose pilot, wave or month is larger than its limits.',
    'A cutover while a department of the wave before is not live, has too few clean live pay runs in a row, or had a pay day without a run on record.',
    'Limits in a plan beyond five departments in the pilot, and sixty or 100,000 people at once.',
    'A cutover of a department that no wave has, or that has grown far beyond the plan.',
    'A cutover in a month in which others move already, beyond the limits.',
    'A department beside three others that move or are in hypercare, where a programme has no plan.',
  ],
  codes: ['programme/invalid', 'cutover/wave-not-admitted', 'approval/red-criteria'],
  usedBy: ['cutover/gate', 'cutover/wait'],
  evidence: ['gate-statement'],
};
