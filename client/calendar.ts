import { z } from 'zod';
import {
  closedDays,
  nextLegalWindows,
  refusingProblems,
  windowProblems,
} from '../domain/controls/c10-calendar.ts';
import type { Database } from '../store/database.ts';
import type { Identity } from '../store/identities.ts';
import { knownDepartments } from '../store/known-departments.ts';
import { otherCutovers } from '../store/other-cutovers.ts';
import { presentTime } from '../store/present-time.ts';
import { onboardingId } from '../workflows/messages.ts';
import type { Place } from './access.ts';
import type { Reads } from './reads.ts';

const window = z.object({ from: z.string(), to: z.string() });

/** What the calendar says to the cutover of a department (control C10). */
export const calendarSchema = z
  .object({
    window: window.describe('The window that was asked about, or that stands.'),
    legal: z.boolean(),
    problems: z.array(
      z.object({
        rule: z.string(),
        detail: z.string(),
        exempt: z.string().nullable().describe('Why the manifest lets it pass.'),
      }),
    ),
    next: z.object({ sameWeekday: window.nullable(), anyDay: window.nullable() }),
    closed: z.array(
      z.object({ rule: z.string(), from: z.string(), to: z.string(), detail: z.string() }),
    ),
    others: z.array(window.extend({ department: z.string() })),
  })
  .meta({ id: 'Calendar' });

/** @see calendarSchema */
export type CalendarView = z.infer<typeof calendarSchema>;

const DAYS_AHEAD = 120;
const DAY = 86_400_000;

/**
 * The calendar of a department's cutover: closed days ahead, cutovers of the same team, and whether a window is legal; if it
 * is not, by which rules, and when it would be.
 * @param asked instead of the window that stands. ISO times.
 * @throws as `Reads` does
 */
export async function readCalendar(
  { reads, database }: { readonly reads: Reads; readonly database: Database },
  identity: Identity,
  place: Place,
  asked?: { readonly from: string; readonly to: string },
): Promise<CalendarView> {
  const { manifest } = await reads.manifest(identity, place);
  const { programme, department } = place;
  const now = await presentTime(database, onboardingId(programme, department));
  const others = await otherCutovers(database, programme, manifest.cutover.team, department);
  const known = await knownDepartments(database, programme);
  const own = known.find(({ id }) => id === department)?.window ?? manifest.cutover.window;
  const about = asked ?? { from: own.from, to: own.to };
  const problems = windowProblems(about, manifest, others, now);
  const legal = refusingProblems(problems).length === 0;
  const next = legal ? undefined : nextLegalWindows(about, manifest, others, now);
  const day = (days: number): string =>
    new Date(Date.parse(now) + days * DAY).toISOString().slice(0, 10);
  return {
    window: about,
    legal,
    problems: problems.map(({ rule, detail, exempt }) => ({
      rule,
      detail,
      exempt: exempt ?? null,
    })),
    next: { sameWeekday: next?.sameWeekday ?? null, anyDay: next?.anyDay ?? null },
    closed: closedDays(manifest, day(0), day(DAYS_AHEAD)).map((each) => ({ ...each })),
    others,
  };
}
