import type { Manifest } from '../../domain/manifest.ts';
import type { Condition, Expression, OperatorExpression } from '../../domain/mapping/expression.ts';
import { quoteIdentifier, quoteLiteral } from '../quote.ts';
import { after, either, inCases, NEVER } from './failing.ts';
import type { Strict } from './operators.ts';
import * as operators from './operators.ts';
import {
  BOOLEAN,
  columnType,
  commonType,
  DATE,
  decimal,
  INTEGER,
  NULL,
  type SqlType,
  TEXT,
  typeInWords,
} from './sql-type.ts';
import { didYouMean } from './suggest.ts';

/** Where in the manifest a problem is, and what it is. */
export interface MappingProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export interface CompileContext {
  /** Columns of the source row with their types as PostgreSQL's `format_type` writes them. */
  readonly columns: ReadonlyMap<string, string>;
  readonly codeLists: Manifest['codeLists'];
  /** Alias of the source row in the query around it; none: columns stand alone. */
  readonly alias?: string;
  /** Where the expression is in the manifest. */
  readonly path?: readonly (string | number)[];
}

/** SQL of an expression, of `type`. With problems the SQL is of no use. */
export interface CompiledExpression {
  readonly sql: string;
  readonly type: SqlType;
  /** SQL that is true for rows the expression probably fails for, and never fails itself; `false` when it cannot. */
  readonly fails: string;
  readonly problems: readonly MappingProblem[];
}

/**
 * Compiles an expression to a single SQL expression that runs anywhere with SELECT only. Null goes through every
 * operator. A row for which an operator does not hold (a text that is no date, a value that a code list does not
 * have) raises a data error (SQLSTATE class 22); that of a code list has `slipway:unmapped:LIST` in its message.
 */
export function compileExpression(
  expression: Expression,
  context: CompileContext,
): CompiledExpression {
  const scope: Scope = { ...context, problems: [] };
  return { ...compile(expression, scope, context.path ?? []), problems: scope.problems };
}

/**
 * Compiles a condition to SQL that is true or false, never null: a comparison with null does not hold, and `not`
 * turns that around.
 */
export function compileCondition(
  condition: Condition,
  context: CompileContext,
): Omit<CompiledExpression, 'type'> {
  const scope: Scope = { ...context, problems: [] };
  return { ...holds(condition, scope, context.path ?? []), problems: scope.problems };
}

type Path = readonly (string | number)[];
type Scope = CompileContext & { readonly problems: MappingProblem[] };
type Typed = Omit<CompiledExpression, 'problems'>;

/** Stands for what could not be compiled: its type fits everywhere, so one mistake is one problem. */
const BROKEN: Typed = { sql: 'null', type: NULL, fails: NEVER };

