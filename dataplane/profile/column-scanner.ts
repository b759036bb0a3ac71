import type { Counted } from '../../domain/profile.ts';
import { DATE_TYPES, VALUE_TYPES } from '../../domain/value-types.ts';
import { CLASSES, DIGIT, HIGH, LETTER, SPACE } from './byte-classes.ts';
import { CURRENCY, DATE, isoDay, isPlainText, judge, NUMBER, PLACEHOLDER } from './judge.ts';
import { compareTexts, NumberRange, type Range, TextRange, widen } from './ranges.ts';
import { type Kept, ValueTable } from './value-table.ts';

/** Longer values are kept by their beginning only, which is what is shown; they are told apart by all of it. */
const SHOWN_CHARACTERS = 500;
const SHAPE_CHARACTERS = 24;
const SHAPES = 2048;
const SHAPE_BYTES = 128 * 1024;
const LETTER_BYTE = 65;
const DIGIT_BYTE = 57;
/** The first bytes of characters that are no letters: signs of Latin-1 (£, §), punctuation and symbols, emoji. */
const SIGN_LEADS = new Set([0xc2, 0xe2, 0xf0]);

/** Sums over the values of one column, filled a value at a time. Counts of rows are exact. */
export class ColumnScanner {
  readonly #table: ValueTable;
  readonly #shapes: ValueTable;
  readonly #shape = new Uint8Array(SHAPE_CHARACTERS * 4);
  nulls = 0;
  empty = 0;
  /** Rows with a value, of those that are missing in words, and with signs of currency. */
  rows = 0;
  placeholders = 0;
  currency = 0;
  /** Rows per type of VALUE_TYPES. */
  readonly fits: number[] = VALUE_TYPES.map(() => 0);
  shortest: number | null = null;
  longest: number | null = null;
  readonly #text = new TextRange();
  readonly #number = new NumberRange();
  readonly #dates: [string | null, string | null][] = DATE_TYPES.map(() => [null, null]);

  /** @param capacity different values that are counted exactly; @param bytes that their beginnings may take */
  constructor(capacity: number, bytes: number) {
    this.#table = new ValueTable(capacity, bytes, (...visit) => this.#visit(...visit));
    // Of a table of a thousand columns each has to do with less.
    this.#shapes = new ValueTable(Math.min(SHAPES, capacity), SHAPE_BYTES, () => undefined);
  }

