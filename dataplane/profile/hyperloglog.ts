const INDEX_BITS = 14;
const REGISTERS = 2 ** INDEX_BITS;
/** Ranks come from 32 bits of hash: from 1 to 33. */
const RANK_BITS = 32;

/** Relative standard error of the estimates of HyperLogLog with 16,384 registers: 1.04 / sqrt(16384). */
export const DISTINCT_ERROR = 0.0081;

/** Estimates how many different values were added, in 16 kB whatever their number (Flajolet et al. 2007). */
export class HyperLogLog {
  readonly #ranks = new Uint8Array(REGISTERS);

  /** Adds a value by two independent hashes of 32 bits. */
  add(hash: number, other: number): void {
    const index = hash >>> (32 - INDEX_BITS);
    const rank = Math.clz32(other) + 1;
    if ((this.#ranks[index] ?? 0) < rank) this.#ranks[index] = rank;
  }

  /** The improved raw estimator of Ertl (2017), which needs no correction for small or large numbers. */
  estimate(): number {
    const counts = Array.from({ length: RANK_BITS + 2 }, () => 0);
    for (const rank of this.#ranks) counts[rank] = (counts[rank] ?? 0) + 1;
    const at = (rank: number): number => counts[rank] ?? 0;
    let z = REGISTERS * tau(1 - at(RANK_BITS + 1) / REGISTERS);
    for (let rank = RANK_BITS; rank >= 1; rank -= 1) z = (z + at(rank)) / 2;
    z += REGISTERS * sigma(at(0) / REGISTERS);
    return Math.round(REGISTERS ** 2 / (2 * Math.LN2 * z));
  }
}

function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let x = share;
  let y = 1;
  let z = share;
  for (;;) {
    x *= x;
    const before = z;
    z += x * y;
    y += y;
    if (z === before) return z;
  }
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let y = 1;
  let z = 1 - share;
  for (;;) {
    x = Math.sqrt(x);
    const before = z;
    y /= 2;
    z -= (1 - x) ** 2 * y;
    if (z === before) return z / 3;
  }
}
