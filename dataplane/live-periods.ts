import type { LivePeriod } from '../domain/controls/c15-hypercare.ts';
import { withConnection } from './connections.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

/**
 * The pay periods that the platform has paid since it serves the department, in the order in which they were recorded. What was
 * recorded before the switch is not live; both times are of the platform's own clock.
 * @throws SlipwayError `target/unreachable`
 */
export async function readLivePeriods(
  { urls, department }: { urls: DataPlaneUrls; department: string },
  work: Work,
): Promise<LivePeriod[]> {
  return withConnection(urls.target, 'target', work.signal, async (target) => {
    const { rows } = await target.query<LivePeriod>(
      `select l.period, l.payments, l.errors, l.open_cases as "openCases", l.month_closed as "monthClosed",
         l.quarter_closed as "quarterClosed"
       from payroll.live_period l join platform.tenant t on t.department = l.department
       where l.department = $1 and t.status = 'live' and l.recorded_at > t.live_from
       order by l.recorded_at, l.period`,
      [department],
    );
    return rows;
  });
}
