import type { Finding } from '../../domain/findings.ts';

/** A row as its source has it. */
export interface SourceRow {
  /** Where it starts, from 1: the line of a file, the row of a sheet, the position in a table. */
  readonly line: number;
  /** In the order of the columns; those that are missing at the end count as null. */
  readonly values: readonly (string | null)[];
  /** What the row holds beyond its columns. */
  readonly extra?: string | undefined;
}

/**
 * Where rows are taken in from: a file of some format, or a table of another database. Everything comes as text. A new
 * kind of source is one file that gives this; staging, findings and repeats are the same for all.
 */
export interface RowSource {
  /** What people call it: a file's name, or `database.table`. */
  readonly name: string;
  /** Names of staged columns, as `header.ts` makes them. None when the source is empty. */
  readonly columns: readonly string[];
  /** What is odd about the names. Said once for several sources of one table, which all have the same. */
  readonly headerFindings: readonly Finding[];
  /**
   * All rows in order, in batches. Bounded memory: a batch is read when the one before is done with. May be called once.
   * @throws SlipwayError `intake/malformed` when it is not what it was declared to be
   */
  rows(signal: AbortSignal): AsyncIterable<readonly SourceRow[]>;
  /** What was seen, once all rows are read. */
  summary(): SourceSummary;
}

export interface SourceSummary {
  /** Of the source's bytes. Undefined where there are none to hash: then that of its rows is taken. */
  readonly sha256: string | undefined;
  /** Lines of a file, rows of a sheet or table: those that made no row are in findings. */
  readonly lines: number;
  readonly findings: readonly Finding[];
}
