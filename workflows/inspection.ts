import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Inspect } from '../activities/inspect.ts';
import { INSPECTION_RETRY, INSPECTION_TIMEOUT } from '../domain/policies.ts';
import { inspectionQueue } from './messages.ts';

/** Has a look at the platform answered into the store. Only its id passes through here. */
export async function inspection(id: string): Promise<void> {
  const { inspect } = proxyActivities<{ inspect: Inspect }>({
    taskQueue: inspectionQueue(workflowInfo().taskQueue),
    startToCloseTimeout: INSPECTION_TIMEOUT,
    retry: INSPECTION_RETRY,
  });
  await inspect(id);
}
