import {
  ActivityCancellationType,
  proxyActivities,
  proxyLocalActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { RecordEvents, StepActivities } from '../activities/index.ts';
import {
  CONTROL_STEP_IMPATIENCE,
  CONTROL_STEP_TIMEOUT,
  HEARTBEAT_TIMEOUT,
  RECORD_RETRY,
  RECORD_TIMEOUT,
  STEP_RETRY,
  STEP_TIMEOUT,
} from '../domain/policies.ts';
import { dataPlaneQueue } from './messages.ts';

/** The activities an onboarding calls. */
export interface Proxies {
  /**
   * Steps that decide and record, a matter of milliseconds: local activities, which cost the server a fraction of what
   * others do. A worker that is lost runs them again, and they find what they wrote.
   */
  readonly control: StepActivities;
  /** Steps that move data: on the queue beside it. */
  readonly dataPlane: StepActivities;
  /**
   * Writes events between steps. An ordinary activity, because handlers of commands wait for it: histories with local
   * activities in a handler do not replay.
   */
  readonly recordEvents: RecordEvents;
}

/** The proxies of the running workflow. */
export function proxies(): Proxies {
  const { taskQueue } = workflowInfo();
  // A rewind must not start a step again while its old attempt still writes.
  const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;
  const { recordEvents } = proxyActivities<{ recordEvents: RecordEvents }>({
    taskQueue,
    startToCloseTimeout: RECORD_TIMEOUT,
    retry: RECORD_RETRY,
  });
  return {
    control: proxyLocalActivities<StepActivities>({
      startToCloseTimeout: CONTROL_STEP_TIMEOUT,
      localRetryThreshold: CONTROL_STEP_IMPATIENCE,
      retry: STEP_RETRY,
      cancellationType,
    }),
    dataPlane: proxyActivities<StepActivities>({
      taskQueue: dataPlaneQueue(taskQueue),
      startToCloseTimeout: STEP_TIMEOUT,
      heartbeatTimeout: HEARTBEAT_TIMEOUT,
      retry: STEP_RETRY,
      cancellationType,
    }),
    recordEvents,
  };
}
