/**
 * The modulus check of UK bank accounts, as Vocalink publishes it ("Validating account numbers", version 6.40): the
 * digits of sort code and account number, weighted by a table, have to add up to a multiple of 10 or 11. It finds
 * mistyped accounts, not closed ones.
 */

/** One line of the weight table: a range of sort codes and how their accounts are checked. */
export interface WeightRule {
  /** First and last sort code of the range, both included. */
  readonly from: string;
  readonly to: string;
  readonly method: 'MOD10' | 'MOD11' | 'DBLAL';
  /** Of the six digits of the sort code and the eight of the account number. */
  readonly weights: readonly number[];
  /** Number of the exception that applies; 0 for none. */
  readonly exception: number;
}

/** What the check needs: the weight table, and the sort codes that exception 5 puts in place of others. */
export interface BankTables {
  readonly rules: readonly WeightRule[];
  readonly substitutes: ReadonlyMap<string, string>;
  /** Where the tables are from, for the record. */
  readonly version: string;
}

/** `unchecked`: the table has no rule for the sort code, so nothing can be said. `malformed`: no six and eight digits. */
export type ModulusVerdict = 'valid' | 'invalid' | 'unchecked' | 'malformed';

/** Places of the account's digits (the standard's letters) in the fourteen digits. */
const PLACE = { a: 6, b: 7, c: 8, g: 12, h: 13 } as const;
/** Where the second rule is asked only because the first was not kept. */
const EITHER = new Set([2, 9, 10, 11, 12, 13]);

/** The rules of each sort code: looked up many times. */
export function modulusChecker(tables: BankTables) {
  const known = new Map<string, readonly WeightRule[]>();
  return (sortCode: string, accountNumber: string): ModulusVerdict => {
    if (!/^\d{6}$/.test(sortCode) || !/^\d{8}$/.test(accountNumber)) return 'malformed';
    let rules = known.get(sortCode);
    if (rules === undefined) {
      rules = tables.rules.filter(({ from, to }) => from <= sortCode && sortCode <= to);
      known.set(sortCode, rules);
    }
    if (rules.length === 0) return 'unchecked';
    return keeps(rules, sortCode, accountNumber, tables) ? 'valid' : 'invalid';
  };
}

function keeps(
  [first, second]: readonly WeightRule[],
  sortCode: string,
  account: string,
  tables: BankTables,
): boolean {
  if (first === undefined) return false;
  const kept = keepsRule(first, sortCode, account, tables);
  if (second === undefined) return kept;
  if (EITHER.has(first.exception) && EITHER.has(second.exception))
    return kept || keepsRule(second, sortCode, account, tables);
  return kept && keepsRule(second, sortCode, account, tables);
}

function keepsRule(
  rule: WeightRule,
  sortCode: string,
  account: string,
  tables: BankTables,
): boolean {
  const digits = digitsOf(sortOf(rule, sortCode, tables), account);
  const at = (place: keyof typeof PLACE): number => digits[PLACE[place]] ?? 0;
  // Accounts in foreign currencies have no check digit.
  if (rule.exception === 6 && at('a') >= 4 && at('a') <= 8 && at('g') === at('h')) return true;
  if (rule.exception === 3 && (at('c') === 6 || at('c') === 9)) return true;
  const modulus = rule.method === 'MOD11' ? 11 : 10;
  const remainder = sumOf(rule, digits) % modulus;
  if (rule.exception === 4) return remainder === at('g') * 10 + at('h');
  if (rule.exception === 5) {
    if (rule.method === 'MOD11' && remainder === 1) return false;
    const check = remainder === 0 ? 0 : modulus - remainder;
    return check === at(rule.method === 'DBLAL' ? 'h' : 'g');
  }
  if (rule.exception === 14 && remainder !== 0) {
    // The last digit is not part of the number then.
    if (![0, 1, 9].includes(at('h'))) return false;
    return sumOf(rule, digitsOf(sortCode, `0${account.slice(0, 7)}`)) % modulus === 0;
  }
  return remainder === 0;
}

/** The sort code that is checked in place of the account's own. */
function sortOf({ exception }: WeightRule, sortCode: string, { substitutes }: BankTables): string {
  if (exception === 5) return substitutes.get(sortCode) ?? sortCode;
  if (exception === 8) return '090126';
  return exception === 9 ? '309634' : sortCode;
}

function sumOf(rule: WeightRule, digits: readonly number[]): number {
  const weights = weightsOf(rule, digits);
  const products = digits.map((digit, index) => digit * (weights[index] ?? 0));
  if (rule.method !== 'DBLAL') return products.reduce((sum, each) => sum + each, 0);
  // Double alternate: the digits of each product are added. Exception 1 stands for an institution's number before it.
  const sum = products.reduce((all, each) => all + Math.floor(each / 10) + (each % 10), 0);
  return rule.exception === 1 ? sum + 27 : sum;
}

const FROM_C = 8;

function weightsOf(
  { exception, weights }: WeightRule,
  digits: readonly number[],
): readonly number[] {
  const a = digits[PLACE.a] ?? 0;
  const b = digits[PLACE.b] ?? 0;
  const g = digits[PLACE.g] ?? 0;
  if (exception === 2 && a !== 0) {
    return g === 9
      ? [0, 0, 0, 0, 0, 0, 0, 0, 8, 7, 10, 9, 3, 1]
      : [0, 0, 1, 2, 5, 3, 6, 4, 8, 7, 10, 9, 3, 1];
  }
  const fromC =
    (exception === 7 && g === 9) ||
    (exception === 10 && (a === 0 || a === 9) && b === 9 && g === 9);
  return fromC ? weights.map((weight, index) => (index < FROM_C ? 0 : weight)) : weights;
}

function digitsOf(sortCode: string, account: string): number[] {
  return Array.from(sortCode + account, Number);
}
