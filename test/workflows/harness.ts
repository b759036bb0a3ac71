import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import type { Worker, WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { inject } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import type { StepBody } from '../../activities/step-activity.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { planOf } from '../../domain/plan.ts';
import type { Actor, Role } from '../../domain/roles.ts';
import { STEP_CATALOGUE } from '../../domain/step-catalogue.ts';
import type { StepId } from '../../domain/step-catalogue.ts';
import type { StepView } from '../../domain/step-view.ts';
import { openDatabase } from '../../store/database.ts';
import type { Database } from '../../store/database.ts';
import { EventLog } from '../../store/event-log.ts';
import { findManifest, registerManifest } from '../../store/manifests.ts';
import { migrate } from '../../store/migrate.ts';
import { findOnboarding } from '../../store/read-model.ts';
import type { OnboardingDetail } from '../../store/read-model.ts';
import { createWorkers } from '../../worker/create-workers.ts';
import * as messages from '../../workflows/messages.ts';
import type { OnboardingArguments } from '../../workflows/messages.ts';
import { SlipwayError } from '../../domain/errors.ts';
import { freshDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { sampleManifest } from './sample-manifest.ts';

/** An engine of its own: real workflow, real server, real store; the bodies of the steps are the test's. */
export interface Harness {
  readonly database: Database;
  readonly client: Client;
  readonly manifest: Manifest;
  readonly onboarding: string;
  readonly queue: string;
  /** Replace a body while the test runs. */
  readonly bodies: Record<StepId, StepBody>;
  start(change?: Partial<OnboardingArguments>): Promise<WorkflowHandle>;
  detail(): Promise<OnboardingDetail>;
  step(key: string): Promise<StepView>;
  /** Waits until a step has this status, as the store shows it. */
  reaches(key: string, status: StepView['status']): Promise<StepView>;
  /** Approves everything that waits until the onboarding has ended, or `stop` holds. */
  approveAll(stop: () => Promise<boolean>): Promise<void>;
  close(): Promise<void>;
}

Runtime.install({ logger: new DefaultLogger('WARN') });

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** Bundled once per test file: it takes a second or two. */
export function workflowBundle(): Promise<WorkflowBundleWithSourceMap> {
  bundle ??= bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
    logger: {
      ...console,
      trace: () => undefined,
      debug: () => undefined,
      info: () => undefined,
      log: () => undefined,
    },
  });
  return bundle;
}

/** A person of the sample manifest. */
export function actor(id: string, ...roles: Role[]): Actor {
  return { id, roles };
}

export const LEAD = actor('lead', 'programme-lead', 'migration-engineer');

