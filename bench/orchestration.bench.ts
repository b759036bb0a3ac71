import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import type { Worker } from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import type { StepBody } from '../activities/step-activity.ts';
import type { Manifest } from '../domain/manifest.ts';
import { manifestSchema } from '../domain/manifest.ts';
import { planOf } from '../domain/plan.ts';
import { STEP_CATALOGUE, definitionOf } from '../domain/step-catalogue.ts';
import type { StepId } from '../domain/step-catalogue.ts';
import { loadEmbeddedConfig } from '../embedded/config.ts';
import { startPostgres } from '../embedded/postgres.ts';
import { obtainTemporalBinary, TEMPORAL_CLI_VERSION } from '../embedded/temporal-binary.ts';
import { startTemporalServer } from '../embedded/temporal-server.ts';
import { openDatabase } from '../store/database.ts';
import { EventLog } from '../store/event-log.ts';
import { findManifest, registerManifest } from '../store/manifests.ts';
import { migrate } from '../store/migrate.ts';
import { createWorkers } from '../worker/create-workers.ts';
import { ONBOARDING_WORKFLOW, onboardingId } from '../workflows/messages.ts';
import type { OnboardingArguments } from '../workflows/messages.ts';
import { median, rounded } from './support/bench.ts';
import type { Bench, BenchOptions } from './support/bench.ts';
import type { BareGroups } from './support/orchestration-workflows.ts';
import { cpuTimeMs, cpuTimeWithChildrenMs } from './support/cpu-time.ts';
import { peakMemoryMb } from './support/peak-memory.ts';

/**
 * Steps a second of the engine against a bare Temporal workflow with the same no-op activities, on the same servers as
 * the embedded default: Temporal with its database in a file, PostgreSQL with fsync. The two take turns.
 */
