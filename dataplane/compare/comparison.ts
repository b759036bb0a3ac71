import type { CompiledDataset, CompiledField } from '../mapping/compiled-dataset.ts';
import type { CompiledMapping } from '../mapping/compile-mapping.ts';
import { MAPPED, type RowSelection, rowKeySql, sourceRows } from '../mapping/source-rows.ts';
import { quoteIdentifier, quoteLiteral } from '../quote.ts';
import { PLATFORM } from '../target-places.ts';
import { DEPARTMENT, rowKeyOf, type TargetTable, tableName } from '../target-table.ts';

/**
 * What is compared: one table of the platform with everything that was loaded into it. Several datasets may load one
 * table, and a row of the platform does not say which of them it came by.
 */
export interface Comparison {
  readonly table: TargetTable;
  readonly department: string;
  readonly datasets: readonly CompiledDataset[];
  /** Columns that tell the rows of the department apart. */
  readonly key: readonly string[];
  /** Columns whose values are compared, the key included. */
  readonly columns: readonly CompiledField[];
  /** Columns that some dataset leaves to the platform's default: there is nothing to compare them with. */
  readonly notCompared: readonly string[];
}

/**
 * The comparison that a dataset takes part in.
 * @throws RangeError when the mapping has no such dataset
 */
export function comparisonOf(mapping: CompiledMapping, datasetId: string): Comparison {
  const dataset = mapping.datasets.find(({ id }) => id === datasetId);
  if (dataset === undefined) throw new RangeError(`no dataset ${datasetId}`);
  const name = tableName(dataset.target);
  return compare(mapping.datasets.filter(({ target }) => tableName(target) === name));
}

function compare(datasets: readonly CompiledDataset[]): Comparison {
  const [first] = datasets;
  if (first === undefined) throw new RangeError('nothing to compare');
  const { target: table, department } = first;
  const mappedBy = (name: string): number =>
    datasets.filter(({ fields }) => fields.some((field) => field.name === name)).length;
  const all = new Map(datasets.flatMap(({ fields }) => fields.map((field) => [field.name, field])));
  const mapped = [...all.values()].filter(({ name }) => name !== DEPARTMENT);
  const isCompared = ({ name, column }: CompiledField): boolean =>
    mappedBy(name) === datasets.length || !column.hasDefault;
  return {
    table,
    department,
    datasets,
    key: rowKeyOf(table).filter((name) => mappedBy(name) === datasets.length),
    columns: mapped.filter(isCompared),
    notCompared: mapped.filter((field) => !isCompared(field)).map(({ name }) => name),
  };
}

/** The compared columns of a dataset's mapped rows, and `row_key` and `shown_key` of the source row. */
export function sourceSide(
  comparison: Comparison,
  dataset: CompiledDataset,
  selection: RowSelection,
): string {
  const { from, out } = sourceRows(dataset, selection);
  const columns = comparison.columns.map((compared) => {
    const field = dataset.fields.find(({ name }) => name === compared.name);
    const sql = field === undefined ? `null::${compared.wireType}` : comparable(field);
    return `${sql} as ${quoteIdentifier(compared.name)}`;
  });
  const keys = `${rowKeySql(dataset)} as "_slipway_key", ${dataset.relation.keyText('s')} as "_slipway_shown"`;
  return `select ${columns.join(', ')}, ${keys} from ${from} where ${out} = ${MAPPED}`;
}

/** The compared columns of the platform's rows; without source keys. */
export function targetSide(comparison: Comparison): string {
  const columns = comparison.columns.map(
    ({ name, wireType }) => `t.${quoteIdentifier(name)}::${wireType} as ${quoteIdentifier(name)}`,
  );
  const none = 'null::text as "_slipway_key", null::text as "_slipway_shown"';
  return `select ${columns.join(', ')}, ${none} from ${PLATFORM.table(comparison.table)} t where t.${quoteIdentifier(DEPARTMENT)} = ${quoteLiteral(comparison.department)}`;
}

/** Types that travel as text and come back in another writing. */
const REWRITTEN = /^(jsonb|bytea|inet|cidr|macaddr|interval|time )/;

function comparable({ sql, column, wireType }: CompiledField): string {
  return wireType === 'text' && REWRITTEN.test(column.baseType)
    ? `(${sql})::${column.baseType}::text`
    : sql;
}
