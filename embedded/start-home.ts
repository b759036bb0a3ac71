import { join } from 'node:path';
import { childEnvironment } from './child-environment.ts';
import type { EmbeddedConfig } from './config.ts';
import { type DatabaseUrls, prepareDatabases } from './databases.ts';
import { type ForkedProcess, startForkedProcess } from './forked-process.ts';
import type { Home } from './home.ts';
import { type KeptProcess, keepRunning } from './keep-running.ts';
import { homeMark } from './orphans.ts';
import { freePort } from './ports.ts';
import { type PostgresServer, startPostgres } from './postgres.ts';
import type { Programs } from './programs.ts';
import { type Progress, withHeartbeat } from './progress.ts';
import { postgresPassword, writeSecret } from './secrets.ts';
import { type Ports, readPorts, type Services, writePorts, writeServices } from './services.ts';
import type { ServerProcess } from './server-process.ts';
import { obtainTemporalBinary } from './temporal-binary.ts';
import { prepareCluster } from './temporal-cluster.ts';
import { startTemporalServer } from './temporal-server.ts';

/** Nothing is stopped before those that use it. */
const STOP_ORDER = ['api', 'worker', 'temporal', 'postgres'] as const;
type Service = (typeof STOP_ORDER)[number];

/** Draining ends the activities' current attempts; what is not done by then is done by the next worker. */
const WORKER_GRACE_MS = 30_000;
const API_GRACE_MS = 10_000;

export interface StartHomeOptions {
  /** Opened and locked, with no orphan running. */
  readonly home: Home;
  readonly config: EmbeddedConfig;
  readonly programs: Programs;
  /** Port of API and dashboard; left out, the last one or a free one. */
  readonly apiPort?: number | undefined;
  readonly say: Progress;
  /** Ends a start that is under way: what runs by then is stopped. */
  readonly signal: AbortSignal;
}

/** A home with all its services running. */
export interface RunningHome {
  services(): Services;
  /** Stops API, worker, Temporal and PostgreSQL, in this order. */
  stop(): Promise<void>;
}

interface Temporal {
  readonly address: string;
  /** The server we started; undefined where the user's cluster is used. */
  readonly own: { readonly port: number; readonly uiPort: number | undefined } | undefined;
}

/**
 * Starts PostgreSQL, the databases, Temporal, worker and API, and keeps them running.
 * @throws SlipwayError when one of them does not start; whatever was started is stopped by then
 */
