import type pg from 'pg';
import { SlipwayError } from '../domain/errors.ts';
import type { Manifest } from '../domain/manifest.ts';
import { inTransaction, withConnection } from './connections.ts';
import { CORRECTIONS } from './corrections.ts';
import { longQuery } from './long-query.ts';
import { PLATFORM } from './target-places.ts';
import { readTargetTable, type TargetTable, tableName } from './target-table.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

/** What was taken off the platform to make place for a load. */
export interface Prepared {
  /** Earlier loads whose rows are gone. */
  readonly superseded: readonly string[];
  readonly removed: readonly { readonly table: string; readonly rows: number }[];
}

/**
 * Makes the platform ready for a load: the department has its tenant row, and the rows of earlier loads are removed,
 * referring tables first, in one transaction. The ledger of earlier loads stays, marked. Does nothing when it is done
 * already; rows of `loadId` itself are never touched.
 * @throws SlipwayError `target/live` when the platform serves the department; `target/unreachable`, `target/drift`
 */
export async function prepareTarget(
  { manifest, urls, loadId }: { manifest: Manifest; urls: DataPlaneUrls; loadId: string },
  work: Work,
): Promise<Prepared> {
  const { id: department, name } = manifest.department;
  return withConnection(urls.target, 'target', work.signal, (target) =>
    inTransaction(target, 'write', async () => {
      await claimTenant(target, department, name);
      const { rows } = await target.query<{ loads: string[]; tables: string[] }>(
        `select coalesce(array_agg(distinct load_id order by load_id), '{}') as loads,
           coalesce(array_agg(distinct target_table), '{}') as tables
         from ${PLATFORM.ledger} where department = $1 and load_id <> $2 and superseded_at is null`,
        [department, loadId],
      );
      const superseded = rows[0]?.loads ?? [];
      const tables: TargetTable[] = [];
      for (const table of rows[0]?.tables ?? []) tables.push(await readTargetTable(target, table));
      const removed: { table: string; rows: number }[] = [];
      for (const table of referringFirst(tables)) {
        const at = { url: urls.target, side: 'target' } as const;
        const step = { done: removed.length, total: tables.length, unit: 'tables' } as const;
        const result = await longQuery(target, at, work, step, () =>
          target.query(`delete from ${PLATFORM.table(table)} where department = $1`, [department]),
        );
        removed.push({ table: tableName(table), rows: result.rowCount ?? 0 });
        work.progress({ ...step, done: removed.length });
      }
      await supersede(target, department, loadId);
      return { superseded, removed };
    }),
  );
}

/** Locks the department's tenant row, making it when there is none. */
async function claimTenant(target: pg.Client, department: string, name: string): Promise<void> {
  const { rows } = await target.query<{ status: string }>(
    `insert into platform.tenant (department, name) values ($1, $2)
     on conflict (department) do update set name = excluded.name returning status`,
    [department, name],
  );
  if (rows[0]?.status === 'live') {
    throw new SlipwayError(
      'target/live',
      `the platform serves ${department}: its rows cannot be loaded anew`,
    );
  }
  await target.query(
    "update platform.tenant set status = 'loading', updated_at = now() where department = $1 and status <> 'loading'",
    [department],
  );
}

async function supersede(target: pg.Client, department: string, loadId: string): Promise<void> {
  const others = 'where department = $1 and load_id <> $2';
  await target.query(
    `update ${PLATFORM.ledger} set superseded_at = now() ${others} and superseded_at is null`,
    [department, loadId],
  );
  await target.query(
    `update ${PLATFORM.quarantine} set status = 'superseded', closed_at = now() ${others} and status = 'open'`,
    [department, loadId],
  );
  await target.query(
    `update ${CORRECTIONS} set status = 'superseded', closed_at = now(), closed_because = 'a later load' ${others} and status = 'active'`,
    [department, loadId],
  );
}

/** Tables in an order in which each comes before those it refers to. */
function referringFirst(tables: readonly TargetTable[]): TargetTable[] {
  const left = [...tables];
  const ordered: TargetTable[] = [];
  while (left.length > 0) {
    const free = left.findIndex((table) =>
      left.every((other) => other === table || !refersTo(other, table)),
    );
    // In a circle every order is wrong; the platform then has deferrable constraints.
    ordered.push(...left.splice(Math.max(free, 0), 1));
  }
  return ordered;
}

function refersTo(one: TargetTable, other: TargetTable): boolean {
  return one.foreignKeys.some((key) => tableName(key) === tableName(other));
}
