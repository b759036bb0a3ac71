import pg from 'pg';
import { SlipwayError } from '../domain/errors.ts';

/** Slipway's own database. Close it with `end()`. */
export type Database = pg.Pool;

/** Anything a statement can be sent to: the pool, or a connection inside a transaction. */
export type Queryable = Pick<pg.Pool, 'query'>;

/**
 * Opens the pool of Slipway's own database. Nothing is connected before the first query.
 * @param connections how many connections at the most; reads and the event writer share them
 */
export function openDatabase(url: string, connections = 10): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    application_name: 'slipway-store',
    connectionTimeoutMillis: 5_000,
  });
  // An idle connection that breaks is replaced by the next query; without a listener it would end the process.
  pool.on('error', () => undefined);
  return pool;
}

/** Runs `use` in one transaction on a connection of its own: committed when it returns, rolled back when it throws. */
export async function inTransaction<T>(
  database: Database,
  use: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await database.connect().catch((cause: unknown) => {
    throw new SlipwayError('service/unreachable', "Slipway's own database does not answer", {
      cause,
    });
  });
  let broken = false;
  try {
    await client.query('begin');
    const result = await use(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Runs `use` in a transaction that reads: everything it sees is of one moment, whatever is written meanwhile. */
export async function inSnapshot<T>(
  database: Database,
  use: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  return inTransaction(database, async (client) => {
    await client.query('set transaction isolation level repeatable read, read only');
    return use(client);
  });
}
