import type { Manifest } from '../../domain/manifest.ts';
import type { Condition, Expression, OperatorExpression } from '../../domain/mapping/expression.ts';
import { quoteIdentifier, quoteLiteral } from '../quote.ts';
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
  const { sql, type } = compile(expression, scope, context.path ?? []);
  return { sql, type, problems: scope.problems };
}

/**
 * Compiles a condition to SQL that is true or false, never null: a comparison with null does not hold, and `not`
 * turns that around.
 */
export function compileCondition(
  condition: Condition,
  context: CompileContext,
): { readonly sql: string; readonly problems: readonly MappingProblem[] } {
  const scope: Scope = { ...context, problems: [] };
  return { sql: holds(condition, scope, context.path ?? []), problems: scope.problems };
}

type Path = readonly (string | number)[];
type Scope = CompileContext & { readonly problems: MappingProblem[] };
type Typed = Pick<CompiledExpression, 'sql' | 'type'>;

/** Stands for what could not be compiled: its type fits everywhere, so one mistake is one problem. */
const BROKEN: Typed = { sql: 'null', type: NULL };

function problem(scope: Scope, path: Path, message: string): Typed {
  scope.problems.push({ path, message });
  return BROKEN;
}

function compile(expression: Expression, scope: Scope, path: Path): Typed {
  if (typeof expression === 'string') return columnSql(expression, scope, path);
  for (const name of Object.keys(COMPILERS) as Operator[]) {
    if (expression[name] !== undefined) return compileOperator(name, expression, scope, path);
  }
  return problem(scope, path, 'expected an operator');
}

function compileOperator<Name extends Operator>(
  name: Name,
  expression: OperatorExpression,
  scope: Scope,
  path: Path,
): Typed {
  const compiler: Compilers[Name] = COMPILERS[name];
  return compiler(expression[name] as Argument<Name>, scope, [...path, name]);
}

function columnSql(name: string, scope: Scope, path: Path): Typed {
  const declared = scope.columns.get(name);
  if (declared === undefined) {
    const hint = didYouMean(name, scope.columns.keys());
    return problem(scope, path, `there is no source column "${name}"${hint}`);
  }
  const { type, cast } = columnType(declared);
  const prefix = scope.alias === undefined ? '' : `${quoteIdentifier(scope.alias)}.`;
  return { sql: `${prefix}${quoteIdentifier(name)}${declared === 'text' ? '' : cast}`, type };
}

function constant(value: string | number | boolean | null, scope: Scope, path: Path): Typed {
  if (value === null) return { sql: 'null', type: NULL };
  if (typeof value === 'string') return { sql: `${quoteLiteral(value)}::text`, type: TEXT };
  if (typeof value === 'boolean') return { sql: String(value), type: BOOLEAN };
  if (Number.isSafeInteger(value)) return { sql: `(${value})::bigint`, type: INTEGER };
  const digits = /^-?\d+\.(\d+)$/.exec(String(value))?.[1];
  if (digits === undefined) {
    return problem(scope, path, `${value} cannot be kept exactly; write it as a text`);
  }
  return { sql: `(${value})::numeric`, type: decimal(digits.length) };
}

/** The operand as text. Whole numbers are taken as their digits where `allowNumber` says so. */
function textOf(operand: Expression, scope: Scope, path: Path, allowNumber = false): string {
  const { sql, type } = compile(operand, scope, path);
  if (type.kind === 'text') return sql;
  if (type.kind === 'null') return '(null::text)';
  if (type.kind === 'integer' && allowNumber) return `${parenthesised(sql)}::text`;
  problem(scope, path, `expected a text, found ${typeInWords(type)}`);
  return BROKEN.sql;
}

