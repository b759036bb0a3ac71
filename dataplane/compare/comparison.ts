import type { CompiledDataset, CompiledField } from '../mapping/compiled-dataset.ts';
import type { CompiledMapping } from '../mapping/compile-mapping.ts';
import { rowKeyOf, type TargetTable, DEPARTMENT, tableName } from '../target-table.ts';

/**
 * What is compared: one table of the platform with everything that was loaded into it. Several datasets may load one
 * table, and a row of the platform does not say which of them it came by.
 */
export interface Comparison {
  readonly table: TargetTable;
  readonly department: string;
  readonly datasets: readonly CompiledDataset[];
  /** Columns that tell the rows of the department apart. */
  readonly key: readonly CompiledField[];
  /** Columns whose values are compared, the key included. */
  readonly columns: readonly CompiledField[];
  /** Columns that some dataset leaves to the platform's default: there is nothing to compare them with. */
  readonly notCompared: readonly string[];
  /** Columns that are added up on both sides. */
  readonly totals: readonly string[];
  /** Columns by whose values the totals are taken apart; none: only over all rows. */
  readonly totalsBy: readonly string[];
  /** Columns of numbers that may differ by so much, as decimal text. */
  readonly tolerances: ReadonlyMap<string, string>;
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
    key: rowKeyOf(table)
      .filter((name) => mappedBy(name) === datasets.length)
      .flatMap((name) => all.get(name) ?? []),
    columns: mapped.filter(isCompared),
    notCompared: mapped.filter((field) => !isCompared(field)).map(({ name }) => name),
    totals: [...new Set(datasets.flatMap(({ totals }) => totals))],
    totalsBy: [...new Set(datasets.flatMap(({ totalsBy }) => totalsBy))],
    tolerances: new Map(datasets.flatMap(({ tolerances }) => Object.entries(tolerances))),
  };
}
