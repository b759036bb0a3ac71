import type pg from 'pg';
import type { Limits } from '../../domain/manifest.ts';
import type { PreflightProblem } from './problem.ts';

/** What would stop a load at the platform's server: read-only, another encoding, no connections left. */
export async function serverProblems(
  target: pg.Client,
  { lanes }: Limits,
): Promise<PreflightProblem[]> {
  const { rows } = await target.query<{
    database: string;
    encoding: string;
    readOnly: boolean;
    free: number;
    limit: number | null;
  }>(
    `select current_database() as database, current_setting('server_encoding') as encoding,
       pg_is_in_recovery() or current_setting('default_transaction_read_only')::boolean as "readOnly",
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
         - (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as free,
       (select least(nullif(d.datconnlimit, -1), nullif(r.rolconnlimit, -1)) from pg_database d, pg_roles r
         where d.datname = current_database() and r.rolname = current_user) as limit`,
  );
  const found = rows[0];
  if (found === undefined) return [];
  const { database, encoding, readOnly } = found;
  const problems: PreflightProblem[] = [];
  const add = (check: PreflightProblem['check'], message: string, advice: string): void => {
    problems.push({ check, subject: database, message, advice });
  };
  if (readOnly) {
    add('read-only', 'the platform is read-only', 'connect to its primary, in a writable session');
  }
  if (encoding !== 'UTF8') {
    const advice = 'make the platform a database of encoding UTF8';
    add('encoding', `it is encoded in ${encoding}, which cannot hold every character`, advice);
  }
  // Each lane has one, each may look at itself by another one, and somebody has to claim and reconcile.
  const needed = lanes * 2 + 2;
  const free = Math.min(found.free, found.limit ?? Number.POSITIVE_INFINITY);
  if (free < needed) {
    const advice =
      'raise max_connections or the limit of the account, or lower policy.limits.lanes';
    add('connections', `${lanes} lanes need ${needed} connections, ${free} are free`, advice);
  }
  return problems;
}
