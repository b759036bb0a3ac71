import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { SlipwayError } from '../domain/errors.ts';

export interface MigrateOptions {
  /** Connection URL of the database to bring up to date. */
  readonly url: string;
  /** Folder of the numbered `.sql` files: `0001-what.sql`, `0002-what.sql`, without gaps. */
  readonly folder: string;
  /** Which sequence of migrations this is: several may live in one database. A lower-case identifier. */
  readonly name: string;
}

interface Migration {
  readonly version: number;
  readonly file: string;
  readonly sql: string;
  readonly sha256: string;
}

/**
 * Brings a database up to the newest migration of a folder, in one transaction: all of it or nothing. Safe to call
 * from several processes at once; they go one after the other. What was applied is recorded in
 * `slipway_migration.<name>`.
 * @returns the file names applied now, in order; empty when there was nothing to do
 * @throws SlipwayError `store/newer` when the database knows a version that the folder does not have;
 *   `store/migration-invalid` when an applied file was changed, the numbering has gaps, or a file fails;
 *   `service/unreachable` when the database does not answer
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const migrations = await readMigrations(options.folder);
  const client = new pg.Client({ connectionString: options.url });
  try {
    await client.connect();
  } catch (cause) {
    throw new SlipwayError(
      'service/unreachable',
      `the database for ${options.name} does not answer`,
      {
        cause,
      },
    );
  }
  try {
    await client.query('begin');
    const pending = await findPending(client, options.name, migrations);
    for (const migration of pending) await apply(client, options.name, migration);
    await client.query('commit');
    return pending.map((migration) => migration.file);
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    await client.end();
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).toSorted();
  const migrations = files.map(async (file, index) => {
    const version = Number(/^\d+/.exec(file)?.[0] ?? Number.NaN);
    if (version !== index + 1) {
      throw new SlipwayError(
        'store/migration-invalid',
        `${join(folder, file)}: expected the number ${index + 1} at the start of its name`,
      );
    }
    const sql = await readFile(join(folder, file), 'utf8');
    // Line ends differ between checkouts; the migration is the same.
    const sha256 = createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex');
    return { version, file, sql, sha256 };
  });
  return Promise.all(migrations);
}

async function findPending(
  client: pg.Client,
  name: string,
  migrations: readonly Migration[],
): Promise<Migration[]> {
  const table = recordTable(client, name);
  // One lock for every name: two sequences share the schema that the next statement makes.
  await client.query("select pg_advisory_xact_lock(hashtext('slipway_migration'))");
  await client.query('create schema if not exists slipway_migration');
  await client.query(
    `create table if not exists ${table} (
       version integer primary key,
       file text not null,
       sha256 text not null,
       applied_at timestamptz not null default now()
     )`,
  );
  const { rows } = await client.query<{ version: number; file: string; sha256: string }>(
    `select version, file, sha256 from ${table} order by version`,
  );
  for (const row of rows) {
    const known = migrations[row.version - 1];
    if (known === undefined) {
      throw new SlipwayError(
        'store/newer',
        `the database for ${name} is at version ${row.version} (${row.file}); this Slipway knows ${migrations.length}`,
      );
    }
    if (known.sha256 !== row.sha256) {
      throw new SlipwayError(
        'store/migration-invalid',
        `the migration ${known.file} of ${name} was changed after it was applied`,
      );
    }
  }
  return migrations.slice(rows.length);
}

async function apply(client: pg.Client, name: string, migration: Migration): Promise<void> {
  try {
    await client.query(migration.sql);
  } catch (cause) {
    throw new SlipwayError(
      'store/migration-invalid',
      `the migration ${migration.file} of ${name} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  await client.query(
    `insert into ${recordTable(client, name)} (version, file, sha256) values ($1, $2, $3)`,
    [migration.version, migration.file, migration.sha256],
  );
}

function recordTable(client: pg.Client, name: string): string {
  return `slipway_migration.${client.escapeIdentifier(name)}`;
}
