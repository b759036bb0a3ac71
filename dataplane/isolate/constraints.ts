import type { CompiledDataset } from '../mapping/compiled-dataset.ts';
import { quoteColumns, quoteIdentifier, quoteLiteral } from '../quote.ts';
import type { TargetPlaces } from '../target-places.ts';
import {
  DEPARTMENT,
  rowKeyOf,
  type TargetForeignKey,
  type TargetTable,
  type TargetUnique,
} from '../target-table.ts';
import { isGood, MAPPED_ROWS, N, VERDICT } from './temporary-tables.ts';

/*
 * The constraints of the platform's table, as statements that find the mapped rows which break them. In sets, not by
 * trying: a row may refer to one that comes later, and rows may refer to each other.
 */

/** Rows without a mandatory value, and rows that break a check: all in one scan. */
export function breakNotNullOrCheck(dataset: CompiledDataset): string {
  const mapped = new Set(dataset.fields.map(({ name }) => name));
  const notNull = dataset.target.columns
    .filter((column) => column.notNull && !column.generated)
    .filter((column) => mapped.has(column.name) || !column.hasDefault)
    .map(({ name }) => ({
      rule: `not-null:${name}`,
      field: name,
      sql: `${quoteIdentifier(name)} is null`,
    }));
  const checks = dataset.target.checks.map(({ name, columns, sql }) => ({
    rule: `check:${name}`,
    // The column a check speaks of first is the one at fault: `left_on >= hired_on`.
    field: columns[0],
    sql: `(${sql}) is false`,
  }));
  const rules = [...notNull, ...checks];
  if (rules.length === 0) return 'select where false';
  const broken = rules.map(({ sql }, index) => `${sql} as b${index}`);
  const listed = rules.map(
    ({ rule, field }, index) => `(${index}, ${text(rule)}, ${text(field)}, m.b${index})`,
  );
  return `insert into ${VERDICT} (n, rule, field)
    select m.n, v.rule, v.field
    from (select ${N} as n, ${broken.join(', ')} from ${MAPPED_ROWS}) m
      cross join lateral (values ${listed.join(', ')}) v(place, rule, field, broken)
    where (${rules.map((_, index) => `m.b${index}`).join(' or ')}) and v.broken order by m.n, v.place`;
}

function text(value: string | undefined): string {
  return value === undefined ? 'null::text' : `${quoteLiteral(value)}::text`;
}

/** Rows that refer to what is not there. */
export function breakForeignKeys(dataset: CompiledDataset, places: TargetPlaces): string[] {
  return dataset.target.foreignKeys
    .filter((key) => !isToItself(dataset.target, key))
    .map((key) => foreignKey(key, `not exists (${referenced(places.table(key), key)})`));
}

/**
 * Rows that refer to a row of the same table which is neither there nor among the good rows. To be repeated until it
 * finds nothing: a row that falls takes those that refer to it along.
 */
export function breakSelfReferences(dataset: CompiledDataset, places: TargetPlaces): string[] {
  return dataset.target.foreignKeys
    .filter((key) => isToItself(dataset.target, key))
    .map((key) => {
      const there = referenced(remaining(dataset, places), key);
      const coming = referenced(MAPPED_ROWS, key, ` and ${isGood('p')}`);
      return foreignKey(key, `not exists (${there}) and not exists (${coming}) and ${isGood('m')}`);
    });
}

/**
 * Rows that repeat another good row of the chunk that comes first, or a row of the platform.
 * @param isReplacing whether rows of the platform are about to be replaced
 */
export function breakUnique(
  dataset: CompiledDataset,
  places: TargetPlaces,
  isReplacing: boolean,
): string[] {
  const table = isReplacing ? remaining(dataset, places) : places.table(dataset.target);
  const good = `(select * from ${MAPPED_ROWS} m where ${isGood('m')})`;
  return dataset.target.uniques.map((unique) => {
    const field = unique.columns.at(-1);
    const both = unique.parts.map((_, index) => {
      const operator = unique.nullsEqual ? 'is not distinct from' : '=';
      return `m.u${index} ${operator} t.u${index}`;
    });
    const there = `exists (select from (${partsOf(unique, table)}) t where ${both.join(' and ')})`;
    return `
      with m as (
        select m.*, row_number() over (partition by ${unique.parts.map((_, index) => `u${index}`).join(', ')} order by ${N}) as turn
        from (${partsOf(unique, good, N)}) m
      )
      insert into ${VERDICT} (n, rule, field)
      select m.${N}, ${text(`unique:${unique.name}`)}, ${text(field)}
      from m where m.turn > 1 or ${there}`;
  });
}

