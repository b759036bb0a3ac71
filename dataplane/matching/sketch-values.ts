import { SKETCH_SIZE } from '../../domain/matching/value-similarity.ts';
import type { ValueSketch } from '../../domain/matching/schema.ts';
import { type Count, inferType } from '../../domain/infer-type.ts';
import {
  CURRENCY_PATTERN,
  DATE_TYPES,
  PLACEHOLDER_PATTERN,
  VALUE_TYPES,
} from '../../domain/value-types.ts';
import { hash53 } from './hash.ts';

const GRAM_BUCKETS = 256;
const SHAPES = 8;
const SHAPE_CHARACTERS = 24;
/** Longer values are documents: their beginning tells them apart. */
const VALUE_CHARACTERS = 200;
const CURRENCY = new RegExp(CURRENCY_PATTERN);
const PLACEHOLDER = new RegExp(PLACEHOLDER_PATTERN);
const PATTERNS = VALUE_TYPES.map(({ pattern }) => new RegExp(pattern));
const DATES = DATE_TYPES.map(({ pattern, format = '' }) => ({
  pattern: new RegExp(pattern),
  format,
}));
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * Sketches the values of a column. Deterministic; keeps no value.
 * @param column the name, which tells money from other numbers
 * @param values texts; null and blank ones are left out
 */
export function sketchValues(column: string, values: Iterable<string | null>): ValueSketch {
  const counted = new Map<string, number>();
  let rows = 0;
  for (const value of values) {
    const text = value?.trim().slice(0, VALUE_CHARACTERS) ?? '';
    if (text === '') continue;
    rows += 1;
    counted.set(text, (counted.get(text) ?? 0) + 1);
  }
  const type = typeOf(column, counted);
  const date = DATES.filter(({ pattern }) => fits(counted, pattern) >= 0.8 * rows).at(0);
  const hashes = new Set<number>();
  const words = new Set<number>();
  const grams = new Float64Array(GRAM_BUCKETS);
  const shapes = new Map<string, number>();
  const numbers: [value: number, rows: number][] = [];
  let [length, gramSum] = [0, 0];
  for (const [text, n] of counted) {
    const number = numberOf(text, date);
    if (number !== undefined) numbers.push([number, n]);
    hashes.add(hash53(normalised(text, number)));
    if (number === undefined) for (const word of wordsOf(text)) words.add(hash53(word));
    for (const bucket of gramsOf(text)) {
      grams[bucket] = (grams[bucket] ?? 0) + n;
      gramSum += n;
    }
    shapes.set(shapeOf(text), (shapes.get(shapeOf(text)) ?? 0) + n);
    length += text.length * n;
  }
  const numeric = numbers.reduce((sum, [, n]) => sum + n, 0) >= 0.8 * rows && rows > 0;
  return {
    values: rows,
    distinct: hashes.size,
    hashes: smallest(hashes),
    words: smallest(words),
    grams: [...grams].map((count) => (gramSum === 0 ? 0 : count / gramSum)),
    shapes: [...shapes]
      .toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
      .slice(0, SHAPES)
      .map(([shape, n]) => [shape, n / rows] as const),
    length: rows === 0 ? 0 : length / rows,
    deciles: numeric ? decilesOf(numbers) : undefined,
    type,
  };
}

function typeOf(column: string, counted: ReadonlyMap<string, number>): ValueSketch['type'] {
  const count = (pattern: RegExp): Count => {
    let [rows, distinct] = [0, 0];
    for (const [text, n] of counted)
      if (pattern.test(text)) {
        rows += n;
        distinct += 1;
      }
    return { rows, distinct };
  };
  return inferType({
    column,
    values: { rows: [...counted.values()].reduce((sum, n) => sum + n, 0), distinct: counted.size },
    placeholders: count(PLACEHOLDER),
    currency: count(CURRENCY),
    fits: PATTERNS.map((pattern) => count(pattern)),
  }).type;
}

function fits(counted: ReadonlyMap<string, number>, pattern: RegExp): number {
  let rows = 0;
  for (const [text, n] of counted) if (pattern.test(text)) rows += n;
  return rows;
}

/** The number a text says, or its day since 1970 where the column holds dates. */
function numberOf(text: string, date: (typeof DATES)[number] | undefined): number | undefined {
  if (date !== undefined) return date.pattern.test(text) ? dayOf(text, date.format) : undefined;
  const bare = text.replaceAll(/[£$€, ]/g, '');
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(bare)) return undefined;
  // Zeros in front make it a code.
  return /^0\d/.test(bare) ? undefined : Number(bare);
}

function dayOf(text: string, format: string): number | undefined {
  const parts =
    format === 'YYYYMMDD'
      ? [text.slice(0, 4), text.slice(4, 6), text.slice(6, 8)]
      : text.split(/[-/. T]/).slice(0, 3);
  const order = format === 'YYYYMMDD' ? ['YYYY', 'MM', 'DD'] : format.split(/[-/.]/);
  const part = (name: string): string => parts[order.indexOf(name)] ?? '';
  const month = order.includes('MON')
    ? MONTHS.indexOf(part('MON').toLowerCase())
    : Number(part('MM')) - 1;
  const day = Date.UTC(Number(part('YYYY')), month, Number(part('DD'))) / 86_400_000;
  return Number.isFinite(day) ? day : undefined;
}

/** A value without what formats add to it. */
function normalised(text: string, number: number | undefined): string {
  if (number !== undefined) return `#${number}`;
  return text.toLowerCase().replaceAll(/\s+/g, ' ');
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 1);
}

function* gramsOf(text: string): Iterable<number> {
  const marked = `^${text.toLowerCase().replaceAll(/\d/g, '9').slice(0, 60)}$`;
  for (let at = 0; at + 3 <= marked.length; at += 1) {
    yield hash53(marked.slice(at, at + 3)) % GRAM_BUCKETS;
  }
}

function shapeOf(text: string): string {
  return text
    .slice(0, SHAPE_CHARACTERS)
    .replaceAll(/\p{L}+/gu, 'A')
    .replaceAll(/\d+/g, '9')
    .replaceAll(/\s+/g, ' ');
}

function smallest(hashes: ReadonlySet<number>): number[] {
  return [...hashes].toSorted((a, b) => a - b).slice(0, SKETCH_SIZE);
}

function decilesOf(numbers: readonly (readonly [number, number])[]): number[] {
  const sorted = numbers.toSorted(([a], [b]) => a - b);
  const rows = sorted.reduce((sum, [, n]) => sum + n, 0);
  const deciles: number[] = [];
  let [seen, at] = [0, 0];
  for (let tenth = 0; tenth <= 10; tenth += 1) {
    const wanted = (tenth * (rows - 1)) / 10;
    while (at < sorted.length - 1 && seen + (sorted[at]?.[1] ?? 0) <= wanted) {
      seen += sorted[at]?.[1] ?? 0;
      at += 1;
    }
    deciles.push(sorted[at]?.[0] ?? 0);
  }
  return deciles;
}
