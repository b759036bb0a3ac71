import type { Manifest } from '../../domain/manifest.ts';
import type { Condition, Expression } from '../../domain/mapping/expression.ts';
import { quoteIdentifier, quoteLiteral } from '../quote.ts';
import { after, NEVER } from './failing.ts';
import type { Strict } from './operators.ts';
import {
  BOOLEAN,
  columnType,
  commonType,
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

/** A column that the dataset adds to its source row; reading it may fail the row. */
export interface DerivedColumn extends Strict {
  readonly type: SqlType;
}

export interface CompileContext {
  /** Columns of the source row with their types as PostgreSQL's `format_type` writes them. */
  readonly columns: ReadonlyMap<string, string>;
  /** Columns that joins, parts and history add, by name; their SQL has the alias in it. */
  readonly derived?: ReadonlyMap<string, DerivedColumn>;
  readonly codeLists: Manifest['codeLists'];
  /** Alias of the source row in the query around it; none: columns stand alone. */
  readonly alias?: string;
  /** Where the expression is in the manifest. */
  readonly path?: readonly (string | number)[];
  /** Whose keys surrogate keys are. */
  readonly department?: string;
}

export type Path = readonly (string | number)[];

/** SQL of an expression, of `type`. */
export interface Typed extends Strict {
  readonly type: SqlType;
}

/** What the compilers of single operators work with. */
export interface Scope extends CompileContext {
  readonly problems: MappingProblem[];
  compile(expression: Expression, path: Path): Typed;
  holds(condition: Condition, path: Path): Strict;
}

/** Compiles the argument of one operator. */
export type Compiler<Argument> = (argument: Argument, scope: Scope, path: Path) => Typed;

/** Stands for what could not be compiled: its type fits everywhere, so one mistake is one problem. */
export const BROKEN: Typed = { sql: 'null', type: NULL, fails: NEVER };

/** What cannot fail. */
export const safe = (sql: string): Strict => ({ sql, fails: NEVER });

export function problem(scope: Scope, path: Path, message: string): Typed {
  scope.problems.push({ path, message });
  return BROKEN;
}

export function columnSql(name: string, scope: Scope, path: Path): Typed {
  const derived = scope.derived?.get(name);
  if (derived !== undefined) return derived;
  const declared = scope.columns.get(name);
  if (declared === undefined) {
    const hint = didYouMean(name, [...scope.columns.keys(), ...(scope.derived?.keys() ?? [])]);
    return problem(scope, path, `there is no source column "${name}"${hint}`);
  }
  const { type, cast } = columnType(declared);
  const prefix = scope.alias === undefined ? '' : `${quoteIdentifier(scope.alias)}.`;
  const sql = `${prefix}${quoteIdentifier(name)}${declared === 'text' ? '' : cast}`;
  return { sql, type, fails: NEVER };
}

export function constant(value: string | number | boolean | null, scope: Scope, path: Path): Typed {
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
export function textOf(operand: Expression, scope: Scope, path: Path, allowNumber = false): Strict {
  const { sql, type, fails } = scope.compile(operand, path);
  if (type.kind === 'text') return { sql: parenthesised(sql), fails };
  if (type.kind === 'null') return { sql: '(null::text)', fails };
  if (type.kind === 'integer' && allowNumber) return { sql: `${parenthesised(sql)}::text`, fails };
  return problem(scope, path, `expected a text, found ${typeInWords(type)}`);
}

/** An operator on a text operand that cannot fail. */
export function onText(
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
export function strictly(operand: Pick<Strict, 'fails'>, type: SqlType, outcome: Strict): Typed {
  return { sql: `(${outcome.sql})`, type, fails: after(operand.fails, outcome.fails) };
}

/** Several expressions of one common type. */
export function sameType(parts: readonly Typed[], scope: Scope, path: Path): SqlType {
  const type = commonType(parts.map((part) => part.type));
  if (type !== undefined) return type;
  const found = [...new Set(parts.map((part) => typeInWords(part.type)))].join(' and ');
  problem(scope, path, `expected values of one type, found ${found}`);
  return NULL;
}

export function parenthesised(sql: string): string {
  return /^[\w."]+$/.test(sql) ? sql : `(${sql})`;
}
