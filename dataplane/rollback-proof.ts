import { SlipwayError } from '../domain/errors.ts';
import type { Manifest } from '../domain/manifest.ts';
import { connect, withConnection } from './connections.ts';
import { withMariadb } from './mariadb/connection.ts';
import { quoteTable } from './quote.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

/** How it is known that a legacy source serves as before. */
export interface LegacyProof {
  readonly source: string;
  /**
   * `write`: a new session may write to its tables; `setting`: the account has no right to write there, but the database
   * gives new sessions leave; `untouched`: Slipway holds no account that could have frozen it, and files are files.
   */
  readonly method: 'write' | 'setting' | 'untouched';
  /** Tables a write was tried on. It touches no row. */
  readonly tables: number;
}

/** What the platform is to a department that was taken back. */
export interface PlatformProof {
  /** `unknown`: the platform has never heard of the department. */
  readonly status: 'loading' | 'withdrawn' | 'unknown';
}

/**
 * Proves with a new session that a legacy source can be written to again.
 * @param freezeUrl of the account that froze it; undefined where there is none
 * @throws SlipwayError `cutover/rollback-unproven` when it cannot; `source/unreachable`
 */
export async function proveLegacyServes(
  request: {
    readonly manifest: Manifest;
    readonly source: string;
    readonly freezeUrl: string | undefined;
  },
  work: Work,
): Promise<LegacyProof> {
  const { manifest, source, freezeUrl } = request;
  if (freezeUrl === undefined) return { source, method: 'untouched', tables: 0 };
  return manifest.sources[source]?.kind === 'mariadb'
    ? proveMariadb(source, freezeUrl, work)
    : provePostgres(request, freezeUrl, work);
}

async function proveMariadb(source: string, url: string, work: Work): Promise<LegacyProof> {
  const readOnly = await withMariadb(url, work, async (connection) => {
    const [row] = await connection.query<{ on: number }>('select @@global.read_only as `on`');
    return Number(row?.on) === 1;
  });
  if (readOnly) throw unproven(source, 'the server is read-only');
  return { source, method: 'setting', tables: 0 };
}

async function provePostgres(
  { manifest, source }: { manifest: Manifest; source: string },
  url: string,
  work: Work,
): Promise<LegacyProof> {
  const client = await connect(url, 'source', work.signal);
  try {
    // Slipway's own sessions on a source are read-only; this one has to be as anybody's.
    await client.query('reset default_transaction_read_only');
    const { rows } = await client.query<{ on: string }>(
      "select current_setting('default_transaction_read_only') as on",
    );
    if (rows[0]?.on === 'on') throw unproven(source, 'new sessions are read-only');
    let tables = 0;
    for (const from of baseTables(manifest, source)) {
      const quoted = quoteTable(...split(from));
      const may = await client.query<{ may: boolean | null }>(
        `select c.relkind in ('r', 'p') and has_table_privilege(c.oid, 'DELETE') as may from pg_class c where c.oid = to_regclass($1)`,
        [quoted],
      );
      if (may.rows[0]?.may !== true) continue;
      // Refused in a read-only transaction, and touches no row.
      await client.query(`delete from ${quoted} where false`);
      tables += 1;
    }
    return { source, method: tables > 0 ? 'write' : 'setting', tables };
  } finally {
    await client.end();
  }
}

function split(from: string): [string, string] {
  const dot = from.indexOf('.');
  return [from.slice(0, dot), from.slice(dot + 1)];
}

function baseTables(manifest: Manifest, source: string): string[] {
  const datasets = manifest.datasets.filter((dataset) => dataset.source === source);
  return [...new Set(datasets.map((dataset) => dataset.from))];
}

/**
 * Proves with a new session that nothing of the department is live on the platform: what it holds of it is served to
 * nobody.
 * @throws SlipwayError `cutover/rollback-unproven`; `target/unreachable`
 */
export async function proveNothingActive(
  { urls, department }: { readonly urls: DataPlaneUrls; readonly department: string },
  work: Work,
): Promise<PlatformProof> {
  return withConnection(urls.target, 'target', work.signal, async (target) => {
    const { rows } = await target.query<{ status: 'loading' | 'withdrawn' | 'live' }>(
      'select status from platform.tenant where department = $1',
      [department],
    );
    const status = rows[0]?.status ?? 'unknown';
    if (status === 'live') {
      throw new SlipwayError(
        'cutover/rollback-unproven',
        `the platform still serves the department ${department}`,
      );
    }
    return { status };
  });
}

function unproven(source: string, why: string): SlipwayError {
  return new SlipwayError(
    'cutover/rollback-unproven',
    `source ${source} does not serve as before: ${why}`,
  );
}
