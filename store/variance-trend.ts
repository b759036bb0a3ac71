import type { Queryable } from './database.ts';
import { varianceGroups } from './variances.ts';

/** What a pay period's comparison found and what became of it: one point of the trend. */
export interface VarianceTrend {
  readonly period: string;
  /** Lines by class, also the equal ones. */
  readonly classes: Readonly<Record<string, number>>;
  /** Groups over tolerance, by what became of them. */
  readonly open: number;
  readonly inProgress: number;
  readonly explained: number;
  readonly carried: number;
  /** Lines that are not equal, within tolerance or over it. */
  readonly lines: number;
  /** Platform less legacy, over all lines. */
  readonly totalPence: number;
}

/** The compared periods of an onboarding in order, each with its differences. */
export async function varianceTrend(
  database: Queryable,
  onboarding: string,
): Promise<VarianceTrend[]> {
  const { rows } = await database.query<{
    period: string;
    classes: Record<string, number> | null;
  }>(
    `select period, content->'classes' as classes from comparison where onboarding = $1 order by period`,
    [onboarding],
  );
  const trend: VarianceTrend[] = [];
  for (const { period, classes } of rows) {
    const groups = await varianceGroups(database, onboarding, period);
    const over = groups.filter((group) => group.overTolerance);
    const count = (status: string): number =>
      over.filter((group) => group.status === status).length;
    trend.push({
      period,
      classes: classes ?? {},
      open: count('open'),
      inProgress: count('in-progress'),
      explained: count('explained'),
      carried: count('carried'),
      lines: groups.reduce((sum, group) => sum + group.lines, 0),
      totalPence: groups.reduce((sum, group) => sum + group.totalPence, 0),
    });
  }
  return trend;
}
