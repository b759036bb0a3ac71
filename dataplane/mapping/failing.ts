/*
 * Putting together the SQL that says for which rows an expression fails (`fails` of Strict). None of it fails itself,
 * as far as its parts tell the truth.
 */

/** What cannot fail. */
export const NEVER = 'false';

/** One of several parts fails. */
export function either(parts: readonly { readonly fails: string }[]): string {
  const failing = parts.map(({ fails }) => fails).filter((fails) => fails !== NEVER);
  return failing.length === 0 ? NEVER : failing.map((fails) => `(${fails})`).join(' or ');
}

/** The operand fails, or else what is made of it: that can only be asked of an operand that does not. */
export function after(operand: string, outcome: string): string {
  if (operand === NEVER) return outcome;
  if (outcome === NEVER) return operand;
  return `case when ${operand} then true else ${outcome} end`;
}

/** What fails in a list of cases: a condition that is come to, or the result of the one that holds. */
export function inCases(
  cases: readonly {
    readonly condition: { readonly sql: string; readonly fails: string };
    readonly result: { readonly fails: string };
  }[],
  otherwise: string,
): string {
  const parts = cases.flatMap(({ condition, result }) => [condition.fails, result.fails]);
  if ([...parts, otherwise].every((fails) => fails === NEVER)) return NEVER;
  const branches = cases.map(
    ({ condition, result }) =>
      `when ${condition.fails} then true when ${condition.sql} then ${result.fails}`,
  );
  return `case ${branches.join(' ')} else ${otherwise} end`;
}
