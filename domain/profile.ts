import type { PersonalKind } from './personal-data.ts';

/** What the values of a column look like, whatever type the source declares for it. */
export type InferredType = 'integer' | 'decimal' | 'money' | 'date' | 'boolean' | 'text' | 'empty';

/** A value or shape and how many rows have it. */
export interface Counted {
  readonly value: string;
  /** Exact, unless `upTo` is there: then the true number is between the two (columns of very many values). */
  readonly rows: number;
  readonly upTo?: number;
}

/** Values that do not fit the type of nearly all others of their column. */
export interface Misfits {
  /** Rows with such a value. */
  readonly rows: number;
  /** The commonest such values; undefined where the column is personal. */
  readonly values: readonly Counted[] | undefined;
  /** Keys of the rows, the first 1,000 in key order. */
  readonly keys: readonly string[];
}

/** Values that are far from the others of their column. */
export interface Outliers extends Misfits {
  /** `number`: beyond the outer fences. `date`: no time in which people work. `length`, `pattern`: written unlike the others. */
  readonly kind: 'number' | 'date' | 'length' | 'pattern';
  /** What the others are, in words. */
  readonly expected: string;
}

/** Why a column counts as personal. */
export interface PersonalFacts {
  readonly by: 'name' | 'content' | 'both';
  /** What the values are, such as `National Insurance numbers`; absent where nothing can be checked (religion). */
  readonly sign?: string;
  /** Rows whose value matches, over rows that have a value. */
  readonly rate?: number;
  /** The rate is that of a sample of the different values. */
  readonly sampled: boolean;
}

/** One column of a profiled table. Lengths are in characters; counts of rows are exact. */
export interface ColumnProfile {
  readonly name: string;
  /** The type in the source's catalogue, such as `text` or `numeric(10,2)`. */
  readonly declaredType: string;
  readonly nulls: number;
  /** Texts of no character, or of blanks only. Not null. */
  readonly empty: number;
  /** Different values, nulls left out. */
  readonly distinct: number;
  /** Relative standard error of `distinct` where it is an estimate by HyperLogLog; absent where it is exact. */
  readonly distinctError?: number;
  /** Smallest and largest by the inferred type; undefined where there is no value, or the column is personal. */
  readonly min: string | undefined;
  readonly max: string | undefined;
  readonly minLength: number | undefined;
  readonly maxLength: number | undefined;
  /** The commonest shapes, letters as A and digits as 9, of the first 24 characters. */
  readonly patterns: readonly Counted[];
  /** The commonest values; undefined where the column is personal. */
  readonly topValues: readonly Counted[] | undefined;
  readonly personal: PersonalKind | undefined;
  /** What says that the column is personal; absent for others. */
  readonly personalFacts?: PersonalFacts;
  /** Personal values in a column that is not: where at least one value gives itself away. They are not shown. */
  readonly personalTraces?: readonly { readonly sign: string; readonly rate: number }[];
  readonly inferred: {
    readonly type: InferredType;
    /** Format of dates, in the notation of PostgreSQL's `to_date`. */
    readonly format: string | undefined;
    /** Rows that fit, over rows that have a value. 1 for text. */
    readonly share: number;
  };
  readonly misfits: Misfits | undefined;
  /** Values that are far from the others of their column, by what is odd about them; absent where there are none. */
  readonly outliers?: readonly Outliers[];
  /** A quarter, half and three quarters of the rows are not above; of numbers and dates that are not personal. */
  readonly quartiles?: readonly [string, string, string];
  /** How numbers and dates that are not personal lie, from the smallest to the largest. */
  readonly histogram?: readonly {
    readonly from: string;
    readonly to: string;
    readonly rows: number;
  }[];
  /**
   * Present for columns of too many values to keep them all: quartiles, histogram and rates come from so many of the
   * different values, chosen evenly by their hash.
   */
  readonly sample?: number;
  /** Groups of values that differ only in case or blanks, each with its commonest spelling; undefined where personal. */
  readonly spellings: readonly {
    readonly value: string;
    readonly others: readonly string[];
    readonly rows: number;
  }[];
}

/** What one scan of a table found. JSON-safe, without personal values. */
export interface TableProfile {
  /** `schema.table`. */
  readonly table: string;
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
}

/** A key and whether the rows keep it. */
export interface KeyCheck {
  readonly table: string;
  readonly columns: readonly string[];
  readonly origin: 'declared' | 'constraint' | 'found';
  readonly unique: boolean;
  /** Values that several rows have. */
  readonly repeatedValues: number;
  /** All rows that have such a value. */
  readonly repeatedRows: number;
  /** Keys of those rows, the first 1,000 in key order. */
  readonly repeatedKeys: readonly string[];
  /** Rows in which a key column has no value. */
  readonly incompleteRows: number;
  readonly incompleteKeys: readonly string[];
}

/** A column whose value is told by that of another one of the same row, such as a unit's name by its code. */
export interface Dependency {
  readonly table: string;
  readonly column: string;
  readonly determines: string;
  /** Different values of `column`. */
  readonly values: number;
  /** Of those, the ones that come with several values of `determines`. */
  readonly brokenValues: number;
  /** Rows that have another value than most rows with the same value of `column`. */
  readonly brokenRows: number;
  /** Keys of those rows, the first 1,000 in key order. */
  readonly brokenKeys: readonly string[];
}

/** Rows of one table that name a row of another (or of the same) table. */
export interface Reference {
  readonly table: string;
  readonly column: string;
  readonly parentTable: string;
  readonly parentColumn: string;
  /** Columns of the same name on both sides that have to agree as well, such as the organisation of a post number. */
  readonly within: readonly string[];
  /** `constraint`: the source declares it. `name`: values and names agree. `values`: only the values do. */
  readonly evidence: 'constraint' | 'name' | 'values';
  /** Different values found in the parent, over all different values. */
  readonly inclusion: number;
  /** Rows whose value is not in the parent. Rows without a value are not counted. */
  readonly unknownRows: number;
  readonly unknownKeys: readonly string[];
  /** Rows that name themselves; 0 unless parent and child are one table. */
  readonly selfRows: number;
  readonly selfKeys: readonly string[];
}
