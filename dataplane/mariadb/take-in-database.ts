import type pg from 'pg';
import { canonicalJson } from '../../domain/json.ts';
import { SlipwayError } from '../../domain/errors.ts';
import { inTransaction, withConnection } from '../connections.ts';
import { ensureIntakeTable } from '../intake/intake-record.ts';
import type { RowSource } from '../intake/row-source.ts';
import { type Intake, lockStaged, stage } from '../intake/stage.ts';
import { quoteColumns, quoteIdentifier, quoteLiteral, quoteTable } from '../quote.ts';
import { type StagedTable, stagedTable } from '../staged-table.ts';
import type { Work } from '../work.ts';
import { readFacts, type TableFacts, tableNameOf } from './catalogue.ts';
import { type MariadbConnection, withMariadb } from './connection.ts';
import { openTable } from './table-source.ts';

export interface DatabaseIntakeRequest {
  /** `mysql://`, of an account that may only read. */
  readonly url: string;
  readonly stagingUrl: string;
  readonly department: string;
  readonly sourceId: string;
  /** `from` is `database.table`; `key` are the columns that the manifest declares to identify a row. */
  readonly tables: readonly {
    readonly from: string;
    readonly key?: readonly string[] | undefined;
  }[];
}

/**
 * Takes tables of MariaDB or MySQL in, verbatim, as text, all as of one moment and in one transaction, each into a staged
 * table; `_file` is the table's name, `_line` the place of the row. What the server declares goes along: types as comments
 * of the columns, keys and foreign keys as constraints, the latter without checking what is there. Repeats are as those of
 * `takeIn`: rows keep their number by the declared key, else by the primary key.
 * @returns intakes by `from`
 * @throws SlipwayError `source/not-found`, `source/no-privilege`, `source/unreachable`; `intake/malformed`
 */
export async function takeInDatabase(
  request: DatabaseIntakeRequest,
  work: Work,
): Promise<Readonly<Record<string, Intake>>> {
  return withMariadb(request.url, work, async (connection) => {
    await connection.query('start transaction with consistent snapshot, read only');
    const tables: Table[] = [];
    for (const each of request.tables) tables.push(await described(connection, request, each));
    return withConnection(request.stagingUrl, 'staging', work.signal, async (staging) => {
      await inTransaction(staging, 'write', () => ensureIntakeTable(staging, request.department));
      return inTransaction(staging, 'write', async () => {
        const intakes: Record<string, Intake> = {};
        for (const table of tables) intakes[table.from] = await takeInTable(staging, table, work);
        for (const table of tables) await declareReferences(staging, table, tables);
        return intakes;
      });
    });
  });
}

interface Table {
  readonly from: string;
  readonly place: StagedTable;
  readonly facts: TableFacts;
  readonly source: RowSource;
  readonly key: readonly string[] | undefined;
}

async function described(
  connection: MariadbConnection,
  { department, sourceId }: DatabaseIntakeRequest,
  { from, key }: DatabaseIntakeRequest['tables'][number],
): Promise<Table> {
  const facts = await readFacts(connection, tableNameOf(from));
  if (facts === undefined) {
    throw new SlipwayError('source/not-found', `there is no table ${from} that the account sees`);
  }
  const place = stagedTable(department, sourceId, from);
  const source = openTable(connection, facts, `${place.schema}.${place.table}`);
  const primary = facts.keys.find((each) => each.primary)?.columns;
  return { from, place, facts, source, key: key ?? stagedNames(facts, source, primary ?? []) };
}

async function takeInTable(staging: pg.Client, table: Table, work: Work): Promise<Intake> {
  const { place, facts, source, key } = table;
  const before = await lockStaged(staging, place);
  const declared = { columns: facts.columns, keys: facts.keys };
  const format = canonicalJson(JSON.parse(JSON.stringify(declared)));
  return stage(
    {
      client: staging,
      before,
      sources: [source],
      format,
      key,
      finish: (sql) => declareColumnsAndKeys(staging, sql, table),
    },
    work,
  );
}

/** What MariaDB finds unique its text is, too; but a text may be longer than an index of PostgreSQL takes. */
async function declareColumnsAndKeys(
  staging: pg.Client,
  sql: string,
  { facts, source }: Table,
): Promise<void> {
  for (const [index, { type, nullable }] of facts.columns.entries()) {
    const column = quoteIdentifier(source.columns[index] ?? '');
    await staging.query(`comment on column ${sql}.${column} is ${quoteLiteral(type)}`);
    if (!nullable) await tried(staging, `alter table ${sql} alter ${column} set not null`);
  }
  for (const { columns } of facts.keys) {
    const names = stagedNames(facts, source, columns);
    await tried(staging, `alter table ${sql} add unique (${quoteColumns(names)})`);
  }
}

/** Foreign keys between the tables that were taken in. They were dropped with either of their tables. */
async function declareReferences(
  staging: pg.Client,
  { place, facts, source }: Table,
  tables: readonly Table[],
): Promise<void> {
  const child = quoteTable(place.schema, place.table);
  await staging.query(
    `do $$ declare k name; begin
       for k in select conname from pg_constraint where conrelid = ${quoteLiteral(child)}::regclass and contype = 'f' loop
         execute format('alter table %s drop constraint %I', ${quoteLiteral(child)}, k);
       end loop; end $$`,
  );
  for (const { columns, parent, parentColumns } of facts.foreignKeys) {
    const found = tables.find(
      (each) => each.facts.database === parent.database && each.facts.table === parent.table,
    );
    if (found === undefined) continue;
    const names = quoteColumns(stagedNames(facts, source, columns));
    const there = quoteColumns(stagedNames(found.facts, found.source, parentColumns));
    const to = quoteTable(found.place.schema, found.place.table);
    // Not checked: what MariaDB finds equal (capitals, trailing blanks) is not the same text.
    await tried(
      staging,
      `alter table ${child} add foreign key (${names}) references ${to} (${there}) not valid`,
    );
  }
}

/** A declaration that PostgreSQL cannot take is left out: it helps to know it, and nothing depends on it. */
async function tried(staging: pg.Client, statement: string): Promise<void> {
  await staging.query('savepoint declaration');
  try {
    await staging.query(statement);
    await staging.query('release declaration');
  } catch (error) {
    if (typeof (error as { code?: unknown }).code !== 'string') throw error;
    await staging.query('rollback to declaration');
  }
}

function stagedNames(facts: TableFacts, source: RowSource, names: readonly string[]): string[] {
  return names.map(
    (name) => source.columns[facts.columns.findIndex((column) => column.name === name)] ?? name,
  );
}
