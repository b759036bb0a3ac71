import type { Random } from './random.ts';

/** Sort codes of ranges that the modulus check knows, with the weights of their account numbers: one rule each. */
const CHECKED = [
  { sortCodes: [89_000, 89_999], modulus: 10, weights: [7, 1, 3, 7, 1, 3, 7, 1] },
  { sortCodes: [102_400, 107_999], modulus: 11, weights: [8, 7, 6, 5, 4, 3, 2, 1] },
] as const;
/** Sort codes that no bank has. */
const UNKNOWN = [1000, 9999] as const;

/**
 * A bank account that passes the modulus check: of two checked ranges, or of sort codes that belong to no bank. The last
 * digits are counted on until the sum fits.
 */
export function fabricatedAccount(random: Random): { sortCode: string; accountNumber: string } {
  const rule = random.chance(0.5) ? CHECKED[random.int(0, CHECKED.length - 1)] : undefined;
  const [first, last] = rule?.sortCodes ?? UNKNOWN;
  const sortCode = String(random.int(first, last)).padStart(6, '0');
  let account = random.int(100_000, 99_999_000);
  if (rule !== undefined) while (sumOf(account, rule.weights) % rule.modulus !== 0) account += 1;
  return { sortCode, accountNumber: String(account).padStart(8, '0') };
}

function sumOf(account: number, weights: readonly number[]): number {
  let rest = account;
  return weights.toReversed().reduce((sum, weight) => {
    const digit = rest % 10;
    rest = Math.floor(rest / 10);
    return sum + digit * weight;
  }, 0);
}
