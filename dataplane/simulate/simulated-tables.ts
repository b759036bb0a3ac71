import type pg from 'pg';
import type { CompiledDataset } from '../mapping/compiled-dataset.ts';
import { quoteColumns, quoteIdentifier, quoteLiteral, quoteTable } from '../quote.ts';
import { PLATFORM, type TargetPlaces } from '../target-places.ts';
import { DEPARTMENT, type TargetTable, tableName } from '../target-table.ts';

/** Where a simulation writes: temporary tables, each named like the one it stands for. */
export const SIMULATED: TargetPlaces = {
  plan: 'pg_temp.slipway_plan',
  ledger: 'pg_temp.slipway_ledger',
  quarantine: 'pg_temp.slipway_quarantine',
  loadedElsewhere: 'pg_temp.slipway_loaded_elsewhere',
  table: (table) => quoteTable('pg_temp', tableName(table)),
};

/**
 * Makes tables of the platform's shape, with its constraints under their own names, so that a broken rule is called what a
 * load calls it: empty for those that are loaded, copies of those that they refer to. Triggers are not among it.
 */
export async function makeTables(
  target: pg.Client,
  datasets: readonly CompiledDataset[],
): Promise<void> {
  for (const place of ['plan', 'ledger', 'quarantine', 'loadedElsewhere'] as const) {
    const name = SIMULATED[place].replace('pg_temp.', '');
    await target.query(`create temporary table ${name} (like ${PLATFORM[place]} including all)`);
  }
  const department = datasets[0]?.department ?? '';
  const loaded = new Map(datasets.map(({ target: table }) => [tableName(table), table]));
  for (const table of loaded.values()) {
    await makeTable(target, table);
    await keepOthers(target, table, department);
  }
  const copied = new Set(loaded.keys());
  for (const table of loaded.values()) {
    for (const key of table.foreignKeys) {
      if (!copied.has(tableName(key))) {
        await makeTable(target, key);
        const isOurs = key.targetColumns.includes(DEPARTMENT);
        await copyRows(
          target,
          key,
          isOurs ? `${DEPARTMENT} = ${quoteLiteral(department)}` : 'true',
        );
        copied.add(tableName(key));
      }
      await target.query(
        `alter table ${SIMULATED.table(table)} add constraint ${quoteIdentifier(key.name)}
         foreign key (${quoteColumns(key.columns)}) references ${SIMULATED.table(key)} (${quoteColumns(key.targetColumns)})`,
      );
    }
  }
}

type Named = Pick<TargetTable, 'schema' | 'table'>;

async function makeTable(target: pg.Client, table: Named): Promise<void> {
  const original = PLATFORM.table(table);
  const simulated = SIMULATED.table(table);
  await target.query(
    `create temporary table ${quoteIdentifier(tableName(table))} (like ${original} including all excluding indexes)`,
  );
  // PostgreSQL gives the indexes of a copy names of their own.
  const { rows: constraints } = await target.query<{ name: string; definition: string }>(
    `select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
     where conrelid = $1::regclass and contype in ('p', 'u', 'x') order by contype, conname`,
    [original],
  );
  for (const { name, definition } of constraints) {
    await target.query(
      `alter table ${simulated} add constraint ${quoteIdentifier(name)} ${definition}`,
    );
  }
  const { rows: indexes } = await target.query<{ definition: string }>(
    `select pg_get_indexdef(i.indexrelid) as definition from pg_index i
     where i.indrelid = $1::regclass and i.indisunique and i.indisvalid
       and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`,
    [original],
  );
  for (const { definition } of indexes) {
    await target.query(
      definition.replace(/ ON (?:ONLY )?\S+ USING /, () => ` ON ${simulated} USING `),
    );
  }
  await countForItself(target, table);
}

/** A simulation leaves no trace, and a number that is taken from the platform's sequence is never given back. */
async function countForItself(target: pg.Client, table: Named): Promise<void> {
  const { rows } = await target.query<{ column: string }>(
    `select a.attname as column from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
     where d.adrelid = $1::regclass and pg_get_expr(d.adbin, d.adrelid) like 'nextval(%'`,
    [SIMULATED.table(table)],
  );
  for (const [index, { column }] of rows.entries()) {
    const sequence = quoteIdentifier(`${tableName(table)}.${index}`);
    await target.query(`create temporary sequence ${sequence}`);
    await target.query(
      `alter table ${SIMULATED.table(table)} alter column ${quoteIdentifier(column)} set default nextval(${quoteLiteral(`pg_temp.${sequence}`)})`,
    );
  }
}

/** Rows of other departments, where a value must be unique among all of them. */
async function keepOthers(
  target: pg.Client,
  table: TargetTable,
  department: string,
): Promise<void> {
  const isShared = table.uniques.some((unique) => !unique.columns.includes(DEPARTMENT));
  if (isShared) await copyRows(target, table, `${DEPARTMENT} <> ${quoteLiteral(department)}`);
}

async function copyRows(target: pg.Client, table: Named, where: string): Promise<void> {
  const { rows } = await target.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [PLATFORM.table(table)],
  );
  const columns = quoteColumns(rows.map(({ name }) => name));
  await target.query(
    `insert into ${SIMULATED.table(table)} (${columns}) overriding system value select ${columns} from ${PLATFORM.table(table)} where ${where}`,
  );
}
