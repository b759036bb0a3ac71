import { type Finding, finding } from '../../domain/findings.ts';
import { cutToBytes } from '../quote.ts';
import { TECHNICAL_COLUMNS } from '../staged-table.ts';
import { malformed, type SourceFile } from './text-file.ts';

/** PostgreSQL's limit for a name, in bytes of UTF-8. */
const MAX_NAME_BYTES = 63;
/** PostgreSQL's limit for a table is 1,600 columns, the technical ones among them. */
const MAX_COLUMNS = 1500;

/** The columns a file's header makes, in its order, and what is odd about it. */
export interface Header {
  readonly columns: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * Column names from a header: trimmed; an empty one becomes `column_<position>`; a repeated one `<name>_2`; one that is
 * too long for a column name is cut.
 * @param place `table` is the staged one, for the findings; `line` is the header's
 * @throws SlipwayError `intake/malformed` when the line is no header
 */
export function readHeader(
  place: { readonly table: string; readonly file: SourceFile; readonly line: number },
  fields: readonly string[],
): Header {
  const { table, file, line } = place;
  if (fields.length > MAX_COLUMNS) {
    const what = `${fields.length} columns; at most ${MAX_COLUMNS} can be taken in`;
    throw malformed(file, line, what);
  }
  if (fields.some((field) => field.includes('\0'))) {
    throw malformed(file, line, 'zero bytes in the header: is the file UTF-16, or no text at all?');
  }
  const findings: Finding[] = [];
  const taken = new Set(TECHNICAL_COLUMNS);
  const columns = fields.map((field, index) => {
    const header = field.trim();
    const wanted = cutToBytes(header === '' ? `column_${index + 1}` : header, MAX_NAME_BYTES);
    const column = unused(wanted, taken);
    taken.add(column);
    const note = oddity(header, wanted, column, index + 1);
    if (note !== undefined) {
      const examples = [`${file.name}:${line}`];
      findings.push(
        finding(note.code, { table, column, count: 1, examples, message: note.message }),
      );
    }
    return column;
  });
  return { columns, findings };
}

function oddity(header: string, wanted: string, column: string, position: number) {
  const named = `Column ${position} is called ${column} here`;
  if (header === '') {
    return { code: 'file/empty-header', message: `${named}: it has no header.` } as const;
  }
  if (column !== wanted) {
    return {
      code: 'file/repeated-header',
      message: `${named}: another column is called ${wanted}.`,
    } as const;
  }
  if (wanted !== header) {
    return {
      code: 'file/long-header',
      message: `${named}: its header is longer than ${MAX_NAME_BYTES} bytes.`,
    } as const;
  }
  return undefined;
}

function unused(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let number = 2; ; number += 1) {
    const suffix = `_${number}`;
    const candidate = cutToBytes(name, MAX_NAME_BYTES - suffix.length) + suffix;
    if (!taken.has(candidate)) return candidate;
  }
}
