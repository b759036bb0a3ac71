import type { Condition, Expression } from './expression.ts';
import { comparedIn, operandsOf, partsOf } from './operands.ts';

/** A place of a mapping where a code list is asked. */
export interface LookupUse {
  readonly list: string;
  /** What is looked up. */
  readonly of: Expression;
  /** Conditions that must all hold before it is come to. */
  readonly when: readonly Condition[];
  /** The mapping says what becomes of a value that the list does not have. */
  readonly hasOtherwise: boolean;
}

/** Every lookup of an expression, with the conditions under which it is come to. */
export function lookupsIn(expression: Expression, when: readonly Condition[] = []): LookupUse[] {
  if (typeof expression === 'string') return [];
  const { lookup, coalesce } = expression;
  if (expression.when !== undefined) return inCases(expression.when, when);
  if (coalesce !== undefined) {
    // What stands later is only come to when all before it is empty.
    return coalesce.flatMap((part, index) =>
      lookupsIn(part, [...when, ...coalesce.slice(0, index).map((isNull) => ({ isNull }))]),
    );
  }
  const own = lookup === undefined ? [] : [useOf(lookup, when)];
  return [...own, ...operandsOf(expression).flatMap((part) => lookupsIn(part, when))];
}

/** Every lookup of a condition. */
export function lookupsInCondition(
  condition: Condition,
  when: readonly Condition[] = [],
): LookupUse[] {
  return [
    ...comparedIn(condition).flatMap((part) => lookupsIn(part, when)),
    ...partsOf(condition).flatMap((part) => lookupsInCondition(part, when)),
  ];
}

function useOf(
  { list, of, otherwise }: { list: string; of: Expression; otherwise?: Expression | undefined },
  when: readonly Condition[],
): LookupUse {
  return { list, of, when, hasOtherwise: otherwise !== undefined };
}

function inCases(
  {
    cases,
    otherwise,
  }: { cases: readonly { if: Condition; then: Expression }[]; otherwise?: Expression | undefined },
  when: readonly Condition[],
): LookupUse[] {
  const before: Condition[] = [];
  const uses: LookupUse[] = [];
  for (const each of cases) {
    uses.push(...lookupsInCondition(each.if, [...when, ...before]));
    uses.push(...lookupsIn(each.then, [...when, ...before, each.if]));
    before.push({ not: each.if });
  }
  return otherwise === undefined ? uses : [...uses, ...lookupsIn(otherwise, [...when, ...before])];
}
