import type pg from 'pg';
import { type ErrorCode, SlipwayError } from '../domain/errors.ts';
import { withConnection } from './connections.ts';
import type { Work } from './work.ts';

/** What was proven about an account and the tables it reads. */
export interface ReadOnlyProof {
  readonly user: string;
  readonly database: string;
  readonly serverVersion: string;
  /** True for a standby, which nobody can write to. */
  readonly standby: boolean;
  readonly tables: readonly {
    readonly table: string;
    readonly kind: 'table' | 'view';
    readonly columns: number;
  }[];
}

/**
 * Proves that an account can read the tables and cannot change them: it is no superuser, neither it nor a role it may
 * become owns them, may write to them, or may create in their schemas, and it may not act on the server's files.
 * @param source `tables` as `schema.table`
 * @throws SlipwayError `source/writable`, `source/not-found` or `source/no-privilege`, the first that applies; its message
 *   names all problems of all kinds
 */
export async function proveReadOnly(
  source: { url: string; tables: readonly string[] },
  work: Work,
): Promise<ReadOnlyProof> {
  return withConnection(source.url, 'source', work.signal, async (client) => {
    const account = await readAccount(client);
    const tables = await readTables(client, source.tables);
    const problems = [
      ...account.problems.map((text): Problem => ['source/writable', text]),
      ...tables.flatMap((table) => problemsOf(table, account.superuser)),
    ];
    if (problems.length > 0) throw refusal(account.user, problems);
    work.progress({ done: tables.length, total: tables.length, unit: 'tables' });
    return {
      user: account.user,
      database: account.database,
      serverVersion: account.version,
      standby: account.standby,
      tables: tables.map(({ name, kind, columns }) => ({
        table: name,
        kind: kind === 'v' || kind === 'm' ? 'view' : 'table',
        columns,
      })),
    };
  });
}

type Problem = readonly [ErrorCode, string];

const ORDER: readonly ErrorCode[] = ['source/writable', 'source/not-found', 'source/no-privilege'];

function refusal(user: string, problems: readonly Problem[]): SlipwayError {
  const sorted = problems.toSorted(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b));
  const [first] = sorted;
  const texts = sorted.map(([, text]) => text);
  return new SlipwayError(first?.[0] ?? 'source/writable', `account ${user}: ${texts.join('; ')}`, {
    details: { problems: texts },
  });
}

interface Account {
  readonly user: string;
  readonly database: string;
  readonly version: string;
  readonly standby: boolean;
  readonly superuser: boolean;
  readonly problems: readonly string[];
}

async function readAccount(client: pg.Client): Promise<Account> {
  // `member` is every role the account is or can become, also by SET ROLE: what those may do, it may do.
  const { rows } = await client.query<{
    user: string;
    database: string;
    version: string;
    standby: boolean;
    superuser: boolean;
    createrole: boolean;
    creates: boolean;
    server: string[];
  }>(`
    with member as (
      select oid, rolname, rolsuper, rolcreaterole from pg_roles
      where pg_has_role(current_user, oid, 'member')
    )
    select current_user::text as user, current_database()::text as database,
      current_setting('server_version') as version, pg_is_in_recovery() as standby,
      bool_or(rolsuper) as superuser, bool_or(rolcreaterole) as createrole,
      bool_or(has_database_privilege(oid, current_database(), 'create')) as creates,
      coalesce(array_agg(rolname::text order by rolname) filter (
        where rolname in ('pg_write_server_files', 'pg_execute_server_program')), '{}') as server
    from member`);
  const [row] = rows;
  if (row === undefined)
    throw new SlipwayError('internal/unexpected', 'the source knows no current user');
  const problems: string[] = [];
  // A superuser may do everything: the rest would only repeat it.
  if (row.superuser) problems.push('it is a superuser, or can become one');
  else {
    if (row.createrole) problems.push('it can create roles, and so give itself any privilege');
    if (row.creates) problems.push(`it can create schemas in database ${row.database}`);
    for (const role of row.server) problems.push(`it is a member of ${role}`);
  }
  return { ...row, problems };
}

interface TableFacts {
  readonly name: string;
  readonly found: boolean;
  readonly kind: string;
  readonly columns: number;
  readonly owner: boolean;
  readonly writes: readonly string[];
  readonly creates: boolean;
  readonly usage: boolean;
  readonly reads: boolean;
}

async function readTables(client: pg.Client, names: readonly string[]): Promise<TableFacts[]> {
  const { rows } = await client.query<TableFacts>(
    `
    with member as (select oid from pg_roles where pg_has_role(current_user, oid, 'member')),
    wanted as (
      select name, position, split_part(name, '.', 1) as schema, split_part(name, '.', 2) as relation
      from unnest($1::text[]) with ordinality as w(name, position)
    )
    select w.name, c.oid is not null as found, coalesce(c.relkind::text, '') as kind,
      (select count(*)::int from pg_attribute a
       where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      exists (select from member m where m.oid = c.relowner) as owner,
      array(
        select p.privilege from unnest('{INSERT,UPDATE,DELETE,TRUNCATE}'::text[]) as p(privilege)
        where exists (
          select from member m where has_table_privilege(m.oid, c.oid, p.privilege)
            or (p.privilege in ('INSERT', 'UPDATE') and has_any_column_privilege(m.oid, c.oid, p.privilege))
        )
      ) as writes,
      exists (select from member m where has_schema_privilege(m.oid, n.oid, 'create')) as creates,
      coalesce(has_schema_privilege(n.oid, 'usage'), false) as usage,
      coalesce(has_table_privilege(c.oid, 'select'), false) as reads
    from wanted w
    left join pg_namespace n on n.nspname = w.schema
    left join pg_class c on c.relnamespace = n.oid and c.relname = w.relation
      and c.relkind in ('r', 'p', 'v', 'm', 'f')
    order by w.position`,
    [names],
  );
  return rows;
}

function problemsOf(table: TableFacts, superuser: boolean): Problem[] {
  if (!table.found) return [['source/not-found', `there is no table ${table.name}`]];
  const problems: Problem[] = [];
  if (!superuser) {
    const schema = table.name.split('.')[0];
    if (table.owner)
      problems.push(['source/writable', `it owns ${table.name}, or can become its owner`]);
    else if (table.writes.length > 0) {
      problems.push(['source/writable', `it has ${table.writes.join(', ')} on ${table.name}`]);
    }
    if (table.creates)
      problems.push(['source/writable', `it can create tables in schema ${schema}`]);
    if (!table.usage) problems.push(['source/no-privilege', `it lacks USAGE on schema ${schema}`]);
    if (!table.reads) problems.push(['source/no-privilege', `it lacks SELECT on ${table.name}`]);
  }
  return problems;
}
