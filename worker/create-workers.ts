import { Worker } from '@temporalio/worker';
import type { NativeConnection, WorkflowBundleOption } from '@temporalio/worker';
import type { createActivities } from '../activities/index.ts';
import { DRAIN_TIMEOUT, HEARTBEAT_INTERVAL } from '../domain/policies.ts';
import { dataPlaneQueue, inspectionQueue } from '../workflows/messages.ts';

export interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** Name of the control queue; the data plane's queue stands beside it. */
  readonly controlQueue: string;
  readonly activities: ReturnType<typeof createActivities>;
  /** The bundle made by the build, or the folder of the workflows' sources. */
  readonly workflows: { readonly bundle: WorkflowBundleOption } | { readonly path: string };
  /** Data plane steps at the same time on this worker. Each may keep one core of the databases busy. */
  readonly dataPlaneSteps: number;
}

/** Looks at the platform at the same time on one worker: each is a few queries. */
const LOOKS = 4;

/** The workers of a process: for workflows and control steps, for the steps that move data, for looks at the platform. */
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
    Worker.create({
      ...common,
      activities: { inspect: activities.inspect },
      taskQueue: inspectionQueue(controlQueue),
      maxConcurrentActivityTaskExecutions: LOOKS,
    }),
  ]);
}
