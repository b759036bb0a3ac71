import {
  ActivityCancellationType,
  proxyActivities,
  proxyLocalActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { RecordEvents, StepActivities } from '../activities/index.ts';
import {
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
   * Steps that decide and record, a matter of milliseconds: local activities, which cost the server half of what others
   * do. A worker that is lost runs them again, and they find what they wrote.
   */
  readonly control: StepActivities;
  /** Steps that move data: on the queue beside the workflow's own. */
  readonly dataPlane: StepActivities;
  readonly recordEvents: RecordEvents;
}

/** The proxies of the running workflow. */
export function proxies(): Proxies {
  // A rewind must not start a step again while its old attempt still writes.
  const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;
  const { recordEvents } = proxyLocalActivities<{ recordEvents: RecordEvents }>({
    startToCloseTimeout: RECORD_TIMEOUT,
    retry: RECORD_RETRY,
  });
  return {
    control: proxyLocalActivities<StepActivities>({
      startToCloseTimeout: CONTROL_STEP_TIMEOUT,
      retry: STEP_RETRY,
      cancellationType,
    }),
    dataPlane: proxyActivities<StepActivities>({
      taskQueue: dataPlaneQueue(workflowInfo().taskQueue),
      startToCloseTimeout: STEP_TIMEOUT,
      heartbeatTimeout: HEARTBEAT_TIMEOUT,
      retry: STEP_RETRY,
      cancellationType,
    }),
    recordEvents,
  };
}
