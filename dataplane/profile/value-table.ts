import { HyperLogLog } from './hyperloglog.ts';

/** A value of a column as its bytes lie in a buffer, with how many rows it stands for. */
export type Visit = (bytes: Buffer, start: number, end: number, mask: number, rows: number) => void;

/** A value that is still in the table at the end. */
export interface Kept {
  readonly bytes: Buffer;
  readonly mask: number;
  /** Rows counted; the true number may be larger by `missed` at most. */
  readonly rows: number;
  readonly missed: number;
  /** Belongs to the even sample of the different values. */
  readonly sampled: boolean;
}

/**
 * Counts the rows of each different value of a column in bounded memory. As long as the values fit, everything is exact.
 * When they no longer do, values leave the table in favour of two kinds that stay: an even sample of the different
 * values (those with a small hash; Gibbons 2001), whose rows are all counted, and the commonest ones (Misra and Gries
 * 1982), whose rows are counted but for at most `missed`. What leaves is visited with the rows counted so far, so
 * that sums over all visits are exact; how many different values there were is estimated by HyperLogLog.
 */
export class ValueTable {
  readonly #capacity: number;
  readonly #byteLimit: number;
  readonly #visit: Visit;
  /** Pairs of an entry's place (plus one) and its second hash: most misses end here, within one line of the cache. */
  readonly #slots: Uint32Array;
  readonly #hash: Uint32Array;
  readonly #other: Uint32Array;
  readonly #rows: Float64Array;
  readonly #missed: Float64Array;
  readonly #mask: Uint16Array;
  readonly #start: Uint32Array;
  readonly #end: Uint32Array;
  #bytes = Buffer.alloc(4096);
  #used = 0;
  #size = 0;
  #threshold = 2 ** 32;
  /** No value that left had more rows. */
  #floor = 0;
  #sketch: HyperLogLog | undefined;

  /** @param capacity how many values it holds, a power of two; @param byteLimit bytes of values it holds */
  constructor(capacity: number, byteLimit: number, visit: Visit) {
    this.#capacity = capacity;
    this.#byteLimit = byteLimit;
    this.#visit = visit;
    this.#slots = new Uint32Array(capacity * 4);
    this.#hash = new Uint32Array(capacity);
    this.#other = new Uint32Array(capacity);
    this.#rows = new Float64Array(capacity);
    this.#missed = new Float64Array(capacity);
    this.#mask = new Uint16Array(capacity);
    this.#start = new Uint32Array(capacity);
    this.#end = new Uint32Array(capacity);
  }

  /** Adds rows of a value, which its two hashes (unsigned) identify. */
  add(
    hash: number,
    other: number,
    from: Uint8Array,
    start: number,
    end: number,
    mask: number,
    rows: number,
  ): void {
    const slots = this.#slots;
    const last = slots.length - 1;
    let slot = (other * 2) & last;
    for (;;) {
      const place = slots[slot] ?? 0;
      if (place === 0) break;
      if (slots[slot + 1] === other && this.#hash[place - 1] === hash) {
        this.#rows[place - 1] = (this.#rows[place - 1] ?? 0) + rows;
        return;
      }
      slot = (slot + 2) & last;
    }
    if (this.#size === this.#capacity || this.#used + end - start > this.#byteLimit) {
      this.#shrink();
      slot = this.#freeSlot(other);
    }
    this.#sketch?.add(hash, other);
    const entry = this.#size;
    this.#size += 1;
    slots[slot] = entry + 1;
    slots[slot + 1] = other;
    this.#hash[entry] = hash;
    this.#other[entry] = other;
    this.#rows[entry] = rows;
    this.#missed[entry] = hash < this.#threshold ? 0 : this.#floor;
    this.#mask[entry] = mask;
    this.#keepBytes(entry, from, start, end);
  }

  /** Exact as long as everything fitted. */
  get exact(): boolean {
    return this.#sketch === undefined;
  }

  /** How many different values were added: exact, or an estimate. */
  get distinct(): number {
    return this.#sketch?.estimate() ?? this.#size;
  }

