import type {
  Expression,
  NumberMarks,
  OperatorExpression,
  Rounding,
} from '../../domain/mapping/expression.ts';
import { after, either } from './failing.ts';
import * as numbers from './number-sql.ts';
import type { Strict } from './operators.ts';
import {
  BROKEN,
  type Compiler,
  parenthesised,
  type Path,
  problem,
  safe,
  type Scope,
  strictly,
  type Typed,
} from './scope.ts';
import { decimal, INTEGER, isNumber, type SqlType, typeInWords } from './sql-type.ts';

type Numbers =
  | 'integer'
  | 'decimal'
  | 'money'
  | 'fromPence'
  | 'toPence'
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide'
  | 'percent'
  | 'round';

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
  const compiled = scope.compile(operand, path);
  const { sql, type } = compiled;
  if (type.kind === 'null') return BROKEN;
  if (type.kind === 'text') return strictly(compiled, by.type, by.fromText(parenthesised(sql)));
  if (isNumber(type)) {
    return strictly(compiled, by.type, by.fromNumber(parenthesised(sql), type));
  }
  return problem(scope, path, `expected a text or a number, found ${typeInWords(type)}`);
}

/** A number to calculate with, as numeric. Texts are not guessed at. */
function numericOf(operand: Expression, scope: Scope, path: Path): Typed {
  const compiled = scope.compile(operand, path);
  const { sql, type, fails } = compiled;
  if (isNumber(type)) return { sql: `${parenthesised(sql)}::numeric`, type, fails };
  if (type.kind === 'null') return { sql: '(null::numeric)', type: INTEGER, fails };
  const hint = type.kind === 'text' ? ': say what it is with money, decimal or integer' : '';
  return problem(scope, path, `expected a number, found ${typeInWords(type)}${hint}`);
}

const scaleOf = (type: SqlType): number | undefined => (type.kind === 'integer' ? 0 : type.scale);

/** The type of what has the digits of two scales. */
function ofScale(scale: number | undefined, parts: readonly Typed[]): SqlType {
  return parts.every(({ type }) => type.kind === 'integer') ? INTEGER : decimal(scale);
}

/** Whole numbers stay whole numbers, as far as they can. */
function outcome(sql: string, type: SqlType, fails: string): Typed {
  return type.kind === 'integer'
    ? strictly({ fails }, type, numbers.boundedSql(sql))
    : { sql, type, fails };
}

function summed(operands: readonly Expression[], sign: '+' | '-', scope: Scope, path: Path): Typed {
  const parts = operands.map((part, index) => numericOf(part, scope, [...path, index]));
  const scales = parts.map(({ type }) => scaleOf(type));
  const known = scales.filter((scale) => scale !== undefined);
  const scale = known.length === scales.length ? Math.max(...known) : undefined;
  const sql = `(${parts.map((part) => part.sql).join(` ${sign} `)})`;
  return outcome(sql, ofScale(scale, parts), either(parts));
}

/** `of` times `by`, and times `unit` where it is not 1. */
function product(
  [of, by]: readonly [Typed, Typed],
  { scale = 2, rounding }: { scale?: number | undefined; rounding?: Rounding | undefined },
  unit = '',
): Typed {
  const sql = `(${of.sql} * ${by.sql}${unit})`;
  const fails = either([of, by]);
  if (rounding !== undefined) {
    return { sql: `(${numbers.roundSql(sql, scale, rounding)})`, type: decimal(scale), fails };
  }
  const [one, other] = [scaleOf(of.type), scaleOf(by.type)];
  const digits = one === undefined || other === undefined ? undefined : one + other;
  return outcome(sql, ofScale(digits, [of, by]), fails);
}

/** Is the argument an expression, or an expression with marks? */
function marked(argument: Expression | ({ of: Expression } & NumberMarks)): {
  of: Expression;
  marks: NumberMarks | undefined;
  below: Path;
} {
  if (typeof argument === 'string' || !('of' in argument)) {
    return { of: argument, marks: undefined, below: [] };
  }
  const { of, ...marks } = argument;
  return { of, marks: hasMarks(marks) ? marks : undefined, below: ['of'] };
}

