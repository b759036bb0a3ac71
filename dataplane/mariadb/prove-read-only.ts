import { type ErrorCode, SlipwayError } from '../../domain/errors.ts';
import type { ReadOnlyProof } from '../read-only.ts';
import type { Work } from '../work.ts';
import { quoteMariadb, quoteMariadbTable, readFacts, tableNameOf } from './catalogue.ts';
import { type MariadbConnection, withMariadb } from './connection.ts';
import { harmOf, readGrant } from './grants.ts';

type Problem = readonly [ErrorCode, string];

const ORDER: readonly ErrorCode[] = ['source/writable', 'source/not-found', 'source/no-privilege'];

/**
 * Proves that an account of MariaDB or MySQL can read the tables and can do nothing but look: no privilege that it has
 * itself, by a role it may take (also by way of another role), or as everybody (PUBLIC), is one that writes, runs routines,
 * touches files, locks or administers.
 * @param source `tables` as `database.table`
 * @throws SlipwayError `source/writable`, `source/not-found` or `source/no-privilege`, the first that applies; its message
 *   names all problems of all kinds
 */
export async function proveMariadbReadOnly(
  source: { readonly url: string; readonly tables: readonly string[] },
  work: Work,
): Promise<ReadOnlyProof> {
  return withMariadb(source.url, work, async (connection) => {
    const [account] = await connection.query<{ user: string; database: string | null }>(
      'select current_user() as `user`, database() as `database`',
    );
    const harms = await harmsOf(connection);
    const problems: Problem[] = harms.map((text) => ['source/writable', text]);
    const tables: ReadOnlyProof['tables'][number][] = [];
    for (const [index, from] of source.tables.entries()) {
      const table = await look(connection, from);
      if (Array.isArray(table)) problems.push(table as unknown as Problem);
      else tables.push(table as ReadOnlyProof['tables'][number]);
      work.progress({ done: index + 1, total: source.tables.length, unit: 'tables' });
    }
    const user = account?.user ?? '';
    if (problems.length > 0) throw refusal(user, problems);
    const serverVersion = connection.version;
    return { user, database: account?.database ?? '', serverVersion, standby: false, tables };
  });
}

async function harmsOf(connection: MariadbConnection): Promise<string[]> {
  const harms = new Set<string>();
  const roles = new Set<string>();
  const read = (lines: readonly string[]): void => {
    for (const line of lines) {
      const grant = readGrant(line);
      if (grant === undefined) continue;
      if ('roles' in grant) for (const role of grant.roles) roles.add(role);
      else for (const harm of harmOf(grant)) harms.add(harm);
    }
  };
  if (!connection.isMariadb) {
    // MySQL shows what all active roles give, those of other roles included.
    await connection.query('set role all').catch(() => undefined);
    read(await grants(connection, 'show grants'));
    return [...harms];
  }
  read(await grants(connection, 'show grants'));
  // Everybody has what is granted to PUBLIC; older servers have no such thing.
  read(await grants(connection, 'show grants for public').catch(() => []));
  // The roles that are not active show what they give, and what roles give to them, once they are.
  const own = Array.from(roles);
  for (const role of own) {
    await connection.query(`set role ${quoteMariadb(unquoted(role))}`);
    read(await grants(connection, 'show grants'));
  }
  if (own.length > 0) await connection.query('set role none');
  return [...harms];
}

async function grants(connection: MariadbConnection, sql: string): Promise<string[]> {
  const rows = await connection.query<Record<string, string>>(sql);
  return rows.flatMap((row) => Object.values(row));
}

function unquoted(name: string): string {
  const inner = /^`(.*)`$/s.exec(name)?.[1];
  return inner === undefined ? name : inner.replaceAll('``', '`');
}

async function look(
  connection: MariadbConnection,
  from: string,
): Promise<ReadOnlyProof['tables'][number] | Problem> {
  try {
    const name = tableNameOf(from);
    const facts = await readFacts(connection, name);
    if (facts === undefined) {
      const text = `there is no table ${from} that it may see: it is not there, or it lacks SELECT on it`;
      return ['source/not-found', text];
    }
    await connection.query(`select * from ${quoteMariadbTable(name)} limit 0`);
    const kind = facts.isView ? 'view' : 'table';
    return { table: from, kind, columns: facts.columns.length };
  } catch (error) {
    const code = (error as { errno?: unknown }).errno;
    // 1142, 1143: no privilege on the table, or on one of its columns.
    if (code === 1142 || code === 1143) {
      return ['source/no-privilege', `it lacks SELECT on ${from}, or on columns of it`];
    }
    throw error;
  }
}

function refusal(user: string, problems: readonly Problem[]): SlipwayError {
  const sorted = problems.toSorted(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b));
  const texts = sorted.map(([, text]) => text);
  const code = sorted[0]?.[0] ?? 'source/writable';
  return new SlipwayError(code, `account ${user}: ${texts.join('; ')}`, {
    details: { problems: texts },
  });
}
