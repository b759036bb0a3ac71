import type { OperatorExpression } from '../../domain/mapping/expression.ts';
import { quoteLiteral } from '../quote.ts';
import { dateTextProblem } from './date-format.ts';
import { after, either } from './failing.ts';
import * as operators from './operators.ts';
import { type Compiler, onText, parenthesised, problem, strictly, textOf } from './scope.ts';
import { TEXT, typeInWords } from './sql-type.ts';
import { didYouMean } from './suggest.ts';

type Texts =
  | 'trim'
  | 'squeeze'
  | 'upper'
  | 'lower'
  | 'proper'
  | 'digits'
  | 'concat'
  | 'lookup'
  | 'split'
  | 'slice'
  | 'replace'
  | 'padLeft'
  | 'text';

/** Compilers of the operators that make a text. */
export const TEXT_COMPILERS: {
  readonly [Name in Texts]: Compiler<Exclude<OperatorExpression[Name], undefined>>;
} = {
  trim: (of, scope, path) => onText(of, scope, path, operators.trimSql),
  squeeze: (of, scope, path) => onText(of, scope, path, operators.squeezeSql),
  upper: (of, scope, path) => onText(of, scope, path, (sql) => `upper(${sql})`),
  lower: (of, scope, path) => onText(of, scope, path, (sql) => `lower(${sql})`),
  proper: (of, scope, path) => onText(of, scope, path, operators.properSql),
  digits: (of, scope, path) => onText(of, scope, path, operators.digitsSql),
  concat(operands, scope, path) {
    const parts = operands.map((part, index) => textOf(part, scope, [...path, index], true));
    const sql = `(${parts.map((part) => part.sql).join(' || ')})`;
    return { sql, type: TEXT, fails: either(parts) };
  },
  lookup({ of, list, otherwise }, scope, path) {
    const operand = textOf(of, scope, [...path, 'of'], true);
    const codes = Object.hasOwn(scope.codeLists, list) ? scope.codeLists[list] : undefined;
    if (codes === undefined) {
      const hint = didYouMean(list, Object.keys(scope.codeLists));
      return problem(scope, [...path, 'list'], `there is no code list "${list}"${hint}`);
    }
    if (otherwise === undefined) {
      return strictly(operand, TEXT, operators.lookupSql(operand.sql, list, codes.values));
    }
    const rest = textOf(otherwise, scope, [...path, 'otherwise']);
    const { sql, missing } = operators.lookupOrSql(operand.sql, codes.values, rest.sql);
    const restFails = rest.fails === 'false' ? rest.fails : `${missing} and (${rest.fails})`;
    return { sql, type: TEXT, fails: after(operand.fails, restFails) };
  },
  split: ({ of, by, part }, scope, path) =>
    onText(of, scope, [...path, 'of'], (sql) => operators.splitSql(sql, by, part)),
  slice: ({ of, from, length }, scope, path) =>
    onText(of, scope, [...path, 'of'], (sql) => operators.sliceSql(sql, from, length), true),
  replace: ({ of, find, by }, scope, path) =>
    onText(of, scope, [...path, 'of'], (sql) => operators.replaceSql(sql, find, by)),
  padLeft: ({ of, width, fill }, scope, path) =>
    onText(of, scope, [...path, 'of'], (sql) => operators.padLeftSql(sql, width, fill), true),
  text({ of, format }, scope, path) {
    const { sql, type, fails } = scope.compile(of, [...path, 'of']);
    const isTime = type.kind === 'date' || type.kind === 'timestamp';
    if (type.kind === 'timestamptz') {
      return problem(scope, path, 'expected a value without a zone: say which with inZone');
    }
    if (format !== undefined && !isTime && type.kind !== 'null') {
      return problem(scope, [...path, 'format'], `${typeInWords(type)} has no format`);
    }
    const wanted = format ?? (type.kind === 'date' ? 'YYYY-MM-DD' : 'YYYY-MM-DD HH24:MI:SS');
    const wrong = dateTextProblem(wanted);
    if (wrong !== undefined) return problem(scope, [...path, 'format'], wrong);
    const text = isTime
      ? `to_char(${sql}, ${quoteLiteral(wanted)})`
      : `${parenthesised(sql)}::text`;
    return { sql: text, type: TEXT, fails };
  },
};
