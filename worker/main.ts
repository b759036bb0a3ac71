import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import { STEP_BODIES } from '../activities/step-bodies.ts';
import { openDatabase } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { CONTROL_QUEUE } from '../workflows/messages.ts';
import { loadWorkerConfig } from './config.ts';
import type { WorkerConfig } from './config.ts';
import { createWorkers } from './create-workers.ts';
import { stepDependencies } from './step-dependencies.ts';

/** Says that the worker is up, to whoever started it. */
function ready(): void {
  process.send?.({ ready: true });
}

/** Runs until it is asked to stop: by a signal, or because whoever started it is gone. */
async function main(): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('INFO'), shutdownSignals: [] });
  const config = loadWorkerConfig();
  await migrateOwnTables(config);
  const database = openDatabase(config.storeUrl);
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const connection = await NativeConnection.connect(connectionOptions);
  const workers = await createWorkers({
    connection,
    namespace: namespace ?? 'default',
    controlQueue: CONTROL_QUEUE,
    activities: createActivities(stepDependencies(config, database), STEP_BODIES),
    workflows: workflowsOfThisInstallation(),
    dataPlaneSteps: config.dataPlaneSteps,
  });
  const stop = (): void => {
    for (const worker of workers) {
      if (worker.getState() === 'RUNNING') worker.shutdown();
    }
  };
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.once(event, stop);
  const running = workers.map((worker) => worker.run());
  ready();
  await Promise.all(running);
  await connection.close();
  await database.end();
  // An open channel to the parent would keep the process alive.
  if (process.connected) process.disconnect();
}

/** Brings Slipway's tables up to date: its own database, and the ledger it keeps on the platform. Workers take turns. */
async function migrateOwnTables({
  storeUrl,
  platformUrl,
  rehearsalUrl,
}: WorkerConfig): Promise<void> {
  const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
  await migrate({ url: storeUrl, folder: folder('../store/migrations'), name: 'store' });
  for (const url of [platformUrl, rehearsalUrl]) {
    if (url === undefined) continue;
    await migrate({ url, folder: folder('../dataplane/migrations/target'), name: 'target' });
  }
}

/** The bundle that the build made; in a checkout without one, the sources. */
function workflowsOfThisInstallation(): { bundle: { codePath: string } } | { path: string } {
  const codePath = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
  if (existsSync(codePath)) return { bundle: { codePath } };
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return { path: fileURLToPath(new URL(`../workflows/index.${extension}`, import.meta.url)) };
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
  if (process.connected) process.disconnect();
});