/** A text goes through `fromText`, a number through `fromNumber`; anything else is a problem. */
function numberOf(
  operand: Expression,
  scope: Scope,
  path: Path,
  by: {
    type: SqlType;
    fromText(text: string): string;
    fromNumber(number: string, type: SqlType): string;
  },
): Typed {
  const { sql, type } = compile(operand, scope, path);
  if (type.kind === 'null') return BROKEN;
  if (type.kind === 'text') return { sql: parenthesised(by.fromText(sql)), type: by.type };
  if (type.kind === 'integer' || type.kind === 'decimal') {
    return { sql: parenthesised(by.fromNumber(parenthesised(sql), type)), type: by.type };
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

const text = (sql: string): Typed => ({ sql, type: TEXT });

const COMPILERS: Compilers = {
  column: columnSql,
  value: constant,
  trim: (of, scope, path) => text(operators.trimSql(textOf(of, scope, path))),
  upper: (of, scope, path) => text(`upper(${textOf(of, scope, path)})`),
  lower: (of, scope, path) => text(`lower(${textOf(of, scope, path)})`),
  digits: (of, scope, path) =>
    text(`nullif(regexp_replace(${textOf(of, scope, path)}, '[^0-9]', '', 'g'), '')`),
  concat: (parts, scope, path) =>
    text(
      `(${parts.map((part, index) => parenthesised(textOf(part, scope, [...path, index], true))).join(' || ')})`,
    ),
  coalesce(parts, scope, path) {
    const compiled = parts.map((part, index) => compile(part, scope, [...path, index]));
    const type = sameType(compiled, scope, path);
    return { sql: `coalesce(${compiled.map((part) => part.sql).join(', ')})`, type };
  },
  nullIf({ of, values }, scope, path) {
    const { sql, type } = compile(of, scope, [...path, 'of']);
    const listed = operators.texts(values.map((each) => each.trim()));
    const compared = `btrim(${parenthesised(sql)}::text)`;
    return { sql: `(case when ${compared} in (${listed}) then null else ${sql} end)`, type };
  },
  lookup({ of, list }, scope, path) {
    const value = textOf(of, scope, [...path, 'of'], true);
    const codes = Object.hasOwn(scope.codeLists, list) ? scope.codeLists[list] : undefined;
    if (codes === undefined) {
      const hint = didYouMean(list, Object.keys(scope.codeLists));
      return problem(scope, [...path, 'list'], `there is no code list "${list}"${hint}`);
    }
    return text(operators.lookupSql(parenthesised(value), list, codes.values));
  },
  date({ of, format }, scope, path) {
    const value = textOf(of, scope, [...path, 'of']);
    const wrong = operators.dateFormatProblem(format);
    if (wrong !== undefined) return problem(scope, [...path, 'format'], wrong);
    return { sql: `(${operators.dateSql(value, format)})`, type: DATE };
  },
  integer: (of, scope, path) =>
    numberOf(of, scope, path, {
      type: INTEGER,
      fromText: operators.integerSql,
      fromNumber: (number, type) => (type.kind === 'integer' ? number : operators.wholeSql(number)),
    }),
  decimal: ({ of, scale = 2 }, scope, path) =>
    numberOf(of, scope, [...path, 'of'], {
      type: decimal(scale),
      fromText: (value) => operators.decimalSql(value, scale),
      fromNumber: (number) => `round(${number}::numeric, ${scale})`,
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
      fromText: (value) => operators.fromPenceSql(operators.integerSql(value)),
      fromNumber: (number, type) =>
        operators.fromPenceSql(type.kind === 'integer' ? number : operators.wholeSql(number)),
    }),
  boolean({ of, yes, no }, scope, path) {
    const value = textOf(of, scope, [...path, 'of'], true);
    const both = yes.find((each) => no.includes(each));
    if (both !== undefined) return problem(scope, path, `"${both}" is in both yes and no`);
    return { sql: `(${operators.booleanSql(value, yes, no)})`, type: BOOLEAN };
  },
  split: ({ of, by, part }, scope, path) =>
    text(operators.splitSql(textOf(of, scope, [...path, 'of']), by, part)),
  replace: ({ of, find, by }, scope, path) =>
    text(
      `replace(${textOf(of, scope, [...path, 'of'])}, ${quoteLiteral(find)}, ${quoteLiteral(by)})`,
    ),
  padLeft: ({ of, width, fill }, scope, path) =>
    text(operators.padLeftSql(textOf(of, scope, [...path, 'of'], true), width, fill)),
  when({ cases, otherwise }, scope, path) {
    const branches = cases.map((each, index) => ({
      condition: holds(each.if, scope, [...path, 'cases', index, 'if']),
      result: compile(each.then, scope, [...path, 'cases', index, 'then']),
    }));
    const last =
      otherwise === undefined ? BROKEN : compile(otherwise, scope, [...path, 'otherwise']);
    const type = sameType([...branches.map((branch) => branch.result), last], scope, path);
    const sql = branches.map((each) => `when ${each.condition} then ${each.result.sql}`).join(' ');
    return { sql: `(case ${sql} else ${last.sql} end)`, type };
  },
};

function holds(condition: Condition, scope: Scope, path: Path): string {
  const { equals, in: within, isNull, matches, not, all, any } = condition;
  if (equals !== undefined) {
    const sides = equals.map((each, index) => compile(each, scope, [...path, 'equals', index]));
    if (equals.some((each) => typeof each === 'object' && each.value === null)) {
      problem(scope, [...path, 'equals'], 'nothing equals null; use isNull');
    }
    sameType(sides, scope, [...path, 'equals']);
    return `((${sides.map((side) => parenthesised(side.sql)).join(' = ')}) is true)`;
  }
  if (within !== undefined) {
    const value = textOf(within.of, scope, [...path, 'in', 'of'], true);
    return `((${value} in (${operators.texts(within.values.map(String))})) is true)`;
  }
  if (isNull !== undefined) {
    return `(${parenthesised(compile(isNull, scope, [...path, 'isNull']).sql)} is null)`;
  }
  if (matches !== undefined) {
    const value = textOf(matches.of, scope, [...path, 'matches', 'of']);
    return `((${value} ~ ${quoteLiteral(matches.pattern)}) is true)`;
  }
  if (not !== undefined) return `(not ${holds(not, scope, [...path, 'not'])})`;
  const [name, parts] = all === undefined ? (['any', any ?? []] as const) : (['all', all] as const);
  const joined = parts.map((part, index) => holds(part, scope, [...path, name, index]));
  return `(${joined.join(name === 'all' ? ' and ' : ' or ')})`;
}
