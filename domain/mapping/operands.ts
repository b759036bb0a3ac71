import type { Condition, Expression } from './expression.ts';

/** Members of an operator's argument that are expressions themselves; `of` where nothing is said. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  multiply: ['of', 'by'],
  divide: ['of', 'by'],
  percent: ['of', 'rate'],
  lookup: ['of', 'otherwise'],
};

/** The expressions that an expression is directly made of, in the order in which they are written. */
export function operandsOf(expression: Expression): Expression[] {
  if (typeof expression === 'string') return [];
  const { column: _name, value: _constant, when, ...others } = expression;
  const operands = Object.entries(others).flatMap(([name, argument]) =>
    argument === undefined ? [] : fromArgument(name, argument),
  );
  if (when === undefined) return operands;
  const otherwise = when.otherwise === undefined ? [] : [when.otherwise];
  return [...operands, ...when.cases.map(({ then }) => then), ...otherwise];
}

function fromArgument(name: string, argument: unknown): Expression[] {
  if (typeof argument === 'string') return [argument];
  if (Array.isArray(argument)) return argument as Expression[];
  if (typeof argument !== 'object' || argument === null) return [];
  if (!('of' in argument)) return [argument];
  const members = argument as Readonly<Record<string, Expression | Expression[] | undefined>>;
  return (MEMBERS[name] ?? ['of']).flatMap((member) => members[member] ?? []);
}

/** The conditions that an expression is directly made of. */
export function conditionsOf(expression: Expression): Condition[] {
  if (typeof expression === 'string') return [];
  return (expression.when?.cases ?? []).map((each) => each.if);
}

/** The expressions that a condition is directly made of. */
export function comparedIn(condition: Condition): Expression[] {
  const { equals, less, atMost, greater, atLeast, between, in: within } = condition;
  const pairs = [equals, less, atMost, greater, atLeast].flatMap((pair) => pair ?? []);
  const single = [between?.of, between?.from, between?.to, within?.of];
  return [...pairs, ...single, condition.isNull, condition.matches?.of].filter(
    (operand) => operand !== undefined,
  );
}

/** The conditions that a condition is directly made of. */
export function partsOf({ not, all, any }: Condition): Condition[] {
  return [...(not === undefined ? [] : [not]), ...(all ?? []), ...(any ?? [])];
}
