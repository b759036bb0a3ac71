import { quoteColumns, quoteIdentifier, quoteLiteral } from '../quote.ts';
import type { CompiledDataset, CompiledField } from './compiled-dataset.ts';
import { DEPARTMENT } from '../target-table.ts';
import { after, either, NEVER } from './failing.ts';

/**
 * Source rows whose keys are at or after `from` and before `to`. Values are texts in the order of the key columns;
 * null is without bound.
 */
export interface KeyRange {
  readonly from: readonly string[] | null;
  readonly to: readonly string[] | null;
}

export interface RowSelection {
  /** Default: all rows. */
  readonly range?: KeyRange;
  /** Row keys (as `rowKeySql` writes them) of rows that are neither mapped nor excluded: they are in quarantine. */
  readonly leftOut?: readonly string[];
}

/** What a row is counted as: `out` of the SQL below. */
export const MAPPED = 0;
const LEFT_OUT = -1;

/**
 * The FROM clause (alias `s`) over the rows of a dataset, and the SQL of what each row counts as: MAPPED, LEFT_OUT, or
 * the number of the reason for which it is excluded, from 1, in the order of `exclusionReasons`.
 *
 * The conditions of a row that is left out are not evaluated: it may be in quarantine because they cannot be.
 */
export function sourceRows(
  dataset: CompiledDataset,
  { range, leftOut = [] }: RowSelection = {},
): { from: string; out: string } {
  const bounds = range === undefined ? '' : rangeSql(dataset, range);
  const rows = `${dataset.relation.sql} s${bounds === '' ? '' : ` where ${bounds}`}`;
  if (dataset.exclusions.length === 0 && dataset.onePer === undefined && leftOut.length === 0) {
    // A sub-query, because whoever selects from it adds a condition of its own.
    return { from: bounds === '' ? rows : `(select s.* from ${rows}) s`, out: String(MAPPED) };
  }
  const left = leftOut.length === 0 ? 'false' : isOneOfSql(dataset, leftOut);
  const cases = dataset.exclusions.map(({ sql }, index) => ` when ${sql} then ${index + 1}`);
  const judged = `(select s.*, ${left} as "_slipway_left", ${cases.length === 0 ? '0' : `case when ${left} then 0${cases.join('')} else 0 end`} as "_slipway_excluded" from ${rows}) s`;
  const whenLeft = `when s."_slipway_left" then ${LEFT_OUT}`;
  const excluded = 's."_slipway_excluded"';
  if (dataset.onePer === undefined) {
    return { from: judged, out: `case ${whenLeft} else ${excluded} end` };
  }
  const order = quoteColumns(dataset.relation.keyColumns, 's');
  const turn = `row_number() over (partition by ${excluded}, ${quoteColumns(dataset.onePer, 's')} order by ${order})`;
  return {
    from: `(select s.*, ${turn} as "_slipway_turn" from ${judged}) s`,
    out: `case ${whenLeft} when ${excluded} > 0 then ${excluded} when s."_slipway_turn" > 1 then ${dataset.exclusions.length + 1} else ${MAPPED} end`,
  };
}

/** The reasons for which rows of a dataset can be excluded. The last ones are those of `onePer`. */
export function exclusionReasons(dataset: CompiledDataset): string[] {
  const declared = dataset.exclusions.map(({ reason }) => reason);
  if (dataset.onePer === undefined) return declared;
  return [...declared, `not the first row of its ${dataset.onePer.join(', ')}`];
}

/** Why a row of a dataset with `onePer` is excluded when another dataset has loaded the same target row before. */
export const LOADED_BY_ANOTHER = 'loaded by an earlier dataset';

/** SELECT of the mapped rows: the target columns, in the order of `fields`. */
export function mappedSql(dataset: CompiledDataset, selection: RowSelection = {}): string {
  const { from, out } = sourceRows(dataset, selection);
  const columns = dataset.fields.map(({ name, sql }) => `${sql} as ${quoteIdentifier(name)}`);
  return `select ${columns.join(', ')} from ${from} where ${out} = ${MAPPED}`;
}