const hasMarks = (marks: NumberMarks): boolean =>
  Object.values(marks).some((mark) => mark !== undefined);

function marksProblem(scope: Scope, path: Path, marks: NumberMarks | undefined): void {
  const { decimalMark = '.', thousands } = marks ?? {};
  if (decimalMark === thousands) {
    problem(scope, path, `"${thousands}" is in both decimalMark and thousands`);
  }
}

/** Compilers of the operators that make a number. */
export const NUMBER_COMPILERS: {
  readonly [Name in Numbers]: Compiler<Exclude<OperatorExpression[Name], undefined>>;
} = {
  integer(argument, scope, path) {
    const { of, marks, below } = marked(argument);
    marksProblem(scope, path, marks);
    return numberOf(of, scope, [...path, ...below], {
      type: INTEGER,
      fromText: (text) =>
        marks === undefined ? numbers.integerSql(text) : numbers.markedSql(text, 'integer', marks),
      fromNumber: (number, type) =>
        type.kind === 'integer' ? safe(number) : numbers.wholeSql(number),
    });
  },
  decimal({ of, scale = 2, ...marks }, scope, path) {
    marksProblem(scope, path, marks);
    const rounded = (sql: string): Strict => safe(`round(${sql}, ${scale})`);
    return numberOf(of, scope, [...path, 'of'], {
      type: decimal(scale),
      fromText: (text) =>
        hasMarks(marks)
          ? numbers.inTurn(numbers.markedSql(text, 'decimal', marks), rounded)
          : numbers.decimalSql(text, scale),
      fromNumber: (number) => rounded(`${number}::numeric`),
    });
  },
  money(argument, scope, path) {
    const { of, marks, below } = marked(argument);
    marksProblem(scope, path, marks);
    return numberOf(of, scope, [...path, ...below], {
      type: decimal(2),
      fromText: (text) =>
        marks === undefined ? numbers.moneySql(text) : numbers.markedSql(text, 'money', marks),
      fromNumber: (number) => numbers.exactSql(`${number}::numeric`, 2),
    });
  },
  fromPence: (of, scope, path) =>
    numberOf(of, scope, path, {
      type: decimal(2),
      fromText: (sql) => numbers.fromPenceSql(numbers.integerSql(sql)),
      fromNumber: (number, type) =>
        numbers.fromPenceSql(type.kind === 'integer' ? safe(number) : numbers.wholeSql(number)),
    }),
  toPence(of, scope, path) {
    const operand = numericOf(of, scope, path);
    return strictly(operand, INTEGER, numbers.toPenceSql(operand.sql));
  },
  add: (operands, scope, path) => summed(operands, '+', scope, path),
  subtract: (operands, scope, path) => summed(operands, '-', scope, path),
  multiply({ of, by, ...rounded }, scope, path) {
    if (rounded.scale !== undefined && rounded.rounding === undefined) {
      return problem(scope, path, 'a scale needs its rounding');
    }
    const one = numericOf(of, scope, [...path, 'of']);
    return product([one, numericOf(by, scope, [...path, 'by'])], rounded);
  },
  divide({ of, by, scale = 2, rounding }, scope, path) {
    const one = numericOf(of, scope, [...path, 'of']);
    const other = numericOf(by, scope, [...path, 'by']);
    const { sql, fails } = numbers.divideSql(one.sql, other.sql, scale, rounding);
    return {
      sql: `(${sql})`,
      type: decimal(scale),
      fails: after(either([one, other]), fails),
    };
  },
  percent({ of, rate, ...rounded }, scope, path) {
    const one = numericOf(of, scope, [...path, 'of']);
    return product([one, numericOf(rate, scope, [...path, 'rate'])], rounded, ' * 0.01');
  },
  round({ of, scale = 2, rounding }, scope, path) {
    const { sql, fails } = numericOf(of, scope, [...path, 'of']);
    return { sql: `(${numbers.roundSql(sql, scale, rounding)})`, type: decimal(scale), fails };
  },
};
