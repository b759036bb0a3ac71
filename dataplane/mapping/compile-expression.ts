import type {
  Condition,
  Expression,
  Operator,
  OperatorExpression,
} from '../../domain/mapping/expression.ts';
import { compileCondition as holds } from './compile-condition.ts';
import { DATE_COMPILERS } from './compile-dates.ts';
import { NUMBER_COMPILERS } from './compile-numbers.ts';
import { TEXT_COMPILERS } from './compile-texts.ts';
import { either, inCases } from './failing.ts';
import * as operators from './operators.ts';
import {
  BROKEN,
  columnSql,
  type CompileContext,
  type Compiler,
  constant,
  type MappingProblem,
  parenthesised,
  type Path,
  problem,
  sameType,
  type Scope,
  strictly,
  textOf,
  type Typed,
} from './scope.ts';
import { BOOLEAN, INTEGER, type SqlType, TEXT, typeInWords } from './sql-type.ts';
import { surrogateSql } from './surrogate.ts';

export type { CompileContext, MappingProblem } from './scope.ts';

/** SQL of an expression, of `type`. With problems the SQL is of no use. */
export interface CompiledExpression {
  readonly sql: string;
  readonly type: SqlType;
  /** SQL that is true for rows the expression fails for, and never fails itself; `false` when it cannot. */
  readonly fails: string;
  readonly problems: readonly MappingProblem[];
}

/**
 * Compiles an expression to a single SQL expression that runs anywhere with SELECT only. Null goes through every
 * operator. A row for which an operator does not hold (a text that is no date, a value that a code list does not
 * have) raises a data error (SQLSTATE class 22) with the rule it breaks in its message (`BROKEN_RULE`).
 */
export function compileExpression(
  expression: Expression,
  context: CompileContext,
): CompiledExpression {
  const scope = scopeOf(context);
  return { ...scope.compile(expression, context.path ?? []), problems: scope.problems };
}

/**
 * Compiles a condition to SQL that is true or false, never null: a comparison with null does not hold, and `not`
 * turns that around.
 */
export function compileCondition(
  condition: Condition,
  context: CompileContext,
): Omit<CompiledExpression, 'type'> {
  const scope = scopeOf(context);
  return { ...scope.holds(condition, context.path ?? []), problems: scope.problems };
}

function scopeOf(context: CompileContext): Scope {
  const scope: Scope = {
    ...context,
    problems: [],
    compile: (expression, path) => compile(expression, scope, path),
    holds: (condition, path) => holds(condition, scope, path),
  };
  return scope;
}

function compile(expression: Expression, scope: Scope, path: Path): Typed {
  if (typeof expression === 'string') return columnSql(expression, scope, path);
  for (const name of Object.keys(COMPILERS) as Operator[]) {
    if (expression[name] !== undefined)
      return apply(name, expression[name], scope, [...path, name]);
  }
  return problem(scope, path, 'expected an operator');
}

function apply<Name extends Operator>(
  name: Name,
  argument: OperatorExpression[Name],
  scope: Scope,
  path: Path,
): Typed {
  const compiler: Compilers[Name] = COMPILERS[name];
  return compiler(argument as Argument<Name>, scope, path);
}

type Argument<Name extends Operator> = Exclude<OperatorExpression[Name], undefined>;
type Compilers = { readonly [Name in Operator]: Compiler<Argument<Name>> };

const COMPILERS: Compilers = {
  column: columnSql,
  value: constant,
  ...TEXT_COMPILERS,
  ...NUMBER_COMPILERS,
  ...DATE_COMPILERS,
  coalesce(operands, scope, path) {
    const parts = operands.map((part, index) => scope.compile(part, [...path, index]));
    const sql = `coalesce(${parts.map((part) => part.sql).join(', ')})`;
    return { sql, type: sameType(parts, scope, path), fails: either(parts) };
  },
  nullIf({ of, values }, scope, path) {
    const { sql, type, fails } = scope.compile(of, [...path, 'of']);
    const listed = operators.texts(values.map((each) => each.trim()));
    const compared = `btrim(${parenthesised(sql)}::text)`;
    return { sql: `(case when ${compared} in (${listed}) then null else ${sql} end)`, type, fails };
  },
  boolean({ of, yes, no }, scope, path) {
    const operand = textOf(of, scope, [...path, 'of'], true);
    const both = yes.find((each) => no.includes(each));
    if (both !== undefined) return problem(scope, path, `"${both}" is in both yes and no`);
    return strictly(operand, BOOLEAN, operators.booleanSql(operand.sql, yes, no));
  },
  surrogate({ of, space, as = 'number' }, scope, path) {
    const parts = of.map((part, index) => identifying(part, scope, [...path, 'of', index]));
    const names = [scope.department ?? '', space];
    const sql = surrogateSql(
      names,
      parts.map((part) => part.sql),
      as,
    );
    return { sql, type: as === 'uuid' ? TEXT : { ...INTEGER, isKey: true }, fails: either(parts) };
  },
  when({ cases, otherwise }, scope, path) {
    const branches = cases.map((each, index) => ({
      condition: scope.holds(each.if, [...path, 'cases', index, 'if']),
      result: scope.compile(each.then, [...path, 'cases', index, 'then']),
    }));
    const last =
      otherwise === undefined ? BROKEN : scope.compile(otherwise, [...path, 'otherwise']);
    const type = sameType([...branches.map((branch) => branch.result), last], scope, path);
    const sql = branches.map(({ condition, result }) => `when ${condition.sql} then ${result.sql}`);
    return {
      sql: `(case ${sql.join(' ')} else ${last.sql} end)`,
      type,
      fails: inCases(branches, last.fails),
    };
  },
};

/** A part of a key as a text that is the same wherever the value is: 1.0 and 1.00 are written differently. */
function identifying(part: Expression, scope: Scope, path: Path): Typed {
  const { sql, type, fails } = scope.compile(part, path);
  if (!['text', 'integer', 'date', 'null'].includes(type.kind)) {
    return problem(
      scope,
      path,
      `expected a text, a whole number or a date, found ${typeInWords(type)}`,
    );
  }
  const text =
    type.kind === 'date' ? `to_char(${sql}, 'YYYY-MM-DD')` : `${parenthesised(sql)}::text`;
  return { sql: text, type: TEXT, fails };
}
