import type { Condition, Expression } from './expression.ts';
import { comparedIn, conditionsOf, operandsOf, partsOf } from './operands.ts';

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
  return [
    ...(expression.column === undefined ? [] : [expression.column]),
    ...conditionsOf(expression).flatMap(ofCondition),
    ...operandsOf(expression).flatMap(ofExpression),
  ];
}

function ofCondition(condition: Condition): string[] {
  return [
    ...comparedIn(condition).flatMap(ofExpression),
    ...partsOf(condition).flatMap(ofCondition),
  ];
}
