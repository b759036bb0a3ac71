import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import type { StepBody } from '../../../activities/step-activity.ts';
import { openServices } from '../../../client/services.ts';
import type { Services } from '../../../client/services.ts';
import { parseManifest } from '../../../client/manifest-file.ts';
import type { DataPlaneUrls } from '../../../dataplane/urls.ts';
import { SlipwayError } from '../../../domain/errors.ts';
import type { Manifest } from '../../../domain/manifest.ts';
import type { Role } from '../../../domain/roles.ts';
import { STEP_CATALOGUE } from '../../../domain/step-catalogue.ts';
import type { StepId } from '../../../domain/step-catalogue.ts';
import { EventLog } from '../../../store/event-log.ts';
import { createToken, findPerson, savePerson } from '../../../store/identities.ts';
import type { Identity } from '../../../store/identities.ts';
import { findManifest } from '../../../store/manifests.ts';
import { migrate } from '../../../store/migrate.ts';
import { createWorkers } from '../../../worker/create-workers.ts';
import { freshDatabase } from '../../support/database.ts';
import { until } from '../../support/until.ts';
import { workflowBundle } from '../../workflows/harness.ts';
import { manifestText } from './manifest.ts';

/** Everything a client talks to: store, Temporal, and a worker whose steps have bodies of the test's. */
export interface World {
  readonly services: Services;
  readonly storeUrl: string;
  readonly client: Client;
  readonly controlQueue: string;
  /** Replace a body while the test runs. */
  readonly bodies: Record<StepId, StepBody>;
  /** A person with a role everywhere, and a token. */
  person(id: string, ...roles: Role[]): Promise<{ identity: Identity; token: string }>;
  /** A manifest of a programme that no other test has. */
  manifest(change?: (text: string) => string): {
    programme: string;
    text: string;
    manifest: Manifest;
    place: { programme: string; department: string };
  };
  /** Waits until a step has this status, as the store shows it. */
  reaches(
    identity: Identity,
    place: { programme: string; department: string },
    key: string,
    status: string,
  ): ReturnType<Services['reads']['step']>;
  close(): Promise<void>;
}

/** @param urls the databases of a test whose steps move data */
export async function startWorld(urls?: DataPlaneUrls): Promise<World> {
  const storeUrl = await freshDatabase('client');
  await migrate({
    url: storeUrl,
    folder: fileURLToPath(new URL('../../../store/migrations', import.meta.url)),
    name: 'store',
  });
  const address = inject('temporalAddress');
  const client = new Client({ connection: await Connection.connect({ address }) });
  const controlQueue = `test-${randomBytes(4).toString('hex')}-control`;
  const services = await openServices({ storeUrl, client, controlQueue });
  const bodies = defaultBodies();
  const connection = await NativeConnection.connect({ address });
  const workers = await createWorkers({
    connection,
    namespace: 'default',
    controlQueue,
    activities: activitiesOf(services, bodies, urls),
    workflows: { bundle: await workflowBundle() },
    dataPlaneSteps: 8,
  });
  const running = workers.map((worker: Worker) => worker.run());
  return {
    services,
    storeUrl,
    client,
    controlQueue,
    bodies,
    async person(id, ...roles) {
      await savePerson(
        services.database,
        { id, name: id },
        roles.map((role) => ({ role, programme: '*', department: '*' })),
      );
      const identity = (await findPerson(services.database, id)) as Identity;
      return { identity, token: (await createToken(services.database, id, 'test')).secret };
    },
    manifest(change = (text) => text) {
      const programme = `p${randomBytes(4).toString('hex')}`;
      const text = change(manifestText({ programme }));
      const { manifest, problems } = parseManifest(text, 'test.yaml');
      if (manifest === undefined) throw new Error(JSON.stringify(problems));
      return { programme, text, manifest, place: { programme, department: 'ministry' } };
    },
    reaches: (identity, place, key, status) =>
      until(`${key} is ${status}`, async () => {
        const step = await services.reads.step(identity, place, key);
        return step.status === status ? step : undefined;
      }),
    async close() {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await Promise.all([connection.close(), client.connection.close(), services.close()]);
    },
  };
}

function activitiesOf(
  { database }: Services,
  bodies: Record<StepId, StepBody>,
  urls: DataPlaneUrls | undefined,
) {
  const none = (): Promise<never> => Promise.reject(new Error('these steps need no data'));
  const calling = Object.fromEntries(
    STEP_CATALOGUE.map(
      ({ id }) => [id, (context) => bodies[id](context)] satisfies [string, StepBody],
    ),
  ) as Record<StepId, StepBody>;
  return createActivities(
    {
      database,
      log: new EventLog(database),
      manifest: async (hash) => {
        const stored = await findManifest(database, hash);
        if (stored === undefined) throw new SlipwayError('internal/unexpected', 'no manifest');
        return stored;
      },
      urls: urls === undefined ? none : () => Promise.resolve(urls),
      secret: none,
    },
    calling,
  );
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
