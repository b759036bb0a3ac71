/**
 * A stream of pseudo-random numbers that depends on nothing but its seed, stream and index: row 60,000 of a table is
 * made without making the 59,999 before it, so a department of any size is generated in bounded memory.
 */
export class Random {
  #state: number;

  /**
   * @param seed of the department
   * @param stream what the numbers are for, so that people and posts of the same index differ
   * @param index of the row
   */
  constructor(seed: number, stream: number, index: number) {
    this.#state = mix(mix(mix(seed) ^ stream) ^ index);
  }

  /** A number from 0 up to, not including, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    return (mix(this.#state) >>> 0) / 4_294_967_296;
  }

  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** True in the given share of cases. */
  chance(share: number): boolean {
    return this.next() < share;
  }

  /** One of a list. */
  pick<T>(list: readonly T[]): T {
    const item = list[this.int(0, list.length - 1)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }
}

/** Streams of a department's rows. */
export const STREAM = {
  unit: 1,
  post: 2,
  person: 3,
  assignment: 4,
  pay: 5,
  bank: 6,
  tax: 7,
  result: 8,
  supplier: 9,
  invoice: 10,
  balance: 11,
  defect: 12,
  variance: 13,
} as const;

/** The finaliser of MurmurHash3: every bit of the input changes half of the output's. */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16) ^ 0x5bd1e995;
}