/**
 * SELECT of one row: `read`, `mapped` and `left` (out) rows, `excluded` rows per reason (in the order of
 * `exclusionReasons`) and `totals`: the sums of `totals` over the mapped rows, as decimal text.
 */
export function summarySql(
  dataset: CompiledDataset,
  selection: RowSelection = {},
  columns: readonly string[] = dataset.totals,
): string {
  const { from, out } = sourceRows(dataset, selection);
  return `select ${summaryColumns(dataset, out, columns)} from ${from}`;
}

function summaryColumns(dataset: CompiledDataset, out: string, columns: readonly string[]): string {
  const counted = (what: number): string => `count(*) filter (where ${out} = ${what})`;
  const excluded = exclusionReasons(dataset).map((_, index) => counted(index + 1));
  const totals = columns.map(
    (name) =>
      `coalesce(sum(${fieldSql(dataset, name)}) filter (where ${out} = ${MAPPED}), 0)::text`,
  );
  return `count(*) as read, ${counted(MAPPED)} as mapped, ${counted(LEFT_OUT)} as "left", array[${excluded.join(', ')}]::bigint[] as excluded, array[${totals.join(', ')}]::text[] as totals`;
}

/**
 * SELECT of the `key` of the rows whose conditions probably cannot be evaluated; undefined where all can.
 */
export function suspectScopeSql(dataset: CompiledDataset, range: KeyRange): string | undefined {
  const fails = either(dataset.exclusions);
  if (fails === NEVER) return undefined;
  const { from } = sourceRows({ ...dataset, exclusions: [], onePer: undefined }, { range });
  return `select ${rowKeySql(dataset)} as key from ${from} where (${fails}) is true`;
}

/** What makes a source row suspect, beside that it probably cannot be mapped. */
export interface Suspicion {
  /** It lacks a value that the platform demands. */
  readonly nulls?: boolean;
  /** It breaks a check of the platform; the source may be unable to evaluate it. */
  readonly checks?: boolean;
  /** It has values that are known to be bad. */
  readonly lost?: readonly LostValues[];
}

/** Values of some columns of the platform, as text. */
export interface LostValues {
  readonly fields: readonly CompiledField[];
  readonly values: readonly (readonly string[])[];
}

/**
 * As `summarySql`, but rows in scope that probably cannot be mapped count as `left`, and `suspects` are their keys: what a
 * load has to know of a chunk with bad rows, in one scan of it.
 */
export function summaryWithSuspectsSql(
  dataset: CompiledDataset,
  selection: RowSelection,
  suspicion: Suspicion,
): string {
  const fails = either([
    ...dataset.fields,
    ...(suspicion.nulls === true ? lackingFields(dataset) : []),
    ...(suspicion.checks === true ? breakingChecks(dataset) : []),
    ...(suspicion.lost ?? []).map(isLost),
  ]);
  const { from, out } = sourceRows(dataset, selection);
  const suspect = `case when ${out} = ${MAPPED} then (${fails}) is true else false end`;
  // Fenced: what a row is judged by is computed once, and what cannot be mapped is not.
  const judged = `(select s.*, ${out} as "_slipway_out", ${suspect} as "_slipway_suspect" from ${from} offset 0) s`;
  const isSuspect = 's."_slipway_suspect"';
  const counted = `case when ${isSuspect} then ${LEFT_OUT} else s."_slipway_out" end`;
  const keys = `coalesce(array_agg(${rowKeySql(dataset)}) filter (where ${isSuspect}), '{}')`;
  return `select ${summaryColumns(dataset, counted, dataset.totals)}, ${keys} as suspects from ${judged}`;
}

function lackingFields({ fields }: CompiledDataset): { fails: string }[] {
  return fields
    .filter(({ name, column }) => column.notNull && name !== DEPARTMENT)
    .map(({ sql, fails }) => ({ fails: after(fails, `(${sql}) is null`) }));
}

