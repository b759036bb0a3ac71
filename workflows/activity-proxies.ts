import { ActivityCancellationType, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { RecordEvents, StepActivities } from '../activities/index.ts';
import {
  HEARTBEAT_TIMEOUT,
  RECORD_RETRY,
  RECORD_TIMEOUT,
  STEP_RETRY,
  STEP_TIMEOUT,
} from '../domain/policies.ts';
import { dataPlaneQueue } from './messages.ts';

/** The activities an onboarding calls. */
export interface Proxies {
  /** Steps that decide and record: on the workflow's own queue. */
  readonly control: StepActivities;
  /** Steps that move data: on the queue beside it. */
  readonly dataPlane: StepActivities;
  readonly recordEvents: RecordEvents;
}

/** The proxies of the running workflow. */
export function proxies(): Proxies {
  const { taskQueue } = workflowInfo();
  const options = {
    startToCloseTimeout: STEP_TIMEOUT,
    heartbeatTimeout: HEARTBEAT_TIMEOUT,
    retry: STEP_RETRY,
    // A rewind must not start a step again while its old attempt still writes.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  };
  const { recordEvents } = proxyActivities<{ recordEvents: RecordEvents }>({
    taskQueue,
    startToCloseTimeout: RECORD_TIMEOUT,
    retry: RECORD_RETRY,
  });
  return {
    control: proxyActivities<StepActivities>({ ...options, taskQueue }),
    dataPlane: proxyActivities<StepActivities>({
      ...options,
      taskQueue: dataPlaneQueue(taskQueue),
    }),
    recordEvents,
  };
}
