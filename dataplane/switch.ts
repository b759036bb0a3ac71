import type pg from 'pg';
import { SlipwayError } from '../domain/errors.ts';
import { inTransaction, withConnection } from './connections.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

/** What the platform is to a department. */
export interface Tenant {
  readonly status: 'loading' | 'live' | 'withdrawn';
  /** ISO time of the switch; null when there was none. */
  readonly liveFrom: string | null;
  /** False when it was so already. */
  readonly changed: boolean;
}

interface SwitchRequest {
  readonly urls: DataPlaneUrls;
  readonly department: string;
}

/**
 * Makes the platform serve a department. Can be repeated: the time of the first switch stays.
 * @throws SlipwayError `target/drift` when the platform does not know the department; `target/unreachable`
 */
export async function switchToPlatform(request: SwitchRequest, work: Work): Promise<Tenant> {
  return change(request, work, (status) => (status === 'live' ? undefined : 'live'));
}

/**
 * Takes the switch back: the platform no longer serves the department, its rows stay. Does nothing when it does not.
 * @throws as `switchToPlatform`
 */
export async function switchBack(request: SwitchRequest, work: Work): Promise<Tenant> {
  return change(request, work, (status) => (status === 'live' ? 'withdrawn' : undefined));
}

async function change(
  { urls, department }: SwitchRequest,
  work: Work,
  next: (status: Tenant['status']) => Tenant['status'] | undefined,
): Promise<Tenant> {
  return withConnection(urls.target, 'target', work.signal, (target) =>
    inTransaction(target, 'write', async () => {
      const now = await tenantOf(target, department);
      const status = next(now.status);
      if (status === undefined) return { ...now, changed: false };
      await target.query(
        `update platform.tenant set status = $2, updated_at = now(),
           live_from = case when $2 = 'live' then now() else live_from end where department = $1`,
        [department, status],
      );
      return { ...(await tenantOf(target, department)), changed: true };
    }),
  );
}

/** The tenant row, locked: two switches go one after the other. */
async function tenantOf(target: pg.Client, department: string): Promise<Omit<Tenant, 'changed'>> {
  const { rows } = await target.query<Omit<Tenant, 'changed'>>(
    `select status, to_char(live_from, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "liveFrom"
     from platform.tenant where department = $1 for update`,
    [department],
  );
  const [row] = rows;
  if (row === undefined) {
    throw new SlipwayError(
      'target/drift',
      `the platform does not know the department ${department}`,
    );
  }
  return row;
}