  /** What is in the table; visits it, so that after this call every row was visited. To be called once, at the end. */
  finish(): Kept[] {
    const kept: Kept[] = [];
    for (let entry = 0; entry < this.#size; entry += 1) {
      this.#visitEntry(entry);
      kept.push({
        bytes: Buffer.from(this.#bytes.subarray(this.#start[entry], this.#end[entry])),
        mask: this.#mask[entry] ?? 0,
        rows: this.#rows[entry] ?? 0,
        missed: this.#missed[entry] ?? 0,
        sampled: this.#isSampled(entry),
      });
    }
    return kept;
  }

  #freeSlot(other: number): number {
    const last = this.#slots.length - 1;
    let slot = (other * 2) & last;
    while (this.#slots[slot] !== 0) slot = (slot + 2) & last;
    return slot;
  }

  #isSampled(entry: number): boolean {
    return (this.#hash[entry] ?? 0) < this.#threshold;
  }

  #visitEntry(entry: number): void {
    this.#visit(
      this.#bytes,
      this.#start[entry] ?? 0,
      this.#end[entry] ?? 0,
      this.#mask[entry] ?? 0,
      this.#rows[entry] ?? 0,
    );
  }

  #keepBytes(entry: number, from: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (this.#used + length > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#used + length));
      this.#bytes.copy(larger, 0, 0, this.#used);
      this.#bytes = larger;
    }
    const bytes = this.#bytes;
    let to = this.#used;
    this.#start[entry] = to;
    for (let at = start; at < end; at += 1) {
      bytes[to] = from[at] ?? 0;
      to += 1;
    }
    this.#used = to;
    this.#end[entry] = to;
  }

  /** Makes room: at least three quarters of the places and of the bytes are free afterwards. */
  #shrink(): void {
    if (this.#sketch === undefined) {
      this.#sketch = new HyperLogLog();
      for (let entry = 0; entry < this.#size; entry += 1)
        this.#sketch.add(this.#hash[entry] ?? 0, this.#other[entry] ?? 0);
    }
    let stays: Uint8Array;
    let quota = this.#capacity / 8;
    do {
      stays = this.#chooseStaying(quota);
      quota = Math.floor(quota / 2);
    } while (quota > 0 && this.#bytesOf(stays) > this.#byteLimit / 2);
    this.#evict(stays);
  }

  #chooseStaying(quota: number): Uint8Array {
    const stays = new Uint8Array(this.#size);
    while (this.#sampleSize() > quota) this.#threshold = Math.floor(this.#threshold / 2);
    const bounds = new Float64Array(this.#size);
    let others = 0;
    for (let entry = 0; entry < this.#size; entry += 1) {
      if (this.#isSampled(entry)) stays[entry] = 1;
      else {
        bounds[others] = (this.#rows[entry] ?? 0) + (this.#missed[entry] ?? 0);
        others += 1;
      }
    }
    const cut = bounds.subarray(0, others).toSorted()[others - 1 - quota] ?? 0;
    for (let entry = 0; entry < this.#size; entry += 1)
      if ((this.#rows[entry] ?? 0) + (this.#missed[entry] ?? 0) > cut) stays[entry] = 1;
    return stays;
  }

  #sampleSize(): number {
    const threshold = this.#threshold;
    const hashes = this.#hash;
    let size = 0;
    for (let entry = 0; entry < this.#size; entry += 1)
      if ((hashes[entry] ?? 0) < threshold) size += 1;
    return size;
  }

  #bytesOf(stays: Uint8Array): number {
    let bytes = 0;
    for (let entry = 0; entry < this.#size; entry += 1)
      if (stays[entry] === 1) bytes += (this.#end[entry] ?? 0) - (this.#start[entry] ?? 0);
    return bytes;
  }

  #evict(stays: Uint8Array): void {
    let size = 0;
    let used = 0;
    this.#slots.fill(0);
    for (let entry = 0; entry < this.#size; entry += 1) {
      if (stays[entry] !== 1) {
        this.#visitEntry(entry);
        const rows = (this.#rows[entry] ?? 0) + (this.#missed[entry] ?? 0);
        if (rows > this.#floor) this.#floor = rows;
        continue;
      }
      const start = this.#start[entry] ?? 0;
      const end = this.#end[entry] ?? 0;
      this.#bytes.copyWithin(used, start, end);
      this.#hash[size] = this.#hash[entry] ?? 0;
      this.#other[size] = this.#other[entry] ?? 0;
      this.#rows[size] = this.#rows[entry] ?? 0;
      this.#missed[size] = this.#missed[entry] ?? 0;
      this.#mask[size] = this.#mask[entry] ?? 0;
      this.#start[size] = used;
      this.#end[size] = used + end - start;
      used += end - start;
      const other = this.#other[size] ?? 0;
      const slot = this.#freeSlot(other);
      size += 1;
      this.#slots[slot] = size;
      this.#slots[slot + 1] = other;
    }
    this.#size = size;
    this.#used = used;
  }
}