export const bench: Bench = async (options) => {
  // Ctrl-C ends the bench, not only its workers.
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  const binary = await obtainTemporalBinary(loadEmbeddedConfig(), options.say);
  const postgres = await startPostgres({
    folder: join(folder, 'postgres'),
    logFile: join(folder, 'postgres.log'),
    password: 'bench',
  });
  const temporal = await startTemporalServer({
    binary: binary.path,
    databaseFile: join(folder, 'temporal.db'),
    logFile: join(folder, 'temporal.log'),
  });
  const killServers = (): void => {
    for (const server of [temporal, postgres]) process.kill(server.process.pid, 'SIGKILL');
  };
  process.once('exit', killServers);
  try {
    const storeUrl = await postgres.ensureDatabase('slipway');
    const processes = {
      worker: process.pid,
      temporal: temporal.process.pid,
      postgres: postgres.process.pid,
    };
    const measured = await measure(options, storeUrl, temporal.address, processes);
    return {
      ...measured,
      figures: {
        ...measured.figures,
        peakRssMb: {
          worker: peakMemoryMb(process.pid),
          temporal: peakMemoryMb(temporal.process.pid),
          postgres: peakMemoryMb(postgres.process.pid),
        },
      },
      versions: { temporal: `temporal-cli ${TEMPORAL_CLI_VERSION}`, node: process.version },
    };
  } finally {
    process.off('exit', killServers);
    await Promise.all([temporal.process.stop(), postgres.process.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
};

async function measure(
  { smoke, say }: BenchOptions,
  storeUrl: string,
  address: string,
  processes: Processes,
) {
  const rounds = smoke ? 2 : 5;
  // Enough that the servers are busy all the time: fewer measure how long one step takes.
  const onboardings = smoke ? 5 : 20;
  await migrate({
    url: storeUrl,
    folder: fileURLToPath(new URL('../store/migrations', import.meta.url)),
    name: 'store',
  });
  const database = openDatabase(storeUrl);
  const connection = await NativeConnection.connect({ address });
  const clientConnection = await Connection.connect({ address });
  const client = new Client({ connection: clientConnection });
  const workers = await startWorkers(database, connection);
  const running = workers.map((worker) => worker.run());
  const manifest = benchManifest();
  const hash = await registerManifest(database, manifest, '', '/');
  const plan = { ...planOf(manifest), quorums: {} };
  const groups = bareGroups(manifest);
  const steps = plan.steps.length * onboardings;

  const engine = (round: number) =>
    Promise.all(
      Array.from({ length: onboardings }, (_, index) => {
        const onboarding = onboardingId('bench', `d${round}-${index}`);
        const args: OnboardingArguments = {
          onboarding,
          manifest: hash,
          plan,
          startedBy: 'bench',
          afterVersion: 0,
        };
        return client.workflow.execute(ONBOARDING_WORKFLOW, {
          workflowId: onboarding,
          taskQueue: 'bench-control',
          args: [args],
        });
      }),
    );
  const bare = (round: number) =>
    Promise.all(
      Array.from({ length: onboardings }, (_, index) =>
        client.workflow.execute('bare', {
          workflowId: `bare-${round}-${index}`,
          taskQueue: 'bare-control',
          args: [groups],
        }),
      ),
    );
  const pairs: { engine: Measured; bare: Measured }[] = [];
  try {
    // The first round of each warms up what is compiled, cached and connected on first use.
    for (let round = 0; round <= rounds; round += 1) {
      // Who goes first changes, so that what drifts does not favour one of them.
      const first = round % 2 === 0;
      const early = first
        ? await measureRun(steps, processes, () => engine(round))
        : await measureRun(steps, processes, () => bare(round));
      const late = first
        ? await measureRun(steps, processes, () => bare(round))
        : await measureRun(steps, processes, () => engine(round));
      const pair = first ? { engine: early, bare: late } : { engine: late, bare: early };
      say(
        `round ${round}: engine ${rounded(pair.engine.rate)} steps/s, bare ${rounded(pair.bare.rate)} steps/s${round === 0 ? ' (warm-up)' : ''}`,
      );
      if (round > 0) pairs.push(pair);
    }
  } finally {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
    await Promise.all([connection.close(), clientConnection.close(), database.end()]);
  }
  return {
    figures: {
      ratios: { bare: rounded(median(pairs.map((pair) => pair.engine.rate / pair.bare.rate))) },
      stepsPerSecond: {
        engine: rounded(median(pairs.map((pair) => pair.engine.rate))),
        bare: rounded(median(pairs.map((pair) => pair.bare.rate))),
      },
      cpuMsPerStep: {
        engine: meanCpu(pairs.map((pair) => pair.engine)),
        bare: meanCpu(pairs.map((pair) => pair.bare)),
      },
      onboardings,
      stepsEach: plan.steps.length,
    },
    rounds,
  };
}

/** Process ids of what takes part. */
type Processes = Readonly<Record<'worker' | 'temporal' | 'postgres', number>>;

/** One round: steps a second, and the processor time of each process in milliseconds a step. */
interface Measured {
  readonly rate: number;
  readonly cpu: Readonly<Record<string, number>>;
}

async function measureRun(
  steps: number,
  processes: Processes,
  run: () => Promise<unknown>,
): Promise<Measured> {
  const before = cpuTimes(processes);
  const from = performance.now();
  await run();
  const rate = (steps * 1000) / (performance.now() - from);
  const after = cpuTimes(processes);
  const cpu = Object.keys(before).map((name) => [
    name,
    ((after[name] ?? 0) - (before[name] ?? 0)) / steps,
  ]);
  return { rate, cpu: Object.fromEntries(cpu) as Record<string, number> };
}

/** The worker has started the servers: its children are counted under their own names. */
function cpuTimes({ worker, temporal, postgres }: Processes): Record<string, number> {
  return {
    worker: cpuTimeMs(worker),
    temporal: cpuTimeMs(temporal),
    postgres: cpuTimeWithChildrenMs(postgres),
  };
}

function meanCpu(rounds: readonly Measured[]): Record<string, number> {
  const names = Object.keys(rounds[0]?.cpu ?? {});
  const mean = (name: string): number =>
    rounds.reduce((sum, { cpu }) => sum + (cpu[name] ?? 0), 0) / rounds.length;
  return Object.fromEntries(names.map((name) => [name, rounded(mean(name))]));
}

async function startWorkers(
  database: ReturnType<typeof openDatabase>,
  connection: NativeConnection,
): Promise<Worker[]> {
  const bundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('support/orchestration-workflows.ts', import.meta.url)),
    logger: new DefaultLogger('WARN'),
  });
  const nothing: StepBody = ({ run }) =>
    Promise.resolve({ output: run.step.startsWith('parallel-run/verdict') ? { clean: true } : {} });
  const bodies = Object.fromEntries(STEP_CATALOGUE.map(({ id }) => [id, nothing])) as Record<
    StepId,
    StepBody
  >;
  const noData = () => Promise.reject(new Error('the no-op steps need no data'));
  const activities = createActivities(
    {
      database,
      log: new EventLog(database),
      manifest: cachedManifest(database),
      urls: noData,
      secret: noData,
    },
    bodies,
  );
  const names = [...STEP_CATALOGUE.map(({ id }) => id), 'inspect'];
  const noOps = Object.fromEntries(names.map((name) => [name, () => Promise.resolve({})]));
  const common = { connection, namespace: 'default', workflows: { bundle }, dataPlaneSteps: 50 };
  const engine = await createWorkers({ ...common, controlQueue: 'bench-control', activities });
  const bare = await createWorkers({
    ...common,
    controlQueue: 'bare-control',
    activities: noOps as unknown as typeof activities,
  });
  return [...engine, ...bare];
}

