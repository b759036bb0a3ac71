import type { InferredType } from '../profile.ts';

/**
 * What can be said about the values of a column without holding them: hashes, counts and distributions. All shares are
 * of rows that have a value. Made by `dataplane/matching/sketch-values.ts`.
 */
export interface ValueSketch {
  /** Values that were looked at, without nulls and empty texts. */
  readonly values: number;
  /** Different values among them, after normalising case, blanks, number and date formats. */
  readonly distinct: number;
  /** The smallest hashes of different normalised values, ascending: the same values give the same hashes anywhere. */
  readonly hashes: readonly number[];
  /** The smallest hashes of different words of the values, ascending. */
  readonly words: readonly number[];
  /** Relative frequency of hashed character trigrams, in buckets; sums to 1 unless there is no value. */
  readonly grams: readonly number[];
  /** Shapes with runs folded (`A-9` for `AB-123`), with their shares, the commonest first. */
  readonly shapes: readonly (readonly [shape: string, share: number])[];
  /** Mean length in characters. */
  readonly length: number;
  /** Deciles of the numbers (dates as days since 1970), 11 of them; undefined where most values are neither. */
  readonly deciles: readonly number[] | undefined;
  /** What the values look like. */
  readonly type: InferredType;
}

/** A column of a schema that is to be matched. Only the name is needed; the more is known, the better the match. */
export interface MatchColumn {
  readonly name: string;
  /** As a database declares it: `numeric(14,2)`. */
  readonly type?: string | undefined;
  /** What the schema says about it in words. */
  readonly description?: string | undefined;
  /** `key`: alone tells rows apart; `part`: with others; `none`: repeats. Undefined: not known. */
  readonly key?: 'key' | 'part' | 'none' | undefined;
  /** The table a foreign key of this column leads to, by name. */
  readonly references?: string | undefined;
  /** Share of rows without a value. */
  readonly nulls?: number | undefined;
  readonly values?: ValueSketch | undefined;
  /** What a value has to keep to, tried on the values of the other side. */
  readonly rule?: ValueRule | undefined;
  /** Some values, for the rules of the other side. They are read here and appear in no result. */
  readonly sample?: readonly string[] | undefined;
}

/** What a schema demands of the values of a column. */
export interface ValueRule {
  /** Regular expressions that each value has to match. */
  readonly patterns: readonly string[];
  /** The only values there may be. */
  readonly among: readonly string[] | undefined;
}

/** A table of a schema. */
export interface MatchTable {
  /** With or without its schema: `hr.person`. */
  readonly name: string;
  readonly description?: string | undefined;
  readonly columns: readonly MatchColumn[];
}

/** A schema: the tables of one side. */
export type MatchSchema = readonly MatchTable[];

/** One reason for a score, in words that people can check. `weight` is how much it adds, negative where it takes away. */
export interface Reason {
  readonly what: 'name' | 'values' | 'type' | 'rule' | 'uniqueness' | 'table' | 'neighbours';
  readonly words: string;
  readonly weight: number;
}

/** A column of a table. */
export interface ColumnPlace {
  readonly table: string;
  readonly column: string;
}

/** Two columns that may hold the same, and why. */
export interface ScoredPair {
  readonly source: ColumnPlace;
  readonly target: ColumnPlace;
  /** 0 to 1. */
  readonly score: number;
  readonly why: readonly Reason[];
}

/** What a source table may be on the other side. */
export interface TablePair {
  readonly source: string;
  readonly target: string;
  readonly score: number;
  readonly why: readonly Reason[];
}
