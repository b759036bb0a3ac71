import type { Join } from '../../../domain/row-shape.ts';
import { type CompileContext, compileExpression } from '../compile-expression.ts';
import type { Rule } from '../operators.ts';
import { decimal, INTEGER, isNumber, type SqlType, typeInWords } from '../sql-type.ts';
import type { Making } from './row-shape.ts';

type Figure = NonNullable<Join['values']>[string];

/**
 * Figures over all rows of another table that fit. Over none of them a sum, a least and a greatest value are nothing, a count
 * is 0. One value that cannot be read makes the figure unreadable: a sum without it would be wrong.
 */
export function figuresOf(
  name: string,
  figures: Readonly<Record<string, Figure>>,
  theirs: CompileContext,
  making: Making,
  at: (...rest: (string | number)[]) => (string | number)[],
) {
  const types = new Map<string, SqlType>();
  const inner: string[] = [];
  const judged: string[] = [];
  const bad: string[] = [];
  const none: Record<string, string> = {};
  const values: { name: string; sql: string }[] = [];
  for (const [index, [short, figure]] of Object.entries(figures).entries()) {
    const column = `${name}.${short}`;
    if ('count' in figure) {
      types.set(column, INTEGER);
      none[column] = '0';
      values.push({ name: column, sql: 'count(*)' });
      continue;
    }
    const [[kind, expression] = ['sum', '']] = Object.entries(figure);
    const path = at('values', short, kind);
    const compiled = compileExpression(expression, { ...theirs, path });
    making.problems.push(...compiled.problems);
    const { type } = compiled;
    const fits = kind === 'sum' ? isNumber(type) : !['text', 'boolean'].includes(type.kind);
    if (!fits && type.kind !== 'null') {
      const expected = kind === 'sum' ? 'a number' : 'a number, a date or a time';
      making.problems.push({ path, message: `expected ${expected}, found ${typeInWords(type)}` });
    }
    // A sum of many whole numbers may be larger than any of them could be.
    const isSum = kind === 'sum';
    types.set(column, isSum ? decimal(type.kind === 'integer' ? 0 : type.scale) : type);
    const wanted = isSum ? '::numeric' : '';
    if (compiled.fails === 'false') inner.push(`(${compiled.sql})${wanted} as f${index}`);
    else {
      // Judged once for both: of millions of amounts this is what takes the time.
      judged.push(`(${compiled.fails}) is true as b${index}`);
      inner.push(`case when g.b${index} then null else ${compiled.sql} end${wanted} as f${index}`);
      inner.push(`g.b${index}`);
      bad.push(`bool_or(b${index})`);
    }
    values.push({ name: column, sql: `${kind}(f${index})` });
  }
  const rules: [string, Rule][] = [['unreadable', `unreadable:${name}`]];
  return { values, inner, judged, types, rules, bad: bad.join(' or ') || 'false', none };
}