export async function startHarness(
  bodies: Partial<Record<StepId, StepBody>> = {},
  manifest: Manifest = sampleManifest(),
): Promise<Harness> {
  const url = await freshDatabase('engine');
  await migrate({
    url,
    folder: fileURLToPath(new URL('../../store/migrations', import.meta.url)),
    name: 'store',
  });
  const database = openDatabase(url);
  const queue = `test-${randomBytes(4).toString('hex')}-control`;
  const programme = `p${randomBytes(4).toString('hex')}`;
  const own = { ...manifest, programme };
  const onboarding = messages.onboardingId(programme, own.department.id);
  const allBodies = { ...defaultBodies(), ...bodies } as Record<StepId, StepBody>;
  const calling = Object.fromEntries(
    STEP_CATALOGUE.map(
      ({ id }) => [id, (context) => allBodies[id](context)] satisfies [string, StepBody],
    ),
  ) as Record<StepId, StepBody>;
  const activities = createActivities(
    {
      database,
      log: new EventLog(database),
      manifest: async (hash) => {
        const stored = await findManifest(database, hash);
        if (stored === undefined) throw new SlipwayError('internal/unexpected', 'no manifest');
        return stored;
      },
      urls: () => Promise.reject(new Error('the bodies of this test need no data')),
      secret: () => Promise.reject(new Error('the bodies of this test need no secrets')),
    },
    calling,
  );
  const connection = await NativeConnection.connect({ address: inject('temporalAddress') });
  const workers = await createWorkers({
    connection,
    namespace: 'default',
    controlQueue: queue,
    activities,
    workflows: { bundle: await workflowBundle() },
    dataPlaneSteps: 8,
  });
  const running = workers.map((worker: Worker) => worker.run());
  const client = new Client({
    connection: await Connection.connect({ address: inject('temporalAddress') }),
  });
  const hash = await registerManifest(database, own, '', '/');

  const harness: Harness = {
    database,
    client,
    manifest: own,
    onboarding,
    queue,
    bodies: allBodies,
    async start(change = {}) {
      const args: OnboardingArguments = {
        onboarding,
        manifest: hash,
        plan: planOf(own),
        startedBy: 'lead',
        afterVersion: 0,
        ...change,
      };
      const startWorkflowOperation = new WithStartWorkflowOperation(messages.ONBOARDING_WORKFLOW, {
        workflowId: onboarding,
        taskQueue: queue,
        args: [args],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
      await client.workflow.executeUpdateWithStart(messages.beginUpdate, {
        args: [{ manifest: args.manifest }],
        startWorkflowOperation,
      });
      return await startWorkflowOperation.workflowHandle();
    },
    async detail() {
      const detail = await findOnboarding(database, onboarding);
      if (detail === undefined) throw new Error(`${onboarding} is not in the store`);
      return detail;
    },
    async step(key) {
      const detail = await harness.detail();
      const step = detail.steps.find((each) => each.key === key);
      if (step === undefined) throw new Error(`no step ${key}`);
      return step;
    },
    reaches: (key, status) =>
      until(`${key} is ${status}`, async () => {
        const step = await harness.step(key);
        return step.status === status ? step : undefined;
      }),
    approveAll: (stop) => approveAll(harness, stop),
    async close() {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await Promise.all([connection.close(), client.connection.close(), database.end()]);
    },
  };
  return harness;
}

async function approveAll(harness: Harness, stop: () => Promise<boolean>): Promise<void> {
  const handle = harness.client.workflow.getHandle(harness.onboarding);
  await until('everything that waits is approved', async () => {
    // Looked at before `stop` is asked: what came to wait after that is not approved any more.
    const { steps } = await harness.detail();
    if (await stop()) return true;
    for (const step of steps.filter(
      (each) => each.status === 'waiting' && each.until === undefined,
    )) {
      for (const role of Object.keys(step.quorum ?? {}) as Role[]) {
        const people = harness.manifest.people.filter((person) => person.roles.includes(role));
        const next = people.find(
          (person) => !step.decisions.some((decision) => decision.by === person.id),
        );
        if (next === undefined || step.decisions.some((decision) => decision.role === role))
          continue;
        await handle.executeUpdate(messages.approveGateUpdate, {
          args: [
            {
              actor: { id: next.id, roles: next.roles },
              reason: 'looks right',
              step: step.key,
              role,
              evidence: step.evidence[0]?.hash ?? '',
            },
          ],
        });
      }
    }
    return undefined;
  });
}

/** Every step does nothing and ends well; gates and decisions wait for their people. */
function defaultBodies(): Record<StepId, StepBody> {
  return Object.fromEntries(
    STEP_CATALOGUE.map(({ id, kind }) => [id, bodyOf(id, kind)] satisfies [string, StepBody]),
  ) as Record<StepId, StepBody>;
}

function bodyOf(id: StepId, kind: string): StepBody {
  if (id === 'parallel-run/verdict') return () => Promise.resolve({ output: { clean: true } });
  if (kind !== 'gate' && id !== 'mapping/confirm')
    return () => Promise.resolve({ output: { did: id } });
  return ({ run }) =>
    Promise.resolve({
      output: { red: [] },
      evidence: [{ kind: 'statement', content: { step: run.step, version: run.version } }],
      waits: true,
    });
}
