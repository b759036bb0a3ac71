import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Cell } from './legacy-table.ts';

const CHUNK_CHARACTERS = 65_536;

/** Copies rows into a table, in PostgreSQL's text format, as fast as the server takes them. Names are trusted. */
export async function copyRows(
  client: pg.Client,
  table: string,
  columns: readonly string[],
  rows: Iterable<readonly Cell[]>,
): Promise<void> {
  const statement = `copy ${table} (${columns.map((name) => `"${name}"`).join(', ')}) from stdin`;
  await pipeline(Readable.from(inChunks(encoded(rows))), client.query(copyFrom(statement)));
}

/** Lines put together to pieces worth sending. */
export function* inChunks(lines: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += line;
    if (chunk.length >= CHUNK_CHARACTERS) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk !== '') yield chunk;
}

function* encoded(rows: Iterable<readonly Cell[]>): Generator<string> {
  for (const row of rows) {
    let line = '';
    for (let index = 0; index < row.length; index += 1) {
      const cell = row[index];
      if (index > 0) line += '\t';
      line += cell === null || cell === undefined ? '\\N' : escaped(cell);
    }
    yield `${line}\n`;
  }
}

const SPECIAL = /[\\\t\n\r]/;

function escaped(cell: string | number): string {
  const value = String(cell);
  if (!SPECIAL.test(value)) return value;
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
}
