import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { postgresFailure } from './postgres-failure.ts';
import { asAccount, type ServerAccount } from './server-account.ts';

/** The superuser of every embedded server, and its only user. */
export const POSTGRES_USER = 'slipway';

export interface PostgresFolderOptions {
  readonly folder: string;
  readonly password: string;
  readonly binaries: PostgresBinaries;
  readonly account: ServerAccount | undefined;
  /** False for throw-away servers: the files are not forced to disk. */
  readonly durable: boolean;
}

/**
 * Makes the data folder of a new server. It appears under its name only when it is complete: a start that is killed
 * leaves nothing half-made.
 * @throws SlipwayError `postgres/failed`, `home/no-space`
 */
export async function createPostgresFolder(options: PostgresFolderOptions): Promise<void> {
  const { folder, password, binaries, account } = options;
  const draft = `${folder}.new-${randomBytes(4).toString('hex')}`;
  const passwordFile = `${draft}.password`;
  try {
    mkdirSync(draft, { recursive: true, mode: 0o700 });
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (account !== undefined) {
      chownSync(draft, account.uid, account.gid);
      chownSync(passwordFile, account.uid, account.gid);
    }
    const { code, output } = await runInitdb(binaries, account, [
      `--pgdata=${draft}`,
      `--username=${POSTGRES_USER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      // The same sort order on every machine, whatever its C library.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      ...(options.durable ? [] : ['--no-sync']),
    ]);
    if (code !== 0) throw postgresFailure('the database folder cannot be made', output);
    renameSync(draft, folder);
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
  const { command, args: all, ids } = asAccount(account, binaries.initdb, args);
  return new Promise((resolve, reject) => {
    const child = spawn(command, all, { stdio: ['ignore', 'pipe', 'pipe'], ...ids });
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
