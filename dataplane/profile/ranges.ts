import { compareNumbers, plainNumber } from './judge.ts';

/** Smallest and largest; null where there is none. */
export type Range = readonly [string | null, string | null];

/** By code units, which for all but rare characters is the order of PostgreSQL's collation "C". */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Widens a range of texts. */
export function widen(range: [string | null, string | null], value: string): void {
  if (range[0] === null || compareTexts(value, range[0]) < 0) range[0] = value;
  if (range[1] === null || compareTexts(value, range[1]) > 0) range[1] = value;
}

/** Decimals of so many digits are told apart by the floating-point numbers next to them. */
const SURE_DIGITS = 15;

/** Smallest and largest of numbers as texts that `plainNumber` reads; exact for any number of digits. */
export class NumberRange {
  #low = Number.POSITIVE_INFINITY;
  #lowText = '';
  #high = Number.NEGATIVE_INFINITY;
  #highText = '';

  add(text: string): void {
    const direct = Number(text);
    const x = Number.isNaN(direct) ? Number(plainNumber(text)) : direct;
    const isSure = text.length <= SURE_DIGITS;
    if (x < this.#low || (x === this.#low && !isSure && compare(text, this.#lowText) < 0)) {
      this.#low = x;
      this.#lowText = text;
    }
    if (x > this.#high || (x === this.#high && !isSure && compare(text, this.#highText) > 0)) {
      this.#high = x;
      this.#highText = text;
    }
  }

  get range(): Range {
    return this.#lowText === ''
      ? [null, null]
      : [plainNumber(this.#lowText), plainNumber(this.#highText)];
  }
}

function compare(a: string, b: string): number {
  return compareNumbers(plainNumber(a), plainNumber(b));
}

/** Smallest and largest of values by their bytes. Keeps them in place: in a column in order every value is the largest. */
export class TextRange {
  #least: Buffer = Buffer.alloc(64);
  #leastLength = -1;
  #greatest: Buffer = Buffer.alloc(64);
  #greatestLength = -1;

  add(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (
      this.#leastLength < 0 ||
      compareBytes(bytes, start, end, this.#least, this.#leastLength) < 0
    ) {
      this.#least = placed(this.#least, bytes, start, end);
      this.#leastLength = length;
    }
    if (
      this.#greatestLength < 0 ||
      compareBytes(bytes, start, end, this.#greatest, this.#greatestLength) > 0
    ) {
      this.#greatest = placed(this.#greatest, bytes, start, end);
      this.#greatestLength = length;
    }
  }

  get range(): Range {
    return this.#leastLength < 0
      ? [null, null]
      : [
          this.#least.toString('utf8', 0, this.#leastLength),
          this.#greatest.toString('utf8', 0, this.#greatestLength),
        ];
  }
}

function placed(into: Buffer, bytes: Uint8Array, start: number, end: number): Buffer {
  const place = into.length >= end - start ? into : Buffer.alloc((end - start) * 2);
  for (let at = start; at < end; at += 1) place[at - start] = bytes[at] ?? 0;
  return place;
}

function compareBytes(
  bytes: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  toLength: number,
): number {
  const shorter = Math.min(end - start, toLength);
  for (let at = 0; at < shorter; at += 1) {
    const difference = (bytes[start + at] ?? 0) - (to[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return end - start - toLength;
}
