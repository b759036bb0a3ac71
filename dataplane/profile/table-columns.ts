import type pg from 'pg';
import { SlipwayError } from '../../domain/errors.ts';
import type { Relation } from '../relation.ts';
import { TECHNICAL_COLUMNS } from '../staged-table.ts';

/** A column as the catalogue of its database has it; `type` as `format_type` writes it. */
export interface TableColumn {
  readonly name: string;
  readonly type: string;
  /** What another database declares, where the column was taken in as text. */
  readonly declared: string | null;
}

/**
 * The columns of a relation in their order, without those that intake added.
 * @throws SlipwayError `source/not-found` when there is no such table
 */
export async function tableColumns(client: pg.Client, relation: Relation): Promise<TableColumn[]> {
  const { rows } = await client.query<TableColumn>(
    `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
       case when $3 then col_description(a.attrelid, a.attnum) end as declared
     from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = $2 and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    [relation.schema, relation.table, relation.staged],
  );
  if (rows.length === 0) {
    const code = relation.side === 'target' ? 'target/drift' : 'source/not-found';
    throw new SlipwayError(code, `there is no table ${relation.schema}.${relation.table}`);
  }
  return relation.staged ? rows.filter(({ name }) => !TECHNICAL_COLUMNS.includes(name)) : rows;
}

/** What intake adds to the columns of a file; expressions may use them. */
const STAGED_COLUMNS: readonly (readonly [string, string])[] = [
  ['_row', 'bigint'],
  ['_file', 'text'],
  ['_line', 'bigint'],
  ['_extra', 'text'],
];

/** The columns that expressions over a relation may use, with their types; those that intake added included. */
export async function columnTypes(
  client: pg.Client,
  relation: Relation,
): Promise<ReadonlyMap<string, string>> {
  const columns = await tableColumns(client, relation);
  const declared = columns.map(({ name, type }) => [name, type] as const);
  return new Map(relation.staged ? [...declared, ...STAGED_COLUMNS] : declared);
}