export async function startHome(options: StartHomeOptions): Promise<RunningHome> {
  const { home, say } = options;
  const running = new Map<Service, KeptProcess>();
  const keep: Keep = async (name, start) => {
    running.set(name, await keepRunning(name, start, say, () => onChange()));
    options.signal.throwIfAborted();
  };
  const stop = async (): Promise<void> => {
    for (const name of STOP_ORDER) {
      await withHeartbeat(say, `Stopping ${name}`, async () => running.get(name)?.stop());
    }
  };
  let onChange = (): void => undefined;

  try {
    const binary = await findTemporal(options);
    const postgres = await startDatabase(options, keep);
    const temporal = await startTemporal(options, keep, binary);
    const urls = await withHeartbeat(say, 'Bringing the databases up to date', () =>
      prepareDatabases(postgres),
    );
    const servers = {
      postgres: postgres.port,
      ...(temporal.own === undefined ? {} : { temporal: temporal.own.port }),
      ...(temporal.own?.uiPort === undefined ? {} : { temporalUi: temporal.own.uiPort }),
    };
    writePorts(home, { ...readPorts(home), ...servers });
    const env = writeConnections(options, urls, temporal);
    const apiUrl = await startPrograms(options, keep, env);
    const ports: Ports = { ...servers, api: portOf(apiUrl) };
    writePorts(home, ports);
    const startedAt = new Date().toISOString();
    const services = (): Services => ({
      apiUrl,
      temporalAddress: temporal.address,
      ...(ports.temporalUi === undefined
        ? {}
        : { temporalUiUrl: `http://127.0.0.1:${ports.temporalUi}` }),
      ports,
      pids: pidsOf(running),
      startedAt,
    });
    writeServices(home, services());
    onChange = () => {
      try {
        writeServices(home, services());
      } catch (error) {
        // A full disk, for one: no reason to stop what runs.
        say(`the record of what runs cannot be written: ${String(error)}`);
      }
    };
    return { services, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Keep = (name: Service, start: () => Promise<ServerProcess>) => Promise<void>;

async function startDatabase({ home, say }: StartHomeOptions, keep: Keep): Promise<PostgresServer> {
  let server: PostgresServer | undefined;
  const start = async (): Promise<ServerProcess> => {
    server = await startPostgres({
      folder: home.postgres,
      logFile: join(home.logs, 'postgres.log'),
      password: postgresPassword(home),
      preferredPort: readPorts(home).postgres,
      fixedPort: server?.port,
    });
    return server.process;
  };
  await withHeartbeat(say, 'Starting PostgreSQL', () => keep('postgres', start));
  if (server === undefined) throw new Error('PostgreSQL was kept without having been started');
  return server;
}

/** Before anything is started: it may take minutes, or fail. Undefined where the user's cluster is to be used. */
async function findTemporal({
  config,
  say,
  signal,
}: StartHomeOptions): Promise<string | undefined> {
  if (config.temporalAddress !== undefined) return undefined;
  const { path, way } = await obtainTemporalBinary(config, say, signal);
  say(`Temporal: ${path} (${way})`);
  return path;
}

async function startTemporal(
  { home, say }: StartHomeOptions,
  keep: Keep,
  binary: string | undefined,
): Promise<Temporal> {
  if (binary === undefined) {
    const { address, namespace } = await prepareCluster(say);
    say(`Temporal: the cluster at ${address}, namespace ${namespace}`);
    return { address, own: undefined };
  }
  let server: Awaited<ReturnType<typeof startTemporalServer>> | undefined;
  const start = async (): Promise<ServerProcess> => {
    server = await startTemporalServer({
      binary,
      databaseFile: home.temporalDatabase,
      logFile: join(home.logs, 'temporal.log'),
      preferredPort: readPorts(home).temporal,
      fixedPort: server?.port,
      ui: { preferredPort: server?.uiPort ?? readPorts(home).temporalUi },
    });
    return server.process;
  };
  await withHeartbeat(say, 'Starting Temporal', () => keep('temporal', start));
  if (server === undefined) throw new Error('Temporal was kept without having been started');
  return { address: server.address, own: server };
}

/** Leaves the addresses where people and manifests find them; returns the environment for worker and API. */
function writeConnections(
  { home, config }: StartHomeOptions,
  urls: DatabaseUrls,
  temporal: Temporal,
): NodeJS.ProcessEnv {
  for (const [name, url] of Object.entries(urls)) writeSecret(home, `${name}-url`, url);
  const ownTemporal = temporal.own === undefined ? undefined : temporal.address;
  return childEnvironment(home, config.environment, urls, ownTemporal);
}

/** Starts worker and API side by side; returns the API's address. */
async function startPrograms(
  options: StartHomeOptions,
  keep: Keep,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const { home, programs, say } = options;
  let apiUrl: string | undefined;
  const start = async (
    service: 'worker' | 'api',
    stopGraceMs: number,
    more: NodeJS.ProcessEnv = {},
  ): Promise<ForkedProcess> =>
    startForkedProcess({
      name: `the ${service}`,
      program: programs[service],
      args: [homeMark(home, service)],
      env: { ...env, ...more },
      logFile: join(home.logs, `${service}.log`),
      stopGraceMs,
    });
  const startWorker = async (): Promise<ServerProcess> =>
    (await start('worker', WORKER_GRACE_MS)).process;
  const startApi = async (): Promise<ServerProcess> => {
    // The address stays when the API is started again.
    const port = apiUrl === undefined ? await portToAsk(options) : portOf(apiUrl);
    const address = { SLIPWAY_API_HOST: '127.0.0.1', SLIPWAY_API_PORT: String(port) };
    const { process, url } = await start('api', API_GRACE_MS, address);
    apiUrl = url;
    return process;
  };
  await withHeartbeat(say, 'Starting the worker and the API', async () => {
    const started = await Promise.allSettled([keep('worker', startWorker), keep('api', startApi)]);
    const failed = started.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  });
  if (apiUrl === undefined) throw new Error('the API was kept without having been started');
  return apiUrl;
}

/**
 * The port that the API is told to take: the one asked for, or the one of the last start where it is free. Otherwise 0: the
 * API takes a free one itself, because one that is chosen here may be taken by another process until the API is there.
 */
async function portToAsk({ apiPort, home }: StartHomeOptions): Promise<number> {
  const last = readPorts(home).api;
  if (apiPort !== undefined) return apiPort;
  return last !== undefined && (await freePort(last)) === last ? last : 0;
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

function pidsOf(running: ReadonlyMap<Service, KeptProcess>): Record<string, number> {
  const pids: Record<string, number> = { supervisor: process.pid };
  for (const [name, kept] of running) {
    const pid = kept.current()?.pid;
    if (pid !== undefined) pids[name] = pid;
  }
  return pids;
}
