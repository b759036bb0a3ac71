import { readLivePeriods } from '../dataplane/live-periods.ts';
import { judgeHypercare } from '../domain/controls/c15-hypercare.ts';
import type { Json } from '../domain/json.ts';
import { presentTime } from '../store/present-time.ts';
import { passingChecks } from './smoke.ts';
import type { StepBody } from './step-activity.ts';

/**
 * Watches the platform after the point of no return (control C15): looks again and again until every exit criterion is met.
 * The smoke checks have to pass at each look; the time counts from the switch.
 */
export const watchThroughHypercare: StepBody = async (context) => {
  const { manifest, outputs, urls, work } = context;
  const checks = await passingChecks(context);
  const now = await presentTime(context.database, context.run.onboarding);
  const switched = (await outputs()).get('cutover/switch')?.['liveFrom'];
  const department = manifest.department.id;
  const liveFrom = typeof switched === 'string' ? switched : now;
  const paid =
    'notApplicable' in manifest.parallelRun
      ? undefined
      : (await readLivePeriods({ urls: await urls(), departments: [department] }, work))[
          department
        ];
  const { policy } = manifest;
  const criteria = judgeHypercare(paid, policy, { liveFrom, now });
  const open = criteria.filter(({ met }) => !met).map(({ id }) => id);
  const output = {
    checks: checks.length,
    failed: 0,
    livePeriods: paid?.length ?? null,
    open,
    criteria: criteria as unknown as Json,
  };
  const evidence = [
    { kind: 'smoke-checks', content: checks as unknown as Json },
    {
      kind: 'hypercare',
      content: { liveFrom, criteria, periods: paid ?? null } as unknown as Json,
    },
  ];
  if (open.length === 0) return { output, evidence };
  const watched = Date.parse(liveFrom) + policy.hypercareHours * 3_600_000;
  const again = Date.parse(now) + policy.hypercare.lookAgainHours * 3_600_000;
  const onlyTime = open.every((id) => id === 'watched');
  return { output, evidence, until: new Date(onlyTime ? watched : again).toISOString() };
};
