import { plannedDepartment } from '../programme.ts';
import type { KnownDepartment, ProgrammeFacts } from '../programme.ts';
import type { ProgrammePlan } from '../programme-shape.ts';
import type { Window } from './c10-calendar.ts';
import type { Control } from './control.ts';

const DAY = 86_400_000;

/** When a department was to cut over, and when it will. */
export interface DepartmentForecast {
  readonly department: string;
  readonly wave: string;
  /** As planned now, and as planned first. */
  readonly baseline: Window;
  readonly original: Window | null;
  readonly forecast: Window;
  /** ISO time of the switch. */
  readonly actual: string | null;
  /** Whole days behind the baseline; negative when it is ahead. */
  readonly daysLate: number;
  /** Why it is not as planned; empty when it is. */
  readonly cause: string;
}

/** What a forecast is made of. */
export interface ForecastFacts extends Pick<ProgrammeFacts, 'departments'> {
  readonly plan: ProgrammePlan;
  /** The plan that was approved first. */
  readonly original: ProgrammePlan;
  /** Reasons that people gave for moving a department's window, the last one each. */
  readonly causes: Readonly<Record<string, string>>;
  /** ISO time: the later of clock and record. */
  readonly now: string;
  /**
   * The first legal window not before `earliest`, of the same length; of departments without a manifest nothing but the time
   * is known.
   * @param taken where the departments before it in the plan will be
   */
  legal(
    department: string,
    window: Window,
    earliest: number,
    taken: readonly DepartmentForecast[],
  ): Window;
}

/**
 * When every department will cut over, wave by wave: the window it has now, moved where the wave before is not done by then, or
 * where it has passed (control C11). A wave is done when its last department has been switched and has had its clean live pay runs, one a
 * month. Pure.
 */
export function forecastOf(facts: ForecastFacts): DepartmentForecast[] {
  const { plan, original, causes } = facts;
  const all: DepartmentForecast[] = [];
  const now = Date.parse(facts.now);
  let ready = 0;
  let waitsFor = '';
  for (const wave of plan.waves) {
    let latest = 0;
    let slowest = '';
    for (const { id, cutover: baseline } of wave.departments) {
      const known = facts.departments.find((each) => each.id === id);
      const actual = known?.switchedAt ?? null;
      const own = known?.window ?? baseline;
      const held = actual === null && Date.parse(own.from) < ready;
      const missed = actual === null && Date.parse(own.to) <= now;
      const forecast = held || missed ? facts.legal(id, own, Math.max(ready, now), all) : own;
      const daysLate = Math.round(
        (Date.parse(actual ?? forecast.from) - Date.parse(baseline.from)) / DAY,
      );
      all.push({
        department: id,
        wave: wave.id,
        baseline,
        original: plannedDepartment(original, id)?.department.cutover ?? null,
        forecast,
        actual,
        daysLate,
        cause: held
          ? waitsFor
          : missed
            ? 'its window has passed without a cutover'
            : causeOf(known, baseline, causes[id]),
      });
      const done = monthsLater(Date.parse(actual ?? forecast.to), plan.limits.cleanLiveRuns);
      if (done > latest) [latest, slowest] = [done, id];
    }
    ready = latest;
    waitsFor = `waits for the live pay runs of ${slowest} (wave ${wave.id})`;
  }
  return all;
}

function causeOf(
  known: KnownDepartment | undefined,
  baseline: Window,
  said: string | undefined,
): string {
  const moved = known !== undefined && Date.parse(known.window.from) !== Date.parse(baseline.from);
  return moved ? (said ?? 'the manifest has another window than the plan') : '';
}

function monthsLater(moment: number, months: number): number {
  const date = new Date(moment);
  return date.setUTCMonth(date.getUTCMonth() + months);
}

/** Do two plans have the same departments at the same times? What else differs is no new baseline. */
export function sameBaseline(a: ProgrammePlan, b: ProgrammePlan): boolean {
  const times = (plan: ProgrammePlan): string =>
    JSON.stringify(
      plan.waves.map(({ id, departments }) => [
        id,
        departments
          .toSorted((one, other) => one.id.localeCompare(other.id))
          .map((each) => [each.id, each.cutover]),
      ]),
    );
  return times(a) === times(b);
}

/** Control C11. */
export const C11_FORECAST: Control = {
  id: 'C11',
  title: 'Baseline and forecast of every department and wave',
  wentWrong:
    'Plans did not show what a delay of one customer meant for the others; the average delay was fourteen months (National Audit Office 2016).',
  rule: 'The plan in force is the baseline. The forecast is computed from the record: a slip moves every wave behind it, to windows that are legal, and carries its cause. A plan with other dates needs a second, senior person, and the old one is kept.',
  refuses: [
    'A plan, or new dates for one, that only the person who made it agrees with.',
    'Approving another version of a plan than the one that was looked at.',
    'Moving a cutover without a reason.',
  ],
  codes: ['approval/four-eyes', 'approval/stale-evidence', 'command/reason-required'],
  usedBy: ['reschedule', 'registerProgramme', 'approveProgramme'],
  evidence: ['programme-plan'],
};
