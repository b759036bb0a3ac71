import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import mysql from 'mysql2/promise';

/** A MariaDB server of a test file. */
export interface MariadbServer {
  /** URL of an account on it; by default of `root`, who may everything. */
  url(user?: string, password?: string): string;
  /** Runs statements as root, one after the other; returns the rows of the last one. */
  sql(...statements: readonly string[]): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/** The server ends with this process, however it ends: then its standard input is closed. */
const WATCHED = `
"$@" & server=$!
trap 'kill "$server" 2>/dev/null' TERM INT
cat >/dev/null
kill "$server" 2>/dev/null
wait "$server"`;

/**
 * Starts a MariaDB server of its own on a new data folder: Debian's, or the one named in `SLIPWAY_MARIADBD`. Needs no
 * system service.
 * @throws Error saying what is missing
 */
export async function startMariadb(): Promise<MariadbServer> {
  const server = program(process.env['SLIPWAY_MARIADBD'] ?? '/usr/sbin/mariadbd');
  const folder = mkdtempSync(join(tmpdir(), 'slipway-mariadb-'));
  const data = join(folder, 'data');
  const account = process.getuid?.() === 0 ? ['--user=root'] : [];
  execFileSync(
    program('/usr/bin/mariadb-install-db'),
    [
      '--no-defaults',
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      ...account,
    ],
    { stdio: 'pipe' },
  );
  const port = await getPort({ host: '127.0.0.1' });
  const log = join(folder, 'log');
  const options = [
    '--no-defaults',
    `--datadir=${data}`,
    `--socket=${join(folder, 'socket')}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--log-error=${log}`,
    '--innodb-flush-log-at-trx-commit=0',
    '--innodb-buffer-pool-size=64M',
    '--max-allowed-packet=64M',
    '--character-set-server=utf8mb4',
    ...account,
  ];
  const child = spawn('/bin/sh', ['-c', WATCHED, 'sh', server, ...options], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = once(child, 'exit');
  const url = (user = 'root', password = ''): string =>
    `mysql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${port}/`;
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await isReady(url(), () => child.exitCode !== null, log);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop, sql: (...statements) => run(url(), statements) };
}

async function run(url: string, statements: readonly string[]): Promise<Record<string, unknown>[]> {
  const connection = await mysql.createConnection({ uri: url, multipleStatements: true });
  try {
    let rows: unknown = [];
    for (const statement of statements) [rows] = await connection.query(statement);
    return rows as Record<string, unknown>[];
  } finally {
    await connection.end();
  }
}

async function isReady(url: string, hasEnded: () => boolean, log: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      await run(url, ['select 1']);
      return;
    } catch (error) {
      if (hasEnded() || Date.now() > deadline) {
        const told = existsSync(log) ? readFileSync(log, 'utf8').slice(-2000) : String(error);
        throw new Error(`MariaDB did not start: ${told}`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function program(path: string): string {
  if (existsSync(path)) return path;
  throw new Error(
    `the tests of MariaDB sources need ${path}: install mariadb-server, or name mariadbd in SLIPWAY_MARIADBD`,
  );
}