/** Holds for mapped rows `m` whose key another dataset has already loaded. */
export function isLoadedElsewhere(dataset: CompiledDataset, places: TargetPlaces): string {
  const same = dataset.target.primaryKey.map(
    (name) => `t.${quoteIdentifier(name)} = m.${quoteIdentifier(name)}`,
  );
  return `exists (select from ${remaining(dataset, places)} t where ${same.join(' and ')})`;
}

/** The table of keys (columns of the primary key but the department) whose rows on the platform are about to be replaced. */
export const REPLACING = 'pg_temp.slipway_replacing';

/** Creates the table REPLACING, empty. */
export function createReplacing(target: TargetTable, places: TargetPlaces): string {
  return `drop table if exists ${REPLACING};
    create temporary table slipway_replacing as select ${quoteColumns(rowKeyOf(target))} from ${places.table(target)} with no data`;
}

/** The platform's rows but those that are about to be replaced. */
function remaining(dataset: CompiledDataset, places: TargetPlaces): string {
  const same = rowKeyOf(dataset.target).map(
    (name) => `r.${quoteIdentifier(name)} = p.${quoteIdentifier(name)}`,
  );
  const ours = `p.${quoteIdentifier(DEPARTMENT)} = ${quoteLiteral(dataset.department)}`;
  return `(select p.* from ${places.table(dataset.target)} p where not exists (select from ${REPLACING} r where ${[ours, ...same].join(' and ')}))`;
}

/**
 * SELECT of whether a good mapped row takes a unique value from a row of the platform that is replaced as well: updated
 * one after the other they would stand in each other's way.
 */
export function exchangesUniqueValues(dataset: CompiledDataset, places: TargetPlaces): string {
  const table = places.table(dataset.target);
  const keys = rowKeyOf(dataset.target).map((name) => quoteIdentifier(name));
  const good = `(select m.* from ${MAPPED_ROWS} m where ${isGood('m')})`;
  const ours = `(select p.* from ${table} p where p.${quoteIdentifier(DEPARTMENT)} = ${quoteLiteral(dataset.department)})`;
  const pairs = dataset.target.uniques.map((unique) => {
    const same = unique.parts.map((_, index) => `m.u${index} = t.u${index}`);
    const other = keys.map((name) => `m.${name} = t.${name}`);
    const both = `${same.join(' and ')} and not (${other.join(' and ')})`;
    return `exists (select from (${partsOf(unique, good, keys.join(', '))}) m join (${partsOf(unique, ours, keys.join(', '))}) t on ${both})`;
  });
  return `select ${pairs.join(' or ') || 'false'} as exchanges`;
}

function partsOf(unique: TargetUnique, table: string, also?: string): string {
  const parts = unique.parts.map((sql, index) => `${sql} as u${index}`);
  const conditions = unique.predicate === null ? [] : [unique.predicate];
  if (!unique.nullsEqual) conditions.push(...unique.parts.map((sql) => `${sql} is not null`));
  const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
  const columns = also === undefined ? parts : [also, ...parts];
  return `select ${columns.join(', ')} from ${table} q${where}`;
}

function isToItself(target: TargetTable, key: TargetForeignKey): boolean {
  return key.schema === target.schema && key.table === target.table;
}

function referenced(table: string, key: TargetForeignKey, also = ''): string {
  const same = key.columns.map(
    (name, index) =>
      `p.${quoteIdentifier(key.targetColumns[index] ?? '')} = m.${quoteIdentifier(name)}`,
  );
  return `select from ${table} p where ${same.join(' and ')}${also}`;
}

/** A reference with an empty part is none. */
function foreignKey(key: TargetForeignKey, missing: string): string {
  const filled = key.columns.map((name) => `m.${quoteIdentifier(name)} is not null`);
  const field = key.columns.filter((name) => name !== DEPARTMENT).at(-1);
  return verdict(`foreign-key:${key.name}`, field, `${filled.join(' and ')} and ${missing}`);
}

function verdict(rule: string, field: string | undefined, condition: string): string {
  return `insert into ${VERDICT} (n, rule, field) select m.${N}, ${text(rule)}, ${text(field)} from ${MAPPED_ROWS} m where ${condition}`;
}
