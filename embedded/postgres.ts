import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import pg from 'pg';
import { freePort } from './ports.ts';
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.ts';
import { postgresFailure } from './postgres-failure.ts';
import { createPostgresFolder, POSTGRES_USER } from './postgres-folder.ts';
import { asAccount, type ServerAccount, serverAccount } from './server-account.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

/** Fast shutdown disconnects clients and writes a checkpoint; after this it is killed, which its log repairs. */
const STOP_GRACE_MS = 30_000;
const READY_TIMEOUT_MS = 60_000;
/** For a port that another program took in the meantime, and for what a killed server leaves for a moment. */
const ATTEMPTS = 5;
const AGAIN =
  /Address already in use|pre-existing shared memory block|lock file "postmaster.pid" already exists/;

export interface PostgresOptions {
  /** The data folder: made when it does not exist. */
  readonly folder: string;
  readonly logFile: string;
  /** Password of the user `slipway`, the only one. */
  readonly password: string;
  /** Tried first; another free port is taken when it is busy. */
  readonly preferredPort?: number | undefined;
  /** No other port will do: clients know this one. */
  readonly fixedPort?: number | undefined;
  /** False only for throw-away servers of tests: a power failure then costs the data folder. Default true. */
  readonly durable?: boolean;
}

/** A running PostgreSQL server on the loopback interface. */
export interface PostgresServer {
  readonly port: number;
  readonly process: ServerProcess;
  /** Connection URL of a database on it (default `postgres`). */
  url(database?: string): string;
  /** Creates the database unless it exists; returns its URL. */
  ensureDatabase(name: string): Promise<string>;
}

/**
 * Starts a PostgreSQL server, making its data folder first where there is none. What it commits is durable.
 * @throws SlipwayError `postgres/not-found`, `postgres/failed`, `home/no-space`
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { folder, password, logFile, durable = true } = options;
  const binaries = await findPostgresBinaries();
  const account = serverAccount(dirname(folder));
  if (!existsSync(folder)) {
    await createPostgresFolder({ folder, password, binaries, account, durable });
  }
  for (let attempt = 1; ; attempt += 1) {
    const port = options.fixedPort ?? (await freePort(options.preferredPort));
    const server = await launch(options, binaries, account, port);
    const url = (database = 'postgres'): string =>
      `postgres://${POSTGRES_USER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
    if (await isReady(url(), server)) {
      const ensureDatabase = async (name: string): Promise<string> => {
        await createDatabase(url(), name);
        return url(name);
      };
      return { port, process: server, url, ensureDatabase };
    }
    await server.stop();
    if (attempt === ATTEMPTS || !AGAIN.test(server.output())) {
      throw postgresFailure('PostgreSQL did not start', server.output(), logFile);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function launch(
  options: PostgresOptions,
  binaries: PostgresBinaries,
  account: ServerAccount | undefined,
  port: number,
): Promise<ServerProcess> {
  const settings = { ...SETTINGS, ...(options.durable === false ? THROW_AWAY : {}) };
  const { command, args, ids } = asAccount(account, binaries.postgres, [
    '-D',
    options.folder,
    '-p',
    String(port),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  return startServerProcess({
    command,
    args,
    ...ids,
    logFile: options.logFile,
    stopSignal: 'SIGINT',
    stopGraceMs: STOP_GRACE_MS,
  });
}

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  work_mem: '16MB',
  maintenance_work_mem: '256MB',
  // No replica follows this server: bulk loads into new tables need not be logged row by row.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  // Compiling a query costs more than it saves in transactions of 50,000 rows.
  jit: 'off',
  log_line_prefix: '%m [%p] %d ',
};

const THROW_AWAY = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  shared_buffers: '128MB',
  max_connections: '300',
};

async function isReady(url: string, server: ServerProcess): Promise<boolean> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline && !server.hasExited()) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
    try {
      await client.connect();
      await client.query('select 1');
      return !server.hasExited();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 25));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  return false;
}

async function createDatabase(serverUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount === 0)
      await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
