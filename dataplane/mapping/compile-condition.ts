import type { Condition, Expression } from '../../domain/mapping/expression.ts';
import { quoteLiteral } from '../quote.ts';
import { either } from './failing.ts';
import { texts, type Strict } from './operators.ts';
import { parenthesised, type Path, problem, sameType, type Scope, textOf } from './scope.ts';
import { type SqlType, typeInWords } from './sql-type.ts';

const ORDER = { less: '<', atMost: '<=', greater: '>', atLeast: '>=' } as const;

/** SQL of a condition: true or false, never null. */
export function compileCondition(condition: Condition, scope: Scope, path: Path): Strict {
  const { equals, between, in: within, isNull, matches, not, all, any } = condition;
  if (equals !== undefined) {
    if (equals.some((each) => typeof each === 'object' && each.value === null)) {
      problem(scope, [...path, 'equals'], 'nothing equals null; use isNull');
    }
    return compared(equals, '=', scope, [...path, 'equals']);
  }
  for (const name of Object.keys(ORDER) as (keyof typeof ORDER)[]) {
    const sides = condition[name];
    if (sides !== undefined) return compared(sides, ORDER[name], scope, [...path, name]);
  }
  if (between !== undefined) {
    const { of, from, to } = between;
    const place = [...path, 'between'];
    const [value, low, high] = [
      scope.compile(of, [...place, 'of']),
      scope.compile(from, [...place, 'from']),
      scope.compile(to, [...place, 'to']),
    ];
    ordered(sameType([value, low, high], scope, place), scope, place);
    const bounds = `between ${parenthesised(low.sql)} and ${parenthesised(high.sql)}`;
    return {
      sql: `((${parenthesised(value.sql)} ${bounds}) is true)`,
      fails: either([value, low, high]),
    };
  }
  if (within !== undefined) {
    const { sql, fails } = textOf(within.of, scope, [...path, 'in', 'of'], true);
    return { sql: `((${sql} in (${texts(within.values.map(String))})) is true)`, fails };
  }
  if (isNull !== undefined) {
    const { sql, fails } = scope.compile(isNull, [...path, 'isNull']);
    return { sql: `(${parenthesised(sql)} is null)`, fails };
  }
  if (matches !== undefined) {
    const { sql, fails } = textOf(matches.of, scope, [...path, 'matches', 'of']);
    return { sql: `((${sql} ~ ${quoteLiteral(matches.pattern)}) is true)`, fails };
  }
  if (not !== undefined) {
    const { sql, fails } = scope.holds(not, [...path, 'not']);
    return { sql: `(not ${sql})`, fails };
  }
  const [name, parts] = all === undefined ? (['any', any ?? []] as const) : (['all', all] as const);
  const compiled = parts.map((part, index) => scope.holds(part, [...path, name, index]));
  const sql = compiled.map((part) => part.sql).join(name === 'all' ? ' and ' : ' or ');
  return { sql: `(${sql})`, fails: either(compiled) };
}

function compared(
  sides: readonly [Expression, Expression],
  operator: '=' | (typeof ORDER)[keyof typeof ORDER],
  scope: Scope,
  path: Path,
): Strict {
  const compiled = sides.map((each, index) => scope.compile(each, [...path, index]));
  const type = sameType(compiled, scope, path);
  if (operator !== '=') ordered(type, scope, path);
  const sql = `((${compiled.map((side) => parenthesised(side.sql)).join(` ${operator} `)}) is true)`;
  return { sql, fails: either(compiled) };
}

/** The order of texts depends on the database they are in: on the two sides it might not be the same. */
function ordered(type: SqlType, scope: Scope, path: Path): void {
  if (type.kind === 'text' || type.kind === 'boolean') {
    problem(scope, path, `expected numbers, dates or times, found ${typeInWords(type)}`);
  }
}
