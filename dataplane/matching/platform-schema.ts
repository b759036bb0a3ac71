import type pg from 'pg';
import type { MatchColumn, MatchTable } from '../../domain/matching/schema.ts';
import { DEPARTMENT, findTargetTable, type TargetTable, tableName } from '../target-table.ts';
import { ruleOfColumn } from './check-rule.ts';

/** A table of the platform as the matcher sees it, and as the platform has it. */
export interface PlatformTable {
  readonly match: MatchTable;
  readonly table: TargetTable;
}

/**
 * The platform's tables that departments load into: names, types, comments, keys, foreign keys and what check constraints demand.
 * No row of theirs is read: they belong to other departments. Tables without a department (reference data) are not among them.
 */
export async function readPlatformTables(client: pg.Client): Promise<PlatformTable[]> {
  const { rows } = await client.query<{ name: string; description: string | null }>(TABLES, [
    DEPARTMENT,
  ]);
  const comments = await client.query<{ name: string; column: string; text: string }>(COMMENTS);
  const commentOf = new Map(
    comments.rows.map(({ name, column, text }) => [`${name}.${column}`, text]),
  );
  const tables: PlatformTable[] = [];
  for (const { name, description } of rows) {
    const table = await findTargetTable(client, name);
    if (table === undefined) continue;
    const columns = table.columns
      .filter((column) => column.name !== DEPARTMENT && !column.generated)
      .map((column) => matchColumn(table, column, commentOf.get(`${name}.${column.name}`)));
    tables.push({ table, match: { name, description: description ?? undefined, columns } });
  }
  return tables;
}

function matchColumn(
  table: TargetTable,
  column: TargetTable['columns'][number],
  description: string | undefined,
): MatchColumn {
  const key = table.primaryKey.filter((name) => name !== DEPARTMENT);
  const unique = table.uniques.some(
    ({ columns, predicate }) =>
      predicate === null && columns.filter((name) => name !== DEPARTMENT).join() === column.name,
  );
  const reference = table.foreignKeys.find(({ columns }) => columns.at(-1) === column.name);
  return {
    name: column.name,
    type: column.baseType,
    description,
    key: unique ? 'key' : key.includes(column.name) ? 'part' : 'none',
    references: reference === undefined ? undefined : tableName(reference),
    rule: ruleOfColumn(table, column.name),
  };
}

const TABLES = `
  select n.nspname || '.' || c.relname as name, obj_description(c.oid, 'pg_class') as description
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname !~ '^(pg_|information_schema|slipway)'
    and exists (select from pg_attribute a join pg_index i on i.indrelid = c.oid and i.indisprimary
      where a.attrelid = c.oid and a.attname = $1 and a.attnum = i.indkey[0] and i.indnatts > 1)
  order by n.nspname, c.oid`;

const COMMENTS = `
  select n.nspname || '.' || c.relname as name, a.attname as column, d.description as text
  from pg_description d join pg_class c on c.oid = d.objoid and d.classoid = 'pg_class'::regclass
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid
  where d.objsubid > 0`;
