import { ActivityCancellationType, proxyActivities, workflowInfo } from '@temporalio/workflow';
import { HEARTBEAT_TIMEOUT, STEP_RETRY, STEP_TIMEOUT } from '../../domain/policies.ts';
import { dataPlaneQueue } from '../../workflows/messages.ts';

export { onboarding } from '../../workflows/onboarding.ts';

type Activities = Record<string, (input: object) => Promise<unknown>>;

/** What the bare workflow does: in each group side by side, the groups one after the other. */
export type BareGroups = readonly (readonly {
  readonly activity: string;
  readonly dataPlane: boolean;
}[])[];

/**
 * The same activities in the same order with the same options and queues, and nothing else: no events, no commands, no
 * parking, no read model.
 */
export async function bare(groups: BareGroups): Promise<void> {
  const { taskQueue } = workflowInfo();
  const options = {
    startToCloseTimeout: STEP_TIMEOUT,
    heartbeatTimeout: HEARTBEAT_TIMEOUT,
    retry: STEP_RETRY,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  };
  const control = proxyActivities<Activities>({ ...options, taskQueue });
  const dataPlane = proxyActivities<Activities>({
    ...options,
    taskQueue: dataPlaneQueue(taskQueue),
  });
  for (const group of groups) {
    await Promise.all(
      group.map(({ activity, dataPlane: isData }) => run(isData ? dataPlane : control, activity)),
    );
  }
}

async function run(activities: Activities, name: string): Promise<void> {
  await activities[name]?.({});
}
