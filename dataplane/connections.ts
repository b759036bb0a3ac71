import pg from 'pg';
import { type Side, translateDriverError } from './driver-errors.ts';

/** A connection attempt that takes longer counts as unreachable; the engine tries again. */
const CONNECT_TIMEOUT_MS = 15_000;

/**
 * The same on both ends, so that the same value has the same text and the same bytes everywhere. `row_security`
 * off makes a query fail where a policy would silently hide rows from it.
 */
const SESSION = `
  set client_encoding = 'UTF8';
  set datestyle = 'ISO, YMD';
  set intervalstyle = 'iso_8601';
  set timezone = 'UTC';
  set extra_float_digits = 1;
  set bytea_output = 'hex';
  set standard_conforming_strings = on;
  set row_security = off;
`;

/**
 * Opens a connection with the session settings of the data plane. Dates, times, bigint and numeric come as text: a
 * JavaScript Date or number would change them. A session on the `source` side is read-only. Errors of its queries (not
 * those of COPY streams) are translated as `translateDriverError` says.
 * @param signal when it is aborted the connection is cut, the server ends what ran on it, and its queries fail with
 *   the signal's reason
 * @throws SlipwayError `source/unreachable`, `target/unreachable` or `service/unreachable`
 */
export async function connect(url: string, side: Side, signal?: AbortSignal): Promise<pg.Client> {
  signal?.throwIfAborted();
  const client = new pg.Client({
    connectionString: url,
    application_name: 'slipway',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types: { getTypeParser },
  });
  // A lost connection is reported by the query that runs on it; without a listener the event ends the process.
  client.on('error', () => undefined);
  translateQueries(client, side, signal);
  try {
    await client.connect();
  } catch (error) {
    throw translateDriverError(error, side);
  }
  if (signal !== undefined) cutOnAbort(client, signal);
  try {
    await client.query(
      side === 'source' ? `${SESSION} set default_transaction_read_only = on;` : SESSION,
    );
    await endWithConnection(client);
  } catch (error) {
    await client.end();
    throw error;
  }
  return client;
}

/**
 * Runs `use` on a connection of its own and closes it. Also translates errors of COPY streams that `use` lets through.
 * @throws what `connect` and `use` throw; the signal's reason when it was aborted
 */
export async function withConnection<T>(
  url: string,
  side: Side,
  signal: AbortSignal | undefined,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = await connect(url, side, signal);
  try {
    return await use(client);
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    throw translateDriverError(error, side);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Runs `use` in one transaction: committed when it returns, rolled back when it throws.
 * @param mode `snapshot` reads everything as of one moment (repeatable read, read only)
 */
export async function inTransaction<T>(
  client: pg.Client,
  mode: 'write' | 'snapshot',
  use: () => Promise<T>,
): Promise<T> {
  await client.query(
    mode === 'write' ? 'begin' : 'begin isolation level repeatable read read only',
  );
  let result: T;
  try {
    result = await use();
  } catch (error) {
    // The first error is the one to report; a lost connection rolls back by itself.
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
  await client.query('commit');
  return result;
}

const AS_TEXT = new Set<number>([
  pg.types.builtins.DATE,
  pg.types.builtins.TIME,
  pg.types.builtins.TIMETZ,
  pg.types.builtins.TIMESTAMP,
  pg.types.builtins.TIMESTAMPTZ,
  pg.types.builtins.INTERVAL,
]);

const parserOf: (oid: number, format?: 'text' | 'binary') => (value: string) => unknown =
  pg.types.getTypeParser;

function getTypeParser(oid: number, format?: 'text' | 'binary') {
  return AS_TEXT.has(oid) && format !== 'binary' ? (value: string) => value : parserOf(oid, format);
}

type Query = (...args: unknown[]) => unknown;

/** In one place instead of around each query. Streams given to `query` come back as they are. */
function translateQueries(client: pg.Client, side: Side, signal: AbortSignal | undefined): void {
  const query = client.query.bind(client) as Query;
  const translating: Query = (...args) => {
    const result = query(...args);
    if (!(result instanceof Promise)) return result;
    return result.catch((error: unknown) => {
      if (signal?.aborted === true) throw signal.reason;
      throw translateDriverError(error, side);
    });
  };
  client.query = translating as typeof client.query;
}

/** `stream` is the socket; the driver's types leave it out. */
interface WithSocket {
  readonly connection: { readonly stream: { destroy(): void } };
}

function cutOnAbort(client: pg.Client, signal: AbortSignal): void {
  const cut = (): void => (client as unknown as WithSocket).connection.stream.destroy();
  signal.addEventListener('abort', cut, { once: true });
  client.once('end', () => signal.removeEventListener('abort', cut));
  if (signal.aborted) cut();
}

/**
 * Without this the server goes on with a scan of minutes after its reader is gone (cancelled, or killed). Refused by
 * servers on systems that cannot tell a closed connection; they go on.
 */
async function endWithConnection(client: pg.Client): Promise<void> {
  await client.query("set client_connection_check_interval = '2s'").catch((error: unknown) => {
    const code = (error as { code?: unknown }).code;
    if (code !== '22023' && code !== '42704') throw error;
  });
}
