import type { Condition, Expression } from './expression.ts';

const COMPARISONS = {
  equals: 'equals',
  less: 'is less than',
  atMost: 'is at most',
  greater: 'is greater than',
  atLeast: 'is at least',
} as const;

/**
 * A condition in words.
 * @param say the words of an expression
 */
export function describeCondition(
  condition: Condition,
  say: (expression: Expression) => string,
): string {
  const below = (part: Condition): string => describeCondition(part, say);
  for (const name of Object.keys(COMPARISONS) as (keyof typeof COMPARISONS)[]) {
    const sides = condition[name];
    if (sides !== undefined) return `${say(sides[0])} ${COMPARISONS[name]} ${say(sides[1])}`;
  }
  const { between, in: within, isNull, matches, not, all, any } = condition;
  if (between !== undefined) {
    return `${say(between.of)} is between ${say(between.from)} and ${say(between.to)}`;
  }
  if (within !== undefined) {
    const values = within.values.map((value) => JSON.stringify(value)).join(', ');
    return `${say(within.of)} is one of ${values}`;
  }
  if (isNull !== undefined) return `${say(isNull)} is empty`;
  if (matches !== undefined) return `${say(matches.of)} matches ${matches.pattern}`;
  if (not !== undefined) return `not (${below(not)})`;
  const [parts, word] = all === undefined ? [any ?? [], ' or '] : [all, ' and '];
  const several = parts.length > 1 ? (part: Condition) => `(${below(part)})` : below;
  return parts.map(several).join(word);
}
