import { SlipwayError } from '../../domain/errors.ts';
import { proveQuiet } from '../quiet.ts';
import type { Freeze, TableState } from '../quiet.ts';
import type { Work } from '../work.ts';
import { quoteMariadb, quoteMariadbTable, readFacts, tableNameOf } from './catalogue.ts';
import { type MariadbConnection, withMariadb } from './connection.ts';

export interface MariadbFreezeRequest {
  /** Name of the source, for messages. */
  readonly source: string;
  readonly url: string;
  /** As `database.table`. */
  readonly tables: readonly string[];
  /** Of an account that may make the server read-only. Without it the source is proven quiet instead. */
  readonly freezeUrl?: string | undefined;
  /** Milliseconds between the two looks that prove a source quiet. */
  readonly settleMs: number;
}

/**
 * Makes a MariaDB or MySQL server read-only, ends the sessions of others, and verifies it; or, without an account that may,
 * proves that nobody writes to the tables that are taken over.
 *
 * MariaDB cannot make one database read-only, so `read_only` is set for the server: what else lives on it stands still as
 * well. Accounts with SUPER or READ ONLY ADMIN can write nevertheless, so the tables are also looked at twice.
 * @throws SlipwayError `cutover/source-not-quiet` naming the tables that changed; `source/no-privilege`
 */
export async function freezeMariadb(request: MariadbFreezeRequest, work: Work): Promise<Freeze> {
  const { freezeUrl, source, settleMs } = request;
  const quiet = (): Promise<TableState[]> =>
    proveQuiet(source, () => tableStates(request, work), settleMs, work);
  if (freezeUrl === undefined) {
    return { method: 'quiet', endedSessions: 0, tables: await quiet() };
  }
  const endedSessions = await withMariadb(
    freezeUrl,
    work,
    async (connection) => {
      await connection.query('set global read_only = on');
      return endOtherSessions(connection);
    },
    'freeze',
  );
  const isReadOnly = await withMariadb(request.url, work, async (connection) => {
    const [row] = await connection.query<{ on: number }>('select @@global.read_only as `on`');
    return Number(row?.on) === 1;
  });
  if (!isReadOnly) {
    throw new SlipwayError(
      'cutover/source-not-quiet',
      `source ${request.source}: the server is not read-only`,
    );
  }
  return { method: 'read-only', endedSessions, tables: await quiet() };
}

/** Takes a freeze back. Can be repeated. */
export async function unfreezeMariadb(freezeUrl: string, work: Work): Promise<void> {
  await withMariadb(
    freezeUrl,
    work,
    (connection) => connection.query('set global read_only = off'),
    'freeze',
  );
}

/** A transaction that was open goes on: the setting refuses new ones only at their commit. */
async function endOtherSessions(connection: MariadbConnection): Promise<number> {
  const sessions = await connection.query<{ id: string | number }>(
    "select id as `id` from information_schema.processlist where id <> connection_id() and user not in ('system user', 'event_scheduler') and command not in ('Daemon', 'Binlog Dump', 'Slave_IO', 'Slave_SQL', 'Slave_worker')",
  );
  let ended = 0;
  for (const { id } of sessions) {
    try {
      await connection.query(`kill connection ${Number(id)}`);
      ended += 1;
    } catch (error) {
      // 1094: it has ended by itself.
      if ((error as { errno?: unknown }).errno !== 1094) throw error;
    }
  }
  return ended;
}

/** Rows and a checksum over all columns, for tables and views alike; needs SELECT only. */
async function tableStates(
  { url, tables }: MariadbFreezeRequest,
  work: Work,
): Promise<TableState[]> {
  return withMariadb(url, work, async (connection) => {
    const states: TableState[] = [];
    for (const from of tables) {
      const name = tableNameOf(from);
      const facts = await readFacts(connection, name);
      if (facts === undefined)
        throw new SlipwayError('source/not-found', `there is no table ${from}`);
      // `quote` tells null from the text NULL; 15 hex digits are 60 bits, so that the sum is exact.
      const columns = facts.columns.map((column) => `quote(${quoteMariadb(column.name)})`);
      const digest = `conv(left(sha2(concat_ws(',', ${columns.join(', ')}), 256), 15), 16, 10)`;
      const [row] = await connection.query<{ rows: string | number; checksum: string }>(
        `select count(*) as \`rows\`, cast(coalesce(sum(cast(${digest} as decimal(20))), 0) as char) as \`checksum\` from ${quoteMariadbTable(name)}`,
      );
      states.push({ table: from, rows: Number(row?.rows), checksum: row?.checksum ?? '' });
      work.progress({ done: states.length, total: tables.length, unit: 'tables' });
    }
    return states;
  });
}
