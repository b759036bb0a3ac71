import type { Condition, Expression, Operator } from '../expression.ts';

/** A source row: column to value, and its type where it is no text. */
export type ExampleRow = Readonly<
  Record<string, string | null | { readonly value: string; readonly type: string }>
>;

/** An operator at work: over `row` it yields `result` as PostgreSQL writes it, or breaks `rule`. */
export type OperatorExample = {
  readonly operator: Operator | keyof Condition;
  readonly expression: Expression;
  readonly row: ExampleRow;
} & ({ readonly result: string | null } | { readonly rule: string });

/** Examples of one operator: each its expression, row and outcome. A rule is written `{ rule }`. */
export function examplesOf(
  operator: OperatorExample['operator'],
  ...examples: readonly (readonly [Expression, ExampleRow, string | null | { rule: string }])[]
): OperatorExample[] {
  return examples.map(([expression, row, outcome]) =>
    typeof outcome === 'object' && outcome !== null
      ? { operator, expression, row, rule: outcome.rule }
      : { operator, expression, row, result: outcome },
  );
}

/** The rule of a row whose value is not what the mapping says it is; FIELD is the target column. */
export const CAST = { rule: 'cast:FIELD' } as const;