  /** Takes one value: its bytes in UTF-8. */
  add(bytes: Uint8Array, start: number, end: number): void {
    let hash = 0x811c9dc5;
    let other = 0x9747b28c;
    let mask = 0;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      hash = Math.imul(hash ^ byte, 0x01000193);
      other = Math.imul(other + byte, 0x85ebca6b);
      other ^= other >>> 15;
      mask |= CLASSES[byte] ?? 0;
    }
    let characters = end - start;
    if ((mask & HIGH) !== 0) characters = charactersOf(bytes, start, end);
    this.#take(bytes, start, end, mask, hash, other, characters);
  }

  /** Takes a value that was cut: its beginning, its length in characters, and a hash of all of it. */
  addLong(
    bytes: Uint8Array,
    start: number,
    end: number,
    hash: number,
    other: number,
    characters: number,
  ): void {
    let mask = 0;
    for (let at = start; at < end; at += 1) mask |= CLASSES[bytes[at] ?? 0] ?? 0;
    this.#take(bytes, start, end, mask, hash, other, characters);
  }

  #take(
    bytes: Uint8Array,
    start: number,
    end: number,
    mask: number,
    hash: number,
    other: number,
    characters: number,
  ): void {
    if (this.shortest === null || characters < this.shortest) this.shortest = characters;
    if (this.longest === null || characters > this.longest) this.longest = characters;
    const shown = characters > SHOWN_CHARACTERS ? cut(bytes, start, end) : end;
    this.#table.add(scramble(hash), scramble(other ^ 0x5bd1e995), bytes, start, shown, mask, 1);
  }

  #visit(bytes: Buffer, from: number, to: number, mask: number, rows: number): void {
    this.#addShape(bytes, from, to, rows);
    let start = from;
    let end = to;
    if ((mask & SPACE) !== 0) {
      while (start < end && bytes[start] === 32) start += 1;
      while (end > start && bytes[end - 1] === 32) end -= 1;
    }
    if (start === end) {
      this.empty += rows;
      return;
    }
    this.rows += rows;
    this.#text.add(bytes, from, to);
    if (isPlainText(end - start, mask)) return;
    const text = textOf(bytes, start, end, mask);
    const marks = judge(text, mask);
    if (marks === 0) return;
    if ((marks & PLACEHOLDER) !== 0) this.placeholders += rows;
    if ((marks & CURRENCY) !== 0) this.currency += rows;
    for (let index = 0; index < this.fits.length; index += 1)
      if ((marks & (1 << index)) !== 0) this.fits[index] = (this.fits[index] ?? 0) + rows;
    if ((marks & NUMBER) !== 0) this.#number.add(text);
    if ((marks & DATE) === 0) return;
    for (const [index, type] of DATE_TYPES.entries()) {
      const range = this.#dates[index];
      if ((marks & (1 << index)) !== 0 && range !== undefined) widen(range, isoDay(text, type));
    }
  }

  /** Counts the shape of a value: letters as A, digits as 9. */
  #addShape(bytes: Uint8Array, start: number, end: number, rows: number): void {
    const shape = this.#shape;
    let hash = 0x811c9dc5;
    let other = 0x9747b28c;
    let length = 0;
    let characters = 0;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      const kind = CLASSES[byte] ?? 0;
      const isTail = (byte & 0xc0) === 0x80;
      if (!isTail) {
        if (characters === SHAPE_CHARACTERS) break;
        characters += 1;
      }
      let sign = byte;
      if (kind === DIGIT) sign = DIGIT_BYTE;
      else if (kind === LETTER) sign = LETTER_BYTE;
      else if (kind === HIGH) {
        if (isTail && shape[length - 1] === LETTER_BYTE) continue;
        if (!isTail && !SIGN_LEADS.has(byte)) sign = LETTER_BYTE;
      }
      shape[length] = sign;
      length += 1;
      hash = Math.imul(hash ^ sign, 0x01000193);
      other = Math.imul(other + sign, 0x85ebca6b);
      other ^= other >>> 15;
    }
    this.#shapes.add(scramble(hash), scramble(other ^ 0x5bd1e995), shape, 0, length, 0, rows);
  }

  /** Ends the scan of the column. To be called once. */
  finish(): Finished {
    const kept = this.#table.finish();
    return {
      exact: this.#table.exact,
      distinct: this.#table.distinct,
      kept,
      shapes: commonest(this.#shapes.finish()),
      text: this.#text.range,
      number: this.#number.range,
      dates: this.#dates,
    };
  }
}

/** What is known of a column only when all of its values were seen. */
export interface Finished {
  readonly exact: boolean;
  readonly distinct: number;
  readonly kept: readonly Kept[];
  readonly shapes: readonly Counted[];
  readonly text: Range;
  readonly number: Range;
  readonly dates: readonly Range[];
}

const TOP_SHAPES = 5;

function commonest(kept: readonly Kept[]): Counted[] {
  return kept
    .map(({ bytes, rows, missed }) => counted(bytes.toString(), rows, missed))
    .toSorted((a, b) => b.rows - a.rows || compareTexts(a.value, b.value))
    .slice(0, TOP_SHAPES);
}

/** A value with its rows, or with the bounds between which they are. */
export function counted(value: string, rows: number, missed: number): Counted {
  return missed === 0 ? { value, rows } : { value, rows, upTo: rows + missed };
}

/** Methods of Node's buffers that are faster than `toString`; their types leave them out. */
interface Slices {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
}

/** The text of a part of a buffer. */
export function textOf(bytes: Buffer, start: number, end: number, mask: number): string {
  const slices = bytes as unknown as Slices;
  return (mask & HIGH) === 0 ? slices.latin1Slice(start, end) : slices.utf8Slice(start, end);
}

function charactersOf(bytes: Uint8Array, start: number, end: number): number {
  let characters = 0;
  for (let at = start; at < end; at += 1) if (((bytes[at] ?? 0) & 0xc0) !== 0x80) characters += 1;
  return characters;
}

/** Where the first SHOWN_CHARACTERS end. */
function cut(bytes: Uint8Array, start: number, end: number): number {
  let characters = 0;
  for (let at = start; at < end; at += 1) {
    if (((bytes[at] ?? 0) & 0xc0) === 0x80) continue;
    if (characters === SHOWN_CHARACTERS) return at;
    characters += 1;
  }
  return end;
}

/** The finaliser of MurmurHash3: every bit of the result depends on every bit of the hash. Unsigned. */
function scramble(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
