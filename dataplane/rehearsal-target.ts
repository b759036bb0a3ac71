import { randomInt } from 'node:crypto';
import { withConnection } from './connections.ts';
import type { Work } from './work.ts';

/**
 * Do both URLs lead to the same database? Advisory locks are those of a database, so what one session holds there the
 * other cannot have. No privilege is needed, and two names of one host do not deceive it.
 * @throws SlipwayError `target/unreachable`
 */
export async function isSameDatabase(one: string, other: string, work: Work): Promise<boolean> {
  const key = randomInt(1, 2 ** 31 - 1);
  return withConnection(one, 'target', work.signal, async (holder) => {
    await holder.query('select pg_advisory_lock($1)', [key]);
    return withConnection(other, 'target', work.signal, async (asker) => {
      const { rows } = await asker.query<{ free: boolean }>(
        'select pg_try_advisory_lock($1) as free',
        [key],
      );
      return rows[0]?.free !== true;
    });
  });
}

/** Takes off what an earlier rehearsal left live on the rehearsal platform. */
export async function withdrawRehearsal(
  target: string,
  department: string,
  work: Work,
): Promise<void> {
  await withConnection(target, 'target', work.signal, (client) =>
    client.query(
      "update platform.tenant set status = 'withdrawn', updated_at = now() where department = $1 and status = 'live'",
      [department],
    ),
  );
}
