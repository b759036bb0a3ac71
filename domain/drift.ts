import type { Severity } from './findings.ts';

/** What of a profile changed. */
export const DRIFT_KINDS = [
  'table-added',
  'table-removed',
  'rows',
  'column-added',
  'column-removed',
  'declared-type',
  'values-type',
  'personal',
  'missing',
  'uniqueness',
  'distinct',
  'range',
  'pattern',
  'new-values',
  'lost-values',
] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

/** One difference between two profiles of the same source. JSON-safe; no value of a personal column is in it. */
export interface Drift {
  readonly kind: DriftKind;
  /** `blocker`: a mapping that reads it can no longer run. `major`: it may load something wrong. `minor`: to know. */
  readonly severity: Severity;
  readonly table: string;
  readonly column?: string;
  /** How it was and is, as people read it. */
  readonly before: string;
  readonly after: string;
  /** One sentence with the figures. */
  readonly message: string;
}
