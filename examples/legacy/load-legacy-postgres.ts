import pg from 'pg';
import { copyRows } from './copy-rows.ts';
import type { LegacyDepartment } from './generate-department.ts';
import type { LegacyTable } from './legacy-table.ts';
import { POSTGRES_TABLES } from './postgres-shape.ts';

/** Schemas of the legacy PostgreSQL system. */
export const LEGACY_SCHEMAS = ['hrms', 'pay', 'fin'];

/**
 * Makes the legacy PostgreSQL system of a department: schemas `hrms`, `pay` and `fin` in the given, so far empty,
 * database, in one transaction.
 * @param url connection URL of an account that may create schemas
 * @returns rows per table
 */
export async function loadLegacyPostgres(
  url: string,
  department: LegacyDepartment,
): Promise<Record<string, number>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin');
    for (const schema of LEGACY_SCHEMAS) await client.query(`create schema ${schema}`);
    const counts: Record<string, number> = {};
    for (const table of POSTGRES_TABLES) counts[table.name] = await fill(client, table, department);
    await client.query('commit');
    await client.query('analyze');
    return counts;
  } finally {
    await client.end();
  }
}

async function fill(
  client: pg.Client,
  table: LegacyTable,
  department: LegacyDepartment,
): Promise<number> {
  const columns = table.columns.map((column) => `"${column.name}" ${column.type}`);
  await client.query(`create table ${table.name} (${columns.join(', ')})`);
  let count = 0;
  const counted = function* () {
    for (const record of table.records(department)) {
      count += 1;
      yield record;
    }
  };
  const names = table.columns.map((column) => column.name);
  await copyRows(client, table.name, names, counted());
  await client.query(`create index on ${table.name} (${table.key.join(', ')})`);
  return count;
}
