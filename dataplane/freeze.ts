import type pg from 'pg';
import { SlipwayError } from '../domain/errors.ts';
import type { Manifest } from '../domain/manifest.ts';
import { connect, withConnection } from './connections.ts';
import { longQuery } from './long-query.ts';
import { freezeMariadb, unfreezeMariadb } from './mariadb/freeze-mariadb.ts';
import { proveQuiet } from './quiet.ts';
import type { Freeze, TableState } from './quiet.ts';
import { quoteIdentifier } from './quote.ts';
import { placeOf, type Relation, relationOf } from './relation.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

export interface FreezeRequest {
  readonly manifest: Manifest;
  /** A database source of the manifest. */
  readonly source: string;
  readonly urls: DataPlaneUrls;
  /** Of an account that may change settings of the database. Without it the source is proven quiet instead. */
  readonly freezeUrl?: string | undefined;
  /** Milliseconds between the two looks that prove a source quiet. Default 5,000. */
  readonly settleMs?: number;
}

/** Enough for a writer that commits every few seconds to be seen. */
const SETTLE_MS = 5000;

/**
 * Makes a legacy database read-only, for new and for present sessions, and verifies it with a new session; or, where
 * that is not permitted, proves that nobody writes to the tables that are taken over. Can be repeated.
 * @throws SlipwayError `cutover/source-not-quiet` naming the tables that changed; `source/no-privilege`;
 *   `source/unreachable`
 */
export async function freezeSource(request: FreezeRequest, work: Work): Promise<Freeze> {
  const { freezeUrl, manifest, source, urls } = request;
  if (manifest.sources[source]?.kind === 'mariadb') {
    const settleMs = request.settleMs ?? SETTLE_MS;
    const url = urls.sources[source] ?? '';
    return freezeMariadb({ source, url, tables: tablesOf(request), freezeUrl, settleMs }, work);
  }
  if (freezeUrl === undefined) {
    const settleMs = request.settleMs ?? SETTLE_MS;
    const look = (): Promise<TableState[]> => tableStates(request, work);
    return {
      method: 'quiet',
      endedSessions: 0,
      tables: await proveQuiet(source, look, settleMs, work),
    };
  }
  const endedSessions = await asOwner(freezeUrl, work, async (client, database) => {
    await client.query(`alter database ${database} set default_transaction_read_only = on`);
    return endOtherSessions(client);
  });
  if (!(await isReadOnly(freezeUrl, work))) {
    throw new SlipwayError(
      'cutover/source-not-quiet',
      `source ${request.source}: a new session may still write: its account has a setting of its own`,
    );
  }
  return { method: 'read-only', endedSessions, tables: await tableStates(request, work) };
}

/**
 * Takes a freeze back: the legacy side serves again. Can be repeated; a source that was proven quiet was not changed.
 * @throws SlipwayError `source/no-privilege`, `source/unreachable`
 */
export async function unfreezeSource(
  { manifest, source, freezeUrl }: Pick<FreezeRequest, 'manifest' | 'source' | 'freezeUrl'>,
  work: Work,
): Promise<{ readonly method: Freeze['method'] }> {
  if (freezeUrl === undefined) return { method: 'quiet' };
  if (manifest.sources[source]?.kind === 'mariadb') {
    await unfreezeMariadb(freezeUrl, work);
    return { method: 'read-only' };
  }
  await asOwner(freezeUrl, work, async (client, database) => {
    await client.query(`alter database ${database} reset default_transaction_read_only`);
  });
  return { method: 'read-only' };
}

async function asOwner<T>(
  url: string,
  work: Work,
  use: (client: pg.Client, database: string) => Promise<T>,
): Promise<T> {
  return withConnection(url, 'source', work.signal, async (client) => {
    // Every session on a source is read-only; this one is the exception that is asked for.
    await client.query('set default_transaction_read_only = off');
    const { rows } = await client.query<{ name: string }>('select current_database() as name');
    return use(client, quoteIdentifier(rows[0]?.name ?? ''));
  });
}

/** The setting counts for new sessions only. */
async function endOtherSessions(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ ended: number }>(
    `select count(*) filter (where pg_terminate_backend(pid))::int as ended from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
       and application_name <> 'slipway'`,
  );
  return rows[0]?.ended ?? 0;
}

async function isReadOnly(url: string, work: Work): Promise<boolean> {
  const client = await connect(url, 'source', work.signal);
  try {
    // Slipway's own sessions on a source are read-only anyway: what counts is what the database says.
    await client.query('reset default_transaction_read_only');
    const { rows } = await client.query<{ on: string }>(
      "select current_setting('default_transaction_read_only') as on",
    );
    return rows[0]?.on === 'on';
  } finally {
    await client.end();
  }
}

async function tableStates(request: FreezeRequest, work: Work): Promise<TableState[]> {
  const relations = relationsOf(request);
  const states: TableState[] = [];
  for (const relation of relations) {
    const { url, side, schema, table } = relation;
    const state = await withConnection(url, side, work.signal, (client) =>
      longQuery(
        client,
        relation,
        work,
        { done: states.length, total: relations.length, unit: 'tables' },
        () =>
          client.query<{ rows: string; checksum: string }>(
            `select count(*) as rows, coalesce(sum(hashtextextended(s::text, 0)), 0)::text as checksum from ${relation.sql} s`,
          ),
      ),
    );
    const row = state.rows[0];
    states.push({
      table: `${schema}.${table}`,
      rows: Number(row?.rows),
      checksum: row?.checksum ?? '',
    });
    work.progress({ done: states.length, total: relations.length, unit: 'tables' });
  }
  return states;
}

/** The tables of the source that datasets read, each once. */
function relationsOf({ manifest, source, urls }: FreezeRequest): Relation[] {
  const datasets = manifest.datasets.filter((dataset) => dataset.source === source);
  const relations = datasets.flatMap((dataset) => [
    relationOf(manifest, dataset, urls),
    ...Object.values(dataset.joins ?? {}).map(({ from }) =>
      placeOf(manifest, { source, from }, urls),
    ),
  ]);
  return [...new Map(relations.map((relation) => [relation.sql, relation])).values()];
}

/** The same by name. */
function tablesOf({ manifest, source }: FreezeRequest): string[] {
  const datasets = manifest.datasets.filter((dataset) => dataset.source === source);
  const names = datasets.flatMap((dataset) => [
    dataset.from,
    ...Object.values(dataset.joins ?? {}).map(({ from }) => from),
  ]);
  return [...new Set(names)];
}