function problem(scope: Scope, path: Path, message: string): Typed {
  scope.problems.push({ path, message });
  return BROKEN;
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

function columnSql(name: string, scope: Scope, path: Path): Typed {
  const declared = scope.columns.get(name);
  if (declared === undefined) {
    const hint = didYouMean(name, scope.columns.keys());
    return problem(scope, path, `there is no source column "${name}"${hint}`);
  }
  const { type, cast } = columnType(declared);
  const prefix = scope.alias === undefined ? '' : `${quoteIdentifier(scope.alias)}.`;
  const sql = `${prefix}${quoteIdentifier(name)}${declared === 'text' ? '' : cast}`;
  return { sql, type, fails: NEVER };
}

function constant(value: string | number | boolean | null, scope: Scope, path: Path): Typed {
  const of = (sql: string, type: SqlType): Typed => ({ sql, type, fails: NEVER });
  if (value === null) return of('null', NULL);
  if (typeof value === 'string') return of(`${quoteLiteral(value)}::text`, TEXT);
  if (typeof value === 'boolean') return of(String(value), BOOLEAN);
  if (Number.isSafeInteger(value)) return of(`(${value})::bigint`, INTEGER);
  const digits = /^-?\d+\.(\d+)$/.exec(String(value))?.[1];
  if (digits === undefined) {
    return problem(scope, path, `${value} cannot be kept exactly; write it as a text`);
  }
  return of(`(${value})::numeric`, decimal(digits.length));
}

/** The operand as text. Whole numbers are taken as their digits where `allowNumber` says so. */
function textOf(operand: Expression, scope: Scope, path: Path, allowNumber = false): Strict {
  const { sql, type, fails } = compile(operand, scope, path);
  if (type.kind === 'text') return { sql: parenthesised(sql), fails };
  if (type.kind === 'null') return { sql: '(null::text)', fails };
  if (type.kind === 'integer' && allowNumber) return { sql: `${parenthesised(sql)}::text`, fails };
  return problem(scope, path, `expected a text, found ${typeInWords(type)}`);
}

/** An operator on a text operand that cannot fail. */
function onText(
  operand: Expression,
  scope: Scope,
  path: Path,
  sqlOf: (text: string) => string,
  allowNumber = false,
): Typed {
  const { sql, fails } = textOf(operand, scope, path, allowNumber);
  return { sql: sqlOf(sql), type: TEXT, fails };
}

/** A strict operator on a compiled operand. */
function strictly(operand: Strict, type: SqlType, outcome: Strict): Typed {
  return { sql: `(${outcome.sql})`, type, fails: after(operand.fails, outcome.fails) };
}

/** A text goes through `fromText`, a number through `fromNumber`; anything else is a problem. */
function numberOf(
  operand: Expression,
  scope: Scope,
  path: Path,
  by: {
    type: SqlType;
    fromText(text: string): Strict;
    fromNumber(number: string, type: SqlType): Strict;
  },
): Typed {
  const compiled = compile(operand, scope, path);
  const { sql, type } = compiled;
  if (type.kind === 'null') return BROKEN;
  if (type.kind === 'text') return strictly(compiled, by.type, by.fromText(parenthesised(sql)));
  if (type.kind === 'integer' || type.kind === 'decimal') {
    return strictly(compiled, by.type, by.fromNumber(parenthesised(sql), type));
  }
  return problem(scope, path, `expected a text or a number, found ${typeInWords(type)}`);
}

/** Several expressions of one common type. */
function sameType(parts: readonly Typed[], scope: Scope, path: Path): SqlType {
  const type = commonType(parts.map((part) => part.type));
  if (type !== undefined) return type;
  const found = [...new Set(parts.map((part) => typeInWords(part.type)))].join(' and ');
  problem(scope, path, `expected values of one type, found ${found}`);
  return NULL;
}

function parenthesised(sql: string): string {
  return /^[\w."]+$/.test(sql) ? sql : `(${sql})`;
}

type Operator = keyof OperatorExpression;
type Argument<Name extends Operator> = Exclude<OperatorExpression[Name], undefined>;
type Compilers = {
  readonly [Name in Operator]: (argument: Argument<Name>, scope: Scope, path: Path) => Typed;
};

const safe = (sql: string): Strict => ({ sql, fails: NEVER });

const COMPILERS: Compilers = {
  column: columnSql,
  value: constant,
  trim: (of, scope, path) => onText(of, scope, path, operators.trimSql),
  upper: (of, scope, path) => onText(of, scope, path, (sql) => `upper(${sql})`),
  lower: (of, scope, path) => onText(of, scope, path, (sql) => `lower(${sql})`),
  digits: (of, scope, path) => onText(of, scope, path, operators.digitsSql),
  concat(operands, scope, path) {
    const parts = operands.map((part, index) => textOf(part, scope, [...path, index], true));
    const sql = `(${parts.map((part) => part.sql).join(' || ')})`;
    return { sql, type: TEXT, fails: either(parts) };
  },
  coalesce(operands, scope, path) {
    const parts = operands.map((part, index) => compile(part, scope, [...path, index]));
    const sql = `coalesce(${parts.map((part) => part.sql).join(', ')})`;
    return { sql, type: sameType(parts, scope, path), fails: either(parts) };
  },
  nullIf({ of, values }, scope, path) {
    const { sql, type, fails } = compile(of, scope, [...path, 'of']);
    const listed = operators.texts(values.map((each) => each.trim()));
    const compared = `btrim(${parenthesised(sql)}::text)`;
    return { sql: `(case when ${compared} in (${listed}) then null else ${sql} end)`, type, fails };
  },
  lookup({ of, list }, scope, path) {
    const operand = textOf(of, scope, [...path, 'of'], true);
    const codes = Object.hasOwn(scope.codeLists, list) ? scope.codeLists[list] : undefined;
    if (codes === undefined) {
      const hint = didYouMean(list, Object.keys(scope.codeLists));
      return problem(scope, [...path, 'list'], `there is no code list "${list}"${hint}`);
    }
    return strictly(operand, TEXT, operators.lookupSql(operand.sql, list, codes.values));
  },
  date({ of, format }, scope, path) {
    const operand = textOf(of, scope, [...path, 'of']);
    const wrong = operators.dateFormatProblem(format);
    if (wrong !== undefined) return problem(scope, [...path, 'format'], wrong);
    return strictly(operand, DATE, operators.dateSql(operand.sql, format));
  },
  integer: (of, scope, path) =>
    numberOf(of, scope, path, {
      type: INTEGER,
      fromText: operators.integerSql,
      fromNumber: (number, type) =>
        type.kind === 'integer' ? safe(number) : operators.wholeSql(number),
    }),
  decimal: ({ of, scale = 2 }, scope, path) =>
    numberOf(of, scope, [...path, 'of'], {
      type: decimal(scale),
      fromText: (sql) => operators.decimalSql(sql, scale),
      fromNumber: (number) => safe(`round(${number}::numeric, ${scale})`),
    }),
  money: (of, scope, path) =>
    numberOf(of, scope, path, {
      type: decimal(2),
      fromText: operators.moneySql,
      fromNumber: (number) => operators.exactSql(`${number}::numeric`, 2),
    }),
  fromPence: (of, scope, path) =>
    numberOf(of, scope, path, {
      type: decimal(2),
      fromText: (sql) => operators.fromPenceSql(operators.integerSql(sql)),
      fromNumber: (number, type) =>
        operators.fromPenceSql(type.kind === 'integer' ? safe(number) : operators.wholeSql(number)),
    }),
  boolean({ of, yes, no }, scope, path) {
    const operand = textOf(of, scope, [...path, 'of'], true);
    const both = yes.find((each) => no.includes(each));
    if (both !== undefined) return problem(scope, path, `"${both}" is in both yes and no`);
    return strictly(operand, BOOLEAN, operators.booleanSql(operand.sql, yes, no));
  },
  split: ({ of, by, part }, scope, path) =>
    onText(of, scope, [...path, 'of'], (sql) => operators.splitSql(sql, by, part)),
  replace: ({ of, find, by }, scope, path) =>
    onText(of, scope, [...path, 'of'], (sql) => operators.replaceSql(sql, find, by)),
  padLeft: ({ of, width, fill }, scope, path) =>
    onText(of, scope, [...path, 'of'], (sql) => operators.padLeftSql(sql, width, fill), true),
  when({ cases, otherwise }, scope, path) {
    const branches = cases.map((each, index) => ({
      condition: holds(each.if, scope, [...path, 'cases', index, 'if']),
      result: compile(each.then, scope, [...path, 'cases', index, 'then']),
    }));
    const last =
      otherwise === undefined ? BROKEN : compile(otherwise, scope, [...path, 'otherwise']);
    const type = sameType([...branches.map((branch) => branch.result), last], scope, path);
    const sql = branches.map(({ condition, result }) => `when ${condition.sql} then ${result.sql}`);
    return {
      sql: `(case ${sql.join(' ')} else ${last.sql} end)`,
      type,
      fails: inCases(branches, last.fails),
    };
  },
};

function holds(condition: Condition, scope: Scope, path: Path): Strict {
  const { equals, in: within, isNull, matches, not, all, any } = condition;
  if (equals !== undefined) {
    const sides = equals.map((each, index) => compile(each, scope, [...path, 'equals', index]));
    if (equals.some((each) => typeof each === 'object' && each.value === null)) {
      problem(scope, [...path, 'equals'], 'nothing equals null; use isNull');
    }
    sameType(sides, scope, [...path, 'equals']);
    const sql = `((${sides.map((side) => parenthesised(side.sql)).join(' = ')}) is true)`;
    return { sql, fails: either(sides) };
  }
  if (within !== undefined) {
    const { sql, fails } = textOf(within.of, scope, [...path, 'in', 'of'], true);
    return { sql: `((${sql} in (${operators.texts(within.values.map(String))})) is true)`, fails };
  }
  if (isNull !== undefined) {
    const { sql, fails } = compile(isNull, scope, [...path, 'isNull']);
    return { sql: `(${parenthesised(sql)} is null)`, fails };
  }
  if (matches !== undefined) {
    const { sql, fails } = textOf(matches.of, scope, [...path, 'matches', 'of']);
    return { sql: `((${sql} ~ ${quoteLiteral(matches.pattern)}) is true)`, fails };
  }
  if (not !== undefined) {
    const { sql, fails } = holds(not, scope, [...path, 'not']);
    return { sql: `(not ${sql})`, fails };
  }
  const [name, parts] = all === undefined ? (['any', any ?? []] as const) : (['all', all] as const);
  const compiled = parts.map((part, index) => holds(part, scope, [...path, name, index]));
  const sql = compiled.map((part) => part.sql).join(name === 'all' ? ' and ' : ' or ');
  return { sql: `(${sql})`, fails: either(compiled) };
}
