import { SlipwayError } from '../../domain/errors.ts';
import type { MariadbConnection } from './connection.ts';

/** `database.table`, taken apart. */
export interface TableName {
  readonly database: string;
  readonly table: string;
}

/** What a server declares of a table. */
export interface TableFacts extends TableName {
  readonly columns: readonly {
    readonly name: string;
    /** Such as `int`, and whole: `int(10) unsigned`. */
    readonly dataType: string;
    readonly type: string;
    readonly nullable: boolean;
  }[];
  /** Primary and unique keys over whole columns; the primary one first. */
  readonly keys: readonly { readonly columns: readonly string[]; readonly primary: boolean }[];
  readonly foreignKeys: readonly {
    readonly columns: readonly string[];
    readonly parent: TableName;
    readonly parentColumns: readonly string[];
  }[];
  readonly isView: boolean;
  /** False where a snapshot does not hold: MyISAM and Aria tables change while they are read. */
  readonly transactional: boolean;
}

const TRANSACTIONAL = new Set(['innodb', 'rocksdb', 'tokudb', 'ndbcluster']);

/** @throws SlipwayError `source/not-found` when the name is no `database.table` */
export function tableNameOf(from: string): TableName {
  const [database, table, ...rest] = from.split('.');
  if (!database || !table || rest.length > 0) {
    throw new SlipwayError(
      'source/not-found',
      `${from} does not name a table: expected database.table`,
    );
  }
  return { database, table };
}

/** A name as MariaDB reads it. */
export function quoteMariadb(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** `database.table` as MariaDB reads it. */
export function quoteMariadbTable({ database, table }: TableName): string {
  return `${quoteMariadb(database)}.${quoteMariadb(table)}`;
}

/** What the server declares of a table, as far as the account may see it; undefined when it sees no such table. */
export async function readFacts(
  connection: MariadbConnection,
  { database, table }: TableName,
): Promise<TableFacts | undefined> {
  const place = [database, table];
  const [found] = await connection.query<{ type: string; engine: string | null }>(
    'select table_type as `type`, engine as `engine` from information_schema.tables where table_schema = ? and table_name = ?',
    place,
  );
  if (found === undefined) return undefined;
  const columns = await connection.query<{
    name: string;
    dataType: string;
    type: string;
    nullable: string;
  }>(
    'select column_name as `name`, data_type as `dataType`, column_type as `type`, is_nullable as `nullable` from information_schema.columns where table_schema = ? and table_name = ? order by ordinal_position',
    place,
  );
  const indexes = await connection.query<{ name: string; column: string | null; part: unknown }>(
    'select index_name as `name`, column_name as `column`, sub_part as `part` from information_schema.statistics where table_schema = ? and table_name = ? and non_unique = 0 order by index_name, seq_in_index',
    place,
  );
  const references = await connection.query<{
    name: string;
    column: string;
    database: string;
    table: string;
    parentColumn: string;
  }>(
    'select constraint_name as `name`, column_name as `column`, referenced_table_schema as `database`, referenced_table_name as `table`, referenced_column_name as `parentColumn` from information_schema.key_column_usage where table_schema = ? and table_name = ? and referenced_table_name is not null order by constraint_name, ordinal_position',
    place,
  );
  const keys = [...groupedBy(indexes).entries()]
    // An index over the beginning of a column, or over an expression, says nothing of whole values.
    .filter(([, parts]) => parts.every(({ column, part }) => column !== null && part === null))
    .map(([name, parts]) => ({
      columns: parts.map(({ column }) => column ?? ''),
      primary: name === 'PRIMARY',
    }))
    .toSorted((a, b) => Number(b.primary) - Number(a.primary));
  return {
    database,
    table,
    columns: columns.map(({ nullable, ...rest }) => ({ ...rest, nullable: nullable === 'YES' })),
    keys,
    foreignKeys: [...groupedBy(references).values()].map((parts) => ({
      columns: parts.map(({ column }) => column),
      parent: { database: parts[0]?.database ?? '', table: parts[0]?.table ?? '' },
      parentColumns: parts.map(({ parentColumn }) => parentColumn),
    })),
    isView: found.type !== 'BASE TABLE',
    transactional: TRANSACTIONAL.has((found.engine ?? '').toLowerCase()),
  };
}

function groupedBy<T extends { readonly name: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) groups.set(row.name, [...(groups.get(row.name) ?? []), row]);
  return groups;
}
