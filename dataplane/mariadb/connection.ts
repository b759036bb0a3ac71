import { type Connection, createConnection, type FieldPacket, type QueryOptions } from 'mysql2';
import type { Work } from '../work.ts';
import { translateMariadbError } from './mariadb-errors.ts';

/** A connection attempt that takes longer counts as unreachable; the engine tries again. */
const CONNECT_TIMEOUT_MS = 15_000;

/** A column of a result as the protocol describes it. */
export interface ResultColumn {
  readonly name: string;
  /** Type number of the protocol. */
  readonly type: number;
  /** Character set number; 63 is binary. */
  readonly characterSet: number;
  readonly columnLength: number;
}

/** A connection to MariaDB or MySQL. */
export interface MariadbConnection {
  /** Rows as objects of numbers and texts. */
  query<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Rows as the bytes that the server sends, read at the pace of whoever takes them; each comes with its columns. */
  rows(
    sql: string,
  ): AsyncIterable<readonly (Buffer | null)[]> & { columns(): readonly ResultColumn[] };
  readonly isMariadb: boolean;
  readonly version: string;
}

/**
 * Text in UTF-8, times in UTC, verbatim: no mode pads or rejects what is stored. A stream that waits for its reader is
 * not cut off.
 */
const SESSION = [
  'set names utf8mb4',
  "set session time_zone = '+00:00', sql_mode = '', net_write_timeout = 3600, wait_timeout = 28800",
  'set session transaction isolation level repeatable read',
];

/**
 * Runs `use` on a connection of its own, which can only read, and closes it.
 * @param mode `freeze` is the exception: the account that may change settings of the server
 * @throws what `use` throws, errors of the driver as `translateMariadbError` says; the signal's reason when it was aborted
 */
export async function withMariadb<T>(
  url: string,
  { signal }: Pick<Work, 'signal'>,
  use: (connection: MariadbConnection) => Promise<T>,
  mode: 'read' | 'freeze' = 'read',
): Promise<T> {
  signal.throwIfAborted();
  let connection: Connection | undefined;
  const cut = (): void => connection?.destroy();
  try {
    connection = createConnection({
      uri: url.replace(/^mariadb:/, 'mysql:'),
      connectTimeout: CONNECT_TIMEOUT_MS,
      enableKeepAlive: true,
      dateStrings: true,
      supportBigNumbers: true,
      bigNumberStrings: true,
    });
    // A lost connection is reported by the query that runs on it; without a listener the event ends the process.
    connection.on('error', () => undefined);
    signal.addEventListener('abort', cut, { once: true });
    if (signal.aborted) cut();
    const first = connection.promise();
    for (const statement of SESSION) await first.query(statement);
    if (mode === 'read') await first.query('set session transaction read only');
    return await use(await described(connection));
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw translateMariadbError(error);
  } finally {
    signal.removeEventListener('abort', cut);
    // What is still being streamed is not wanted any more: `end` would wait for all of it.
    connection?.destroy();
  }
}

async function described(connection: Connection): Promise<MariadbConnection> {
  const query = async <Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> => {
    const [rows] = await connection.promise().query(sql, [...values]);
    return rows as Row[];
  };
  const [row] = await query<{ version: string }>('select version() as version');
  const version = row?.version ?? '';
  const isMariadb = /mariadb/i.test(version);
  // Limits for statements are made for users who forget one, not for reading a table once.
  await query(`set session ${isMariadb ? 'max_statement_time' : 'max_execution_time'} = 0`);
  return { query, rows: (sql) => streamed(connection, sql), isMariadb, version };
}

const ROWS_AHEAD = 200;

function streamed(connection: Connection, sql: string): ReturnType<MariadbConnection['rows']> {
  let columns: readonly ResultColumn[] = [];
  const options: QueryOptions & { rowsAsArray: boolean } = {
    sql,
    rowsAsArray: true,
    typeCast: false,
  };
  const query = connection.query(options);
  query.on('fields', (fields: readonly FieldPacket[] | undefined) => {
    columns = (fields ?? []) as unknown as readonly ResultColumn[];
  });
  const stream = query.stream({ highWaterMark: ROWS_AHEAD }) as AsyncIterable<
    readonly (Buffer | null)[]
  >;
  return {
    columns: () => columns,
    [Symbol.asyncIterator]: () => stream[Symbol.asyncIterator](),
  };
}
