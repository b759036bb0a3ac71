import { createHash } from 'node:crypto';

/** PostgreSQL cuts longer names without an error. */
const MAX_NAME_BYTES = 63;

/**
 * Columns that intake adds to every staged table: `_row` (bigint, primary key, over all files of the entry, from 1),
 * `_file` (name), `_line` (bigint, where the record starts in its file, from 1) and `_extra` (the fields beyond the
 * header's, joined by the delimiter; null for nearly every row). They are no source fields: nothing has to map them.
 */
export const TECHNICAL_COLUMNS: readonly string[] = ['_row', '_file', '_line', '_extra'];

/** Where the rows of a file entry are taken in: a schema per department, a table per file entry. */
export interface StagedTable {
  readonly schema: string;
  readonly table: string;
}

/** The staged table of a file entry. Ids are short ASCII, so only the pair can be too long for a name. */
export function stagedTable(department: string, sourceId: string, fileId: string): StagedTable {
  return { schema: department, table: shortened(`${sourceId}__${fileId}`) };
}

function shortened(name: string): string {
  if (name.length <= MAX_NAME_BYTES) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return `${name.slice(0, MAX_NAME_BYTES - digest.length - 1)}_${digest}`;
}
