import type pg from 'pg';
import { copyRows } from '../copy-rows.ts';
import type { LoadOptions } from '../load-options.ts';
import { longQuery } from '../long-query.ts';
import type { CompiledDataset, CompiledField } from '../mapping/compiled-dataset.ts';
import { either } from '../mapping/failing.ts';
import { MAPPED, type RowSelection, rowKeySql, sourceRows } from '../mapping/source-rows.ts';
import { quoteIdentifier, quoteLiteral } from '../quote.ts';
import { DEPARTMENT, type TargetUnique } from '../target-table.ts';
import type { Work } from '../work.ts';
import { byIndex } from './by-index.ts';
import { MOST_SUSPECTS } from './lost-references.ts';
import { KEY } from './temporary-tables.ts';

const VALUES = 'pg_temp.slipway_values';

/**
 * Row keys of the rows of a chunk that share a value which may occur once, with each other or with a row of the platform: only
 * these values are copied, and looked up in the indexes of the platform. Which of several rows is the first is not
 * decided here.
 * @returns undefined when there are too many of them, or it cannot be told by the values of mapped columns
 */
export async function repeatingRows(
  options: Pick<LoadOptions, 'dataset' | 'places' | 'source' | 'target' | 'targetUrl'>,
  selection: RowSelection,
  work: Work,
): Promise<string[] | undefined> {
  const { dataset, places, source, target } = options;
  const fields = fieldsOf(dataset);
  if (fields === undefined) return undefined;
  const names = fields.map(({ name }) => quoteIdentifier(name)).join(', ');
  await target.query(
    `drop table if exists ${VALUES};
     create temporary table slipway_values as select ''::text as ${KEY}, ${names} from ${places.table(dataset.target)} with no data`,
  );
  await copyRows(
    { ...dataset.relation, client: source, query: valuesSql(dataset, fields, selection) },
    { client: target, side: 'target', into: `${VALUES} (${KEY}, ${names})` },
    dataset.binary ? 'binary' : 'text',
    work,
  );
  const keys = new Set<string>();
  const { uniques } = dataset.target;
  const table = places.table(dataset.target);
  await findKeys(options, uniques.map(repeatedSql), keys, work);
  const there = uniques.map((unique) => thereSql(unique, table, dataset.department));
  await byIndex(target, () => findKeys(options, there, keys, work));
  return keys.size > MOST_SUSPECTS ? undefined : [...keys];
}

/** The mapped fields that unique values are made of; undefined where there is more to a value than its columns. */
function fieldsOf({ fields, target }: CompiledDataset): readonly CompiledField[] | undefined {
  const byName = new Map(fields.map((field) => [field.name, field]));
  const isPlain = (unique: TargetUnique): boolean =>
    unique.parts.length === unique.columns.length &&
    unique.predicate === null &&
    !unique.nullsEqual &&
    unique.columns.every((name) => byName.has(name)) &&
    lead(unique).length > 0;
  if (!target.uniques.every(isPlain)) return undefined;
  const names = new Set(target.uniques.flatMap(lead));
  return fields.filter(({ name }) => names.has(name));
}

/** The columns of a unique value in which rows of one department can differ. */
function lead({ columns }: TargetUnique): string[] {
  return columns.filter((name) => name !== DEPARTMENT);
}

/** SELECT of the key of each row in scope, and of its values, as far as these can be mapped. */
function valuesSql(
  dataset: CompiledDataset,
  fields: readonly CompiledField[],
  selection: RowSelection,
): string {
  const { from, out } = sourceRows(dataset, selection);
  const values = fields.map(({ sql }) => sql);
  const readable = `case when ${out} = ${MAPPED} then (${either(fields)}) is not true else false end`;
  const judged = `(select s.*, ${readable} as "_slipway_readable" from ${from} offset 0) s`;
  return `select ${[rowKeySql(dataset), ...values].join(', ')} from ${judged} where s."_slipway_readable"`;
}

/** SELECT of the keys of rows that share a value. A value with an empty part is none. */
function repeatedSql(unique: TargetUnique): string {
  const names = lead(unique).map((name) => quoteIdentifier(name));
  const filled = names.map((name) => `${name} is not null`).join(' and ');
  return `select v.${KEY} as key from ${VALUES} v where (${names.map((name) => `v.${name}`).join(', ')}) in
    (select ${names.join(', ')} from ${VALUES} where ${filled} group by ${names.join(', ')} having count(*) > 1)`;
}

/** SELECT of the keys of rows whose value a row of the platform has. */
function thereSql(unique: TargetUnique, table: string, department: string): string {
  const names = lead(unique).map((name) => quoteIdentifier(name));
  const [first = ''] = names;
  const ours = unique.columns.includes(DEPARTMENT)
    ? [`t.${quoteIdentifier(DEPARTMENT)} = ${quoteLiteral(department)}`]
    : [];
  const same = [...ours, ...names.map((name) => `t.${name} = v.${name}`)].join(' and ');
  // A chunk is a range of keys: of the primary key the platform mostly has nothing in it.
  const end = (direction: string): string =>
    `(select ${first} from ${VALUES} where ${first} is not null order by ${first} ${direction} limit 1)`;
  const near = [...ours, `t.${first} >= ${end('asc')}`, `t.${first} <= ${end('desc')}`];
  return `select v.${KEY} as key from ${VALUES} v
    where exists (select from ${table} t where ${near.join(' and ')}) and exists (select from ${table} t where ${same})`;
}

/** Adds the keys that the statements find, as long as they are not too many. */
async function findKeys(
  { target, targetUrl }: { readonly target: pg.Client; readonly targetUrl: string },
  statements: readonly string[],
  keys: Set<string>,
  work: Work,
): Promise<void> {
  const at = { url: targetUrl, side: 'target' } as const;
  const step = { done: 0, unit: 'rows' } as const;
  for (const sql of statements) {
    if (keys.size > MOST_SUSPECTS) return;
    const { rows } = await longQuery(target, at, work, step, () =>
      target.query<{ key: string }>(`${sql} limit ${MOST_SUSPECTS + 1}`),
    );
    for (const { key } of rows) keys.add(key);
  }
}
