import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { SlipwayError } from '../domain/errors.ts';
import { freePort } from './ports.ts';
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.ts';
import { type ServerAccount, serverAccount } from './server-account.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

/** The superuser of every embedded server. */
const USER = 'slipway';

/** Fast shutdown disconnects clients and writes a checkpoint; after this it is killed, which its log repairs. */
const STOP_GRACE_MS = 30_000;
const READY_TIMEOUT_MS = 60_000;
/** Another program can take the port between finding it free and listening on it. */
const PORT_ATTEMPTS = 3;

export interface PostgresOptions {
  /** The data folder: made when it does not exist. */
  readonly folder: string;
  readonly logFile: string;
  /** Password of the user `slipway`, the only one. */
  readonly password: string;
  /** Tried first; another free port is taken when it is busy. */
  readonly preferredPort?: number;
  /** Off only for throw-away servers of tests: a power failure then costs the data folder. Default on. */
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
  /** Fast shutdown; resolves when the server has ended. */
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL server, making its data folder first where there is none. Its data are durable (fsync on).
 * @throws SlipwayError `postgres/not-found`, `postgres/failed`, `home/no-space`
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const binaries = await findPostgresBinaries();
  const account = serverAccount([binaries.root, dirname(options.folder)]);
  if (!existsSync(options.folder)) await createDataFolder(options, binaries, account);
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort(options.preferredPort);
    const server = await launch(options, binaries, account, port);
    const url = (database = 'postgres'): string =>
      `postgres://${USER}:${encodeURIComponent(options.password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
    if (await isReady(url(), server)) {
      return {
        port,
        process: server,
        url,
        async ensureDatabase(name) {
          await createDatabase(url(), name);
          return url(name);
        },
        stop: () => server.stop('SIGINT', STOP_GRACE_MS),
      };
    }
    await server.stop('SIGINT', STOP_GRACE_MS);
    if (attempt < PORT_ATTEMPTS && /Address already in use/.test(server.output())) continue;
    throw failure('PostgreSQL did not start', server.output(), options.logFile);
  }
}

/** The folder appears under its name only when it is complete, so a start that is killed leaves nothing half-made. */
async function createDataFolder(
  options: PostgresOptions,
  binaries: PostgresBinaries,
  account: ServerAccount | undefined,
): Promise<void> {
  const draft = `${options.folder}.new-${randomBytes(4).toString('hex')}`;
  const passwordFile = `${draft}.password`;
  try {
    mkdirSync(draft, { recursive: true, mode: 0o700 });
    writeFileSync(passwordFile, options.password, { mode: 0o600 });
    if (account !== undefined) {
      chownSync(draft, account.uid, account.gid);
      chownSync(passwordFile, account.uid, account.gid);
    }
    const result = await runInitdb(binaries, account, [
      `--pgdata=${draft}`,
      `--username=${USER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      // The same sort order on every machine, whatever its C library.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      ...(options.durable === false ? ['--no-sync'] : []),
    ]);
    if (result.code !== 0) throw failure('the database folder cannot be made', result.output);
    renameSync(draft, options.folder);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(draft, { recursive: true, force: true });
  }
}

async function runInitdb(
  binaries: PostgresBinaries,
  account: ServerAccount | undefined,
  args: readonly string[],
): Promise<{ code: number | null; output: string }> {
  const [command, ...rest] = commandLine(account, binaries.initdb, args);
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'], ...identity(account) });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

function commandLine(
  account: ServerAccount | undefined,
  program: string,
  args: readonly string[],
): [string, ...string[]] {
  const [first, ...others] = account?.prefix ?? [];
  return first === undefined ? [program, ...args] : [first, ...others, program, ...args];
}

/** With a prefix the prefix changes user; it has to start as root. */
function identity(account: ServerAccount | undefined): { uid?: number; gid?: number } {
  return account === undefined || account.prefix.length > 0
    ? {}
    : { uid: account.uid, gid: account.gid };
}

async function launch(
  options: PostgresOptions,
  binaries: PostgresBinaries,
  account: ServerAccount | undefined,
  port: number,
): Promise<ServerProcess> {
  const settings = { ...SETTINGS, ...(options.durable === false ? THROW_AWAY : {}) };
  const [command, ...args] = commandLine(account, binaries.postgres, [
    '-D',
    options.folder,
    '-p',
    String(port),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  return startServerProcess({ command, args, logFile: options.logFile, ...identity(account) });
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
      // A server that lost the port to another one has ended by now or is about to; the other refuses our password.
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

/** Translates what PostgreSQL printed into one line; the log keeps the rest. */
function failure(what: string, output: string, logFile?: string): SlipwayError {
  if (/No space left on device/i.test(output)) {
    return new SlipwayError('home/no-space', `${what}: there is no space left on the disk`);
  }
  const lines = output.split('\n').map((line) => line.trim());
  const reason =
    lines.findLast((line) => /(FATAL|PANIC|error):/i.test(line)) ?? lines.findLast(Boolean);
  const where = logFile === undefined ? '' : ` (log: ${logFile})`;
  return new SlipwayError('postgres/failed', `${what}: ${reason ?? 'it printed nothing'}${where}`);
}