/** The platform's checks over the values that a row would have there; those of columns that are not mapped are left out. */
function breakingChecks({ fields, target }: CompiledDataset): { fails: string }[] {
  const byName = new Map(fields.map((field) => [field.name, field]));
  return target.checks.flatMap(({ columns, sql: check }) => {
    const read = columns.flatMap((name) => byName.get(name) ?? []);
    if (read.length < columns.length) return [];
    const values = read.map(
      ({ name, sql, column }) => `(${sql})::${column.type} as ${quoteIdentifier(name)}`,
    );
    const broken = `(select (${check}) is false from (select ${values.join(', ')}) c)`;
    return [{ fails: after(either(read), broken) }];
  });
}

function isLost({ fields, values }: LostValues): { fails: string } {
  const found = fields.map(({ sql, column }) => `(${sql})::${column.type}::text`);
  const listed = values.map((value) => JSON.stringify(value));
  // An array of texts is looked up in a hash table; PostgreSQL writes an array of texts as JSON the same on every server.
  return {
    fails: after(
      either(fields),
      `to_json(array[${found.join(', ')}])::text = any(${textArray(listed)})`,
    ),
  };
}

function fieldSql(dataset: CompiledDataset, name: string): string {
  return dataset.fields.find((field) => field.name === name)?.sql ?? 'null::numeric';
}

/** SQL text that tells one source row (alias `s`) from all others of its dataset. */
export function rowKeySql(dataset: CompiledDataset): string {
  const columns = dataset.relation.keyColumns.map((column) => `s.${quoteIdentifier(column)}`);
  return columns.length === 1
    ? `${columns.join()}::text`
    : `jsonb_build_array(${columns.join(', ')})::text`;
}

/** The condition of a range on `s`, or an empty text when it has no bounds. */
export function rangeSql(dataset: CompiledDataset, range: KeyRange): string {
  const columns = quoteColumns(dataset.relation.keyColumns, 's');
  const bound = (operator: string, values: readonly string[] | null): string[] => {
    if (values === null) return [];
    const typed = values.map(
      (value, index) => `${quoteLiteral(value)}::${dataset.keyTypes[index] ?? 'text'}`,
    );
    return [`(${columns}) ${operator} (${typed.join(', ')})`];
  };
  const bounds = [...bound('>=', range.from), ...bound('<', range.to)];
  if (dataset.relation.base === undefined) return bounds.join(' and ');
  // The bounds of a key of two tables are beyond every index; that of its first column is not.
  const [first] = dataset.relation.keyColumns;
  const indexed = (operator: string, [value]: readonly string[]): string =>
    `s.${quoteIdentifier(first ?? '')} ${operator} ${quoteLiteral(value ?? '')}::${dataset.keyTypes[0] ?? 'text'}`;
  return [
    ...(range.from === null ? [] : [indexed('>=', range.from)]),
    ...(range.to === null ? [] : [indexed('<=', range.to)]),
    ...bounds,
  ].join(' and ');
}

/** Texts as a SQL array. COPY takes no parameters. */
export function textArray(values: readonly string[]): string {
  return `${arrayLiteral(values)}::text[]`;
}

function arrayLiteral(values: readonly string[]): string {
  const quoted = values.map((value) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`);
  return quoteLiteral(`{${quoted.join(',')}}`);
}

/**
 * The condition that a source row `s` has one of these row keys. Where the key is one column an index may serve it, and a
 * scan looks it up in a hash table.
 */
export function isOneOfSql(dataset: CompiledDataset, keys: readonly string[]): string {
  const [column, ...more] = dataset.relation.keyColumns;
  const [type] = dataset.keyTypes;
  if (column === undefined || type === undefined || more.length > 0) {
    return `${rowKeySql(dataset)} = any(${textArray(keys)})`;
  }
  return `s.${quoteIdentifier(column)} = any(${arrayLiteral(keys)}::${type}[])`;
}
