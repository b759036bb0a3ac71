import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { sketchValues } from '../../dataplane/matching/sketch-values.ts';
import type { MatchTable } from '../../domain/matching/schema.ts';

/** A table in memory, as texts. */
export interface RawTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** How many rows of a table are looked at. */
const ROWS = 5000;
const SAMPLE = 200;

/** Reads a CSV file with a header. */
export function readCsv(path: string, name: string): RawTable {
  const records: string[][] = parse(readFileSync(path, 'utf8'), {
    bom: true,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    to: ROWS + 1,
  });
  const [header = [], ...rows] = records;
  const columns = header.map((cell, index) => (cell.trim() === '' ? `column_${index + 1}` : cell));
  return { name, columns, rows: rows.slice(0, ROWS) };
}

/** Reads the rows of a gzipped `INSERT INTO ... VALUES` script: numbers and quoted texts. */
export function readInserts(path: string, name: string, columns: readonly string[]): RawTable {
  const text = gunzipSync(readFileSync(path)).toString('utf8');
  const cell = /'((?:[^']|'')*)'|(-?[0-9.]+)|(NULL)/y;
  const rows: (string | null)[][] = [];
  for (const { index } of text.matchAll(/\((?=['0-9N-])/g)) {
    if (rows.length >= ROWS) break;
    const row: (string | null)[] = [];
    cell.lastIndex = index + 1;
    for (let found = cell.exec(text); found !== null; found = cell.exec(text)) {
      const [, quoted, number] = found;
      row.push(quoted?.replaceAll("''", "'") ?? number ?? null);
      if (text[cell.lastIndex] !== ',') break;
      cell.lastIndex += 1;
    }
    if (row.length === columns.length) rows.push(row);
  }
  return { name, columns, rows };
}

/** What the matcher gets of a table: its names alone, or with sketches and samples of its values. */
export function matchTable(table: RawTable, withValues: boolean): MatchTable {
  return {
    name: table.name,
    columns: table.columns.map((name, index) => {
      if (!withValues) return { name };
      const values = table.rows.map((row) => row[index] ?? null);
      const filled = values.filter(
        (value): value is string => value !== null && value.trim() !== '',
      );
      return {
        name,
        nulls: values.length === 0 ? 0 : 1 - filled.length / values.length,
        values: sketchValues(name, values),
        sample: everyFew(filled),
      };
    }),
  };
}

function everyFew(values: readonly string[]): string[] {
  const step = Math.max(1, Math.floor(values.length / SAMPLE));
  return values.filter((_, index) => index % step === 0).slice(0, SAMPLE);
}
