import type { Manifest } from '../../domain/manifest.ts';
import type { Relation } from '../relation.ts';
import type { CompileContext, DerivedColumn } from './scope.ts';
import type { TargetColumn, TargetTable } from '../target-table.ts';

/** A column of the platform with the SQL that fills it. */
export interface CompiledField {
  readonly name: string;
  readonly column: TargetColumn;
  /** Over one source row with alias `s`; yields exactly the column's value, of type `wireType`. */
  readonly sql: string;
  /** Over the same row: true where `sql` probably fails; never fails itself. */
  readonly fails: string;
  readonly wireType: string;
}

/** A condition under which a row is out of scope. */
export interface Exclusion {
  readonly reason: string;
  readonly sql: string;
  readonly fails: string;
}

/** A dataset's mapping as SQL, checked against source and platform. */
export interface CompiledDataset {
  readonly id: string;
  readonly department: string;
  readonly relation: Relation;
  /** Types of the relation's key columns. */
  readonly keyTypes: readonly string[];
  /** Every column of the relation, those that intake added included, with its type. */
  readonly sourceColumns: ReadonlyMap<string, string>;
  /** Those of them that expressions read in a way of their own. */
  readonly derivedColumns: ReadonlyMap<string, DerivedColumn>;
  readonly target: TargetTable;
  /** The department first, then as in the manifest. */
  readonly fields: readonly CompiledField[];
  /** Every column takes the binary form of what its field yields. */
  readonly binary: boolean;
  readonly exclusions: readonly Exclusion[];
  /** What becomes of a row depends on others of its history: they are only right together. */
  readonly together: boolean;
  /** Source columns that decide what joins, parts and history make of a row: a value put in their place changes nothing. */
  readonly decisive: ReadonlySet<string>;
  /** Only the first row of each value of these source columns is taken. */
  readonly onePer: readonly string[] | undefined;
  /** Target columns whose sums are control totals. */
  readonly totals: readonly string[];
  /** Target columns by whose values the control totals are taken apart. */
  readonly totalsBy: readonly string[];
  /** Target columns of numbers that a reconciliation lets differ by so much, as decimal text. */
  readonly tolerances: Readonly<Record<string, string>>;
  readonly chunkRows: number;
  /** SHA-256 of the compiled SQL: the identity of this dataset's mapping. */
  readonly hash: string;
}

/** What expressions over a dataset's source rows `s` are compiled in. */
export function contextOf(manifest: Manifest, dataset: CompiledDataset): CompileContext {
  const { sourceColumns, derivedColumns, department } = dataset;
  return {
    columns: sourceColumns,
    derived: derivedColumns,
    codeLists: manifest.codeLists,
    department,
    alias: 's',
  };
}
