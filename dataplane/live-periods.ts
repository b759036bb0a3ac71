import type { LivePeriod } from '../domain/controls/c15-hypercare.ts';
import { withConnection } from './connections.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

/**
 * The pay periods that the platform has paid since it serves each department, in the order in which they were recorded. What was
 * recorded before the switch is not live; both times are of the platform's own clock.
 * @param departments their ids; who was never paid live has an empty list
 * @throws SlipwayError `target/unreachable`
 */
export async function readLivePeriods(
  { urls, departments }: { urls: DataPlaneUrls; departments: readonly string[] },
  work: Work,
): Promise<Record<string, LivePeriod[]>> {
  return withConnection(urls.target, 'target', work.signal, async (target) => {
    const { rows } = await target.query<LivePeriod & { department: string }>(
      `select l.department, l.period, l.payments, l.errors, l.open_cases as "openCases", l.month_closed as "monthClosed",
         l.quarter_closed as "quarterClosed"
       from payroll.live_period l join platform.tenant t on t.department = l.department
       where l.department = any($1) and t.status = 'live' and l.recorded_at > t.live_from
       order by l.recorded_at, l.period`,
      [departments],
    );
    const live: Record<string, LivePeriod[]> = Object.fromEntries(
      departments.map((department) => [department, []]),
    );
    for (const { department, ...period } of rows) live[department]?.push(period);
    return live;
  });
}
