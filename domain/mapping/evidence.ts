import type { ChangeKind } from './diff.ts';

/** A value of the source that a code list does not have. */
export interface UnmappedValue {
  /** Masked where it looks like personal data. */
  readonly value: string;
  readonly masked: boolean;
  readonly rows: number;
  /** Keys of the first rows. */
  readonly examples: readonly string[];
}

/** A place where a list is asked, and what it is asked for. */
export interface CodeListUse {
  readonly list: string;
  readonly dataset: string;
  /** What is looked up, in words. */
  readonly of: string;
  /** Target column, or undefined for a condition. */
  readonly field?: string;
  /** What becomes of the values below: the mapping says so, or their rows go to quarantine. */
  readonly hasOtherwise: boolean;
  /** How many different values the list does not have, and on how many rows. */
  readonly values: number;
  readonly rows: number;
  /** The commonest of them. */
  readonly unmapped: readonly UnmappedValue[];
}

/** The document `code-lists` of `mapping/check`. */
export interface CodeListFindings {
  readonly uses: readonly CodeListUse[];
  /** Per list, the source codes that no row has. */
  readonly unused: Readonly<Record<string, readonly string[]>>;
}

/** A field that gives another value than before, on so many rows. */
export interface ChangedField {
  readonly field: string;
  readonly change: ChangeKind | 'same';
  /** What it was mapped from and what it is mapped from now, in words; absent where only what it rests on has changed. */
  readonly before?: string;
  readonly after?: string;
  /** Rows with another value; null when they could not be counted. */
  readonly rows: number | null;
  /** Source keys of the first of them. */
  readonly examples: readonly string[];
}

/** A dataset that gives other rows than before. */
export interface ChangedDataset {
  readonly dataset: string;
  readonly change: ChangeKind | 'same';
  readonly fields: readonly ChangedField[];
  /** What else is different, in words. */
  readonly others: readonly string[];
  /** Rows with another value in any field, rows that are mapped now and were not, and the other way round. */
  readonly rows: { readonly changed: number; readonly more: number; readonly fewer: number } | null;
}

/** The document `mapping-changes` of `mapping/compile`, but for what it is compared with. */
export interface MappingChanges {
  readonly datasets: readonly ChangedDataset[];
  readonly codeLists: readonly string[];
  /** Why rows could not be counted, where they could not. */
  readonly uncounted: readonly string[];
}
