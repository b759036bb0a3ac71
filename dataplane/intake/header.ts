import { type Finding, finding } from '../../domain/findings.ts';
import { TECHNICAL_COLUMNS } from '../staged-table.ts';
import { malformed, type SourceFile } from './decoded-file.ts';

/** PostgreSQL's limit for a name, in bytes of UTF-8. */
const MAX_NAME_BYTES = 63;
/** PostgreSQL's limit for a table is 1,600 columns, the technical ones among them. */
const MAX_COLUMNS = 1500;
const OTHER_DELIMITERS = [',', ';', '\t', '|'];

/** The columns a file's header makes, in its order, and what is odd about it. */
export interface Header {
  readonly columns: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * Column names from a header: trimmed; an empty one becomes `column_<position>`; a repeated one `<name>_2`; one that is
 * too long for a column name is cut.
 * @param table the staged table, for the findings
 * @throws SlipwayError `intake/malformed` when the line is no header
 */
export function readHeader(
  table: string,
  file: SourceFile,
  fields: readonly string[],
  delimiter: string,
): Header {
  const only = fields.length === 1 ? (fields[0] ?? '') : undefined;
  if (only?.trim() === '') throw malformed(file, 1, 'a header was expected, found an empty line');
  const other = OTHER_DELIMITERS.find((each) => each !== delimiter && only?.includes(each));
  if (other !== undefined) {
    throw malformed(
      file,
      1,
      `one column was found; is the delimiter ${JSON.stringify(other)}, not ${JSON.stringify(delimiter)}?`,
    );
  }
  if (fields.length > MAX_COLUMNS) {
    throw malformed(file, 1, `${fields.length} columns; at most ${MAX_COLUMNS} can be taken in`);
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
      const examples = [`${file.name}:1`];
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

/** Cuts between characters, never inside one. */
function cutToBytes(text: string, limit: number): string {
  let bytes = 0;
  let cut = '';
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > limit) break;
    cut += character;
  }
  return cut;
}
