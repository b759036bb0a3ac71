import { Worker } from '@temporalio/worker';
import type { NativeConnection, WorkflowBundleOption } from '@temporalio/worker';
import type { RecordEvents, StepActivities } from '../activities/index.ts';
import { DRAIN_TIMEOUT, HEARTBEAT_INTERVAL } from '../domain/policies.ts';
import { dataPlaneQueue } from '../workflows/messages.ts';

export interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** Name of the control queue; the data plane's queue stands beside it. */
  readonly controlQueue: string;
  readonly activities: StepActivities & { recordEvents: RecordEvents };
  /** The bundle made by the build, or the folder of the workflows' sources. */
  readonly workflows: { readonly bundle: WorkflowBundleOption } | { readonly path: string };
  /** Data plane steps at the same time on this worker. Each may keep one core of the databases busy. */
  readonly dataPlaneSteps: number;
}

/** The two workers of a process: one for workflows and control steps, one for the steps that move data. */
export async function createWorkers(options: WorkersOptions): Promise<Worker[]> {
  const { connection, namespace, controlQueue, activities, workflows } = options;
  const common = {
    connection,
    namespace,
    activities,
    shutdownGraceTime: DRAIN_TIMEOUT,
    maxHeartbeatThrottleInterval: HEARTBEAT_INTERVAL,
  };
  return Promise.all([
    Worker.create({
      ...common,
      taskQueue: controlQueue,
      ...('bundle' in workflows
        ? { workflowBundle: workflows.bundle }
        : { workflowsPath: workflows.path }),
      maxConcurrentActivityTaskExecutions: 50,
      maxCachedWorkflows: 500,
    }),
    Worker.create({
      ...common,
      taskQueue: dataPlaneQueue(controlQueue),
      maxConcurrentActivityTaskExecutions: options.dataPlaneSteps,
    }),
  ]);
}
