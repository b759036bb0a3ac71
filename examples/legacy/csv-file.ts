import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import iconv from 'iconv-lite';
import { inChunks } from './copy-rows.ts';
import type { Cell } from './legacy-table.ts';

/** How a file is written. */
export interface FileHabits {
  readonly encoding: 'utf-8' | 'windows-1252';
  readonly delimiter: ',' | ';';
  readonly newline: '\n' | '\r\n';
}

/** The habits of a program that follows the standard. */
export const PLAIN: FileHabits = { encoding: 'utf-8', delimiter: ',', newline: '\n' };

/** Writes a file with a header line, row by row. Replaces a file that is there. */
export async function writeCsv(
  path: string,
  habits: FileHabits,
  header: readonly string[],
  records: Iterable<readonly Cell[]>,
): Promise<void> {
  const encoded = function* () {
    for (const chunk of inChunks(lines(habits, header, records))) {
      yield iconv.encode(chunk, habits.encoding);
    }
  };
  await pipeline(Readable.from(encoded()), createWriteStream(path));
}

function* lines(
  habits: FileHabits,
  header: readonly string[],
  records: Iterable<readonly Cell[]>,
): Generator<string> {
  yield line(header, habits);
  for (const record of records) yield line(record, habits);
}

function line(cells: readonly Cell[], habits: FileHabits): string {
  return cells.map((cell) => field(cell, habits.delimiter)).join(habits.delimiter) + habits.newline;
}

const QUOTED = /["\r\n]/;

function field(cell: Cell, delimiter: string): string {
  const value = cell === null ? '' : String(cell);
  if (!value.includes(delimiter) && !QUOTED.test(value)) return value;
  return `"${value.replaceAll('"', '""')}"`;
}
