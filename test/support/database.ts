import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/**
 * Creates an empty database on the run's PostgreSQL server and returns its URL. It goes away with the run.
 * @param name appears in the database's name, for reading logs; lower-case letters, digits and `_`
 */
export async function freshDatabase(name = 'test'): Promise<string> {
  const database = `${inject('runId')}_${name}_${randomBytes(4).toString('hex')}`;
  const url = new URL(inject('postgresUrl'));
  await withClient(url.href, (client) =>
    client.query(`create database ${client.escapeIdentifier(database)}`),
  );
  url.pathname = `/${database}`;
  return url.href;
}

/** Runs `work` with a connection of its own to `url`. */
export async function withClient<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Drops every database whose name starts with `runId`. */
export async function dropDatabasesOf(serverUrl: string, runId: string): Promise<void> {
  await withClient(serverUrl, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [runId],
    );
    for (const { datname } of rows) {
      await client.query(`drop database ${client.escapeIdentifier(datname)} with (force)`);
    }
  });
}
