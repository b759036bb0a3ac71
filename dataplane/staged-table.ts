import { createHash } from 'node:crypto';
import { cutToBytes } from './quote.ts';

/** PostgreSQL cuts longer names without an error. */
const MAX_NAME_BYTES = 63;

/**
 * Columns that intake adds to every staged table: `_row` (bigint, primary key; from 1 over all files of the entry when
 * they are taken in first, and kept by a row that is there again), `_file` (name of the file, or `database.table`),
 * `_line` (bigint, from 1: where the record starts in its file, row of a sheet, place in a table) and `_extra` (what goes
 * beyond the columns; null for nearly every row). They are no source fields: nothing has to map them.
 */
export const TECHNICAL_COLUMNS: readonly string[] = ['_row', '_file', '_line', '_extra'];

/** Where rows are taken in: a schema per department, a table per file entry or table of another database. */
export interface StagedTable {
  readonly schema: string;
  readonly table: string;
}

/** The staged table of a file entry, or of a table `database.table`. */
export function stagedTable(department: string, sourceId: string, fileId: string): StagedTable {
  return { schema: department, table: shortened(`${sourceId}__${fileId}`) };
}

function shortened(name: string): string {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return `${cutToBytes(name, MAX_NAME_BYTES - digest.length - 1)}_${digest}`;
}