function cachedManifest(database: ReturnType<typeof openDatabase>) {
  let manifest: Manifest | undefined;
  return async (hash: string): Promise<{ manifest: Manifest; baseFolder: string }> => {
    manifest ??= (await findManifest(database, hash))?.manifest;
    if (manifest === undefined) throw new Error(`manifest ${hash} is not in the store`);
    return { manifest, baseFolder: '/' };
  };
}

/** As large as the department of the demo: twelve datasets, three pay periods. */
function benchManifest(): Manifest {
  const results = {
    source: 'platform',
    from: 'payroll.result',
    period: 'period',
    person: 'person',
    element: 'element',
    amount: 'amount',
  };
  const periods = ['2027-01', '2027-02', '2027-03'];
  return manifestSchema.parse({
    slipway: 1,
    programme: 'bench',
    department: { id: `d${randomBytes(4).toString('hex')}`, name: 'Bench', headcount: 100 },
    people: [{ id: 'sro', name: 'Senior Owner', roles: ['sro'] }],
    sources: {
      hr: { kind: 'postgres', connection: { env: 'NONE' } },
      papers: { kind: 'files', files: { posts: { paths: ['posts.csv'] } } },
    },
    datasets: Array.from({ length: 12 }, (_, index) => ({
      id: `dataset-${index}`,
      target: 'hr.unit',
      source: 'hr',
      from: 'org.unit',
      key: ['id'],
      fields: { unit_code: 'id' },
    })),
    payCalendar: {
      periods: periods.map((id) => ({
        id,
        start: `${id}-01`,
        end: `${id}-28`,
        cutOff: `${id}-10`,
        payDay: `${id}-26`,
      })),
    },
    policy: { cleanPeriods: periods.length },
    parallelRun: { legacy: results, platform: results, periods },
    cutover: { window: { from: '2027-04-10T18:00:00Z', to: '2027-04-11T18:00:00Z' } },
    baseline: { annualServiceCost: 1 },
  });
}

/** The order in which the engine runs the steps of this manifest. */
function bareGroups(manifest: Manifest): BareGroups {
  const groups: { activity: string; dataPlane: boolean }[][] = [];
  let last = '';
  for (const key of planOf(manifest).steps) {
    const { id, dataPlane, scope } = definitionOf(key);
    // The two ways to reach a source run side by side; without a compiled order datasets are loaded one by one.
    const together = id === 'discovery/intake' ? 'discovery/connect' : id;
    const parallel = (scope === 'source' || scope === 'dataset') && id !== 'migration/transfer';
    const step = { activity: id, dataPlane };
    if (parallel && together === last) groups.at(-1)?.push(step);
    else groups.push([step]);
    last = together;
  }
  return groups;
}
