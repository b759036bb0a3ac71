import type { Condition, Expression } from './expression.ts';

/** The source columns that an expression reads, in the order of their appearance; repeated ones once. */
export function columnsUsed(expression: Expression): string[] {
  return [...new Set(ofExpression(expression))];
}

/** The source columns that a condition reads. */
export function columnsUsedIn(condition: Condition): string[] {
  return [...new Set(ofCondition(condition))];
}

function ofExpression(expression: Expression): string[] {
  if (typeof expression === 'string') return [expression];
  const { column, value: _constant, when, concat, coalesce, ...others } = expression;
  const operands = Object.values(others).map((argument) =>
    typeof argument === 'object' && 'of' in argument ? argument.of : argument,
  );
  const cases = when?.cases ?? [];
  return [
    ...(column === undefined ? [] : [column]),
    ...[...operands, ...(concat ?? []), ...(coalesce ?? [])].flatMap((operand) =>
      operand === undefined ? [] : ofExpression(operand),
    ),
    ...cases.flatMap((each) => [...ofCondition(each.if), ...ofExpression(each.then)]),
    ...(when?.otherwise === undefined ? [] : ofExpression(when.otherwise)),
  ];
}

function ofCondition(condition: Condition): string[] {
  const { equals, in: within, isNull, matches, not, all, any } = condition;
  const operands = [...(equals ?? []), within?.of, isNull, matches?.of];
  return [
    ...operands.flatMap((operand) => (operand === undefined ? [] : ofExpression(operand))),
    ...[not, ...(all ?? []), ...(any ?? [])].flatMap((part) =>
      part === undefined ? [] : ofCondition(part),
    ),
  ];
}
