import type { LivePeriod } from './controls/c15-hypercare.ts';
import { londonDays } from './london-time.ts';
import type { ManifestProblem } from './manifest-checks.ts';
import type { OnboardingStatus } from './onboarding-view.ts';
import type { Measurement, PlannedDepartment, ProgrammePlan } from './programme-shape.ts';

/** A department of a programme as the record has it. */
export interface KnownDepartment {
  readonly id: string;
  readonly wave: number;
  readonly headcount: number;
  readonly status: OnboardingStatus;
  /** Its cutover window as it stands, ISO. */
  readonly window: { readonly from: string; readonly to: string };
  /** ISO time of the switch; undefined as long as the legacy side serves. */
  readonly switchedAt?: string;
  /** False where no pay is in scope: it has no live pay runs. */
  readonly paid: boolean;
  /** The pay days of its calendar, ISO dates. */
  readonly payDays: readonly string[];
}

/** A measurement with when it was recorded, ISO. */
export interface RecordedMeasurement extends Measurement {
  readonly at: string;
}

/** What is known of a programme when one of its departments wants to cut over. */
export interface ProgrammeFacts {
  /** The plan in force; undefined where none was ever approved. */
  readonly plan: ProgrammePlan | undefined;
  /** ISO time to judge by: the later of clock and record. */
  readonly now: string;
  /** Every onboarding of the programme that was not aborted. */
  readonly departments: readonly KnownDepartment[];
  /** The live pay runs of departments, in order. */
  readonly live: Readonly<Record<string, readonly LivePeriod[]>>;
  /** In the order of their months. */
  readonly measurements: readonly RecordedMeasurement[];
}

/** Why a department may not cut over now, in words. */
export interface AdmissionProblem {
  readonly rule: string;
  readonly detail: string;
}

/** Where a plan has a department: the number of its wave from 0, and what is planned. */
export function plannedDepartment(
  plan: ProgrammePlan,
  id: string,
): { readonly wave: number; readonly department: PlannedDepartment } | undefined {
  for (const [wave, { departments }] of plan.waves.entries()) {
    const department = departments.find((each) => each.id === id);
    if (department !== undefined) return { wave, department };
  }
  return undefined;
}

/**
 * The first day of the tax month a moment lies in: from the 6th to the 5th, in London. What is paid in one is reported
 * together, so it is what counts as one pay period across departments.
 */
export function taxMonthOf(moment: string): string {
  const at = Date.parse(moment);
  const { first } = londonDays(at, at + 1);
  const [year = 0, month = 0, day = 0] = first.split('-').map(Number);
  const start = new Date(Date.UTC(year, day < 6 ? month - 2 : month - 1, 6));
  return start.toISOString().slice(0, 10);
}

/**
 * What is wrong between the parts of a programme plan: departments that stand twice, windows that end before they start or
 * go backwards from wave to wave, and more than its own limits allow.
 */
export function checkProgramme(plan: ProgrammePlan): ManifestProblem[] {
  const problems: ManifestProblem[] = [];
  const seen = new Set<string>();
  const months = new Map<string, { departments: number; headcount: number }>();
  const { limits } = plan;
  for (const [w, wave] of plan.waves.entries()) {
    const people = wave.departments.reduce((sum, { headcount }) => sum + headcount, 0);
    const [most, mostPeople] =
      w === 0
        ? [limits.pilotDepartments, limits.pilotHeadcount]
        : [limits.waveDepartments, limits.waveHeadcount];
    const path = ['waves', w, 'departments'];
    if (wave.departments.length > most)
      problems.push({
        path,
        message: `wave ${wave.id} has ${wave.departments.length} departments; the limit is ${most}`,
      });
    if (people > mostPeople)
      problems.push({
        path,
        message: `wave ${wave.id} has ${people} people; the limit is ${mostPeople}`,
      });
    const before = plan.waves[w - 1]?.departments.map(({ cutover }) => Date.parse(cutover.to));
    for (const [d, { id, headcount, cutover }] of wave.departments.entries()) {
      if (seen.has(id))
        problems.push({ path: [...path, d, 'id'], message: `${id} stands in the plan twice` });
      seen.add(id);
      if (!(Date.parse(cutover.to) > Date.parse(cutover.from)))
        problems.push({
          path: [...path, d, 'cutover', 'to'],
          message: 'the window must end after it starts',
        });
      if (before !== undefined && Date.parse(cutover.from) < Math.max(...before))
        problems.push({
          path: [...path, d, 'cutover', 'from'],
          message: `${id} would cut over before wave ${plan.waves[w - 1]?.id ?? ''} has`,
        });
      const month = months.get(taxMonthOf(cutover.from)) ?? { departments: 0, headcount: 0 };
      months.set(taxMonthOf(cutover.from), {
        departments: month.departments + 1,
        headcount: month.headcount + headcount,
      });
    }
  }
  for (const [month, { departments, headcount }] of months) {
    if (departments > limits.periodDepartments)
      problems.push({
        path: ['waves'],
        message: `${departments} departments cut over in the tax month from ${month}; the limit is ${limits.periodDepartments}`,
      });
    if (headcount > limits.periodHeadcount)
      problems.push({
        path: ['waves'],
        message: `${headcount} people move in the tax month from ${month}; the limit is ${limits.periodHeadcount}`,
      });
  }
  return problems;
}
