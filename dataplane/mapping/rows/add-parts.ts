import type { Expression } from '../../../domain/mapping/expression.ts';
import type { Part } from '../../../domain/row-shape.ts';
import { quoteIdentifier, quoteLiteral } from '../../quote.ts';
import { type CompiledExpression, compileExpression } from '../compile-expression.ts';
import { NEVER } from '../failing.ts';
import { commonType, type SqlType, TEXT, typeInWords, typeName } from '../sql-type.ts';
import { contextOf, type Making, type RowShape } from './row-shape.ts';

/** The column that says which part of its source row a row is. */
export const PART = 'part.name';

/** One row for each part of a source row: `part.name`, and `part.VALUE` for each value of the parts. */
export function addParts(shape: RowShape, parts: readonly Part[], making: Making): RowShape {
  const names = [...new Set(parts.flatMap(({ values }) => Object.keys(values)))];
  const cells = parts.map(({ values }, index) =>
    names.map((name) => cellOf(values[name], shape, making, index, name)),
  );
  const types = names.map((name, place) =>
    typeOf(
      name,
      cells.map((row) => row[place]).filter((cell) => cell !== undefined),
      making,
    ),
  );
  const rows = parts.map((part, index) => {
    const row = cells[index] ?? [];
    const values = types.map((type, place) => `(${row[place]?.sql ?? 'null'})::${typeName(type)}`);
    return `(${[`${quoteLiteral(part.name)}::text`, ...values].join(', ')})`;
  });
  const added: [string, SqlType][] = [
    [PART, TEXT],
    ...names.map((name, place): [string, SqlType] => [`part.${name}`, types[place] ?? TEXT]),
  ];
  const columns = added.map(([name]) => quoteIdentifier(name)).join(', ');
  return {
    sql: `(select s.*, p.* from ${shape.sql} s cross join lateral (values ${rows.join(', ')}) p (${columns}))`,
    columns: new Map([
      ...shape.columns,
      ...added.map(([name, type]) => [name, typeName(type)] as const),
    ]),
    derived: new Map([
      ...shape.derived,
      ...added.map(
        ([name, type]) =>
          [name, { sql: `s.${quoteIdentifier(name)}`, type, fails: NEVER }] as const,
      ),
    ]),
  };
}

function cellOf(
  expression: Expression | undefined,
  shape: RowShape,
  making: Making,
  index: number,
  name: string,
): CompiledExpression | undefined {
  if (expression === undefined) return undefined;
  const context = contextOf(shape, making, 'parts', index, 'values', name);
  const compiled = compileExpression(expression, context);
  making.problems.push(...compiled.problems);
  if (compiled.fails !== NEVER) {
    making.problems.push({
      path: context.path ?? [],
      message: 'this may fail: read it in the fields, where a row that fails can be told apart',
    });
  }
  return compiled;
}

function typeOf(name: string, cells: readonly CompiledExpression[], making: Making): SqlType {
  const type = commonType(cells.map((cell) => cell.type));
  if (type !== undefined) return type.kind === 'null' ? TEXT : type;
  const found = [...new Set(cells.map((cell) => typeInWords(cell.type)))].join(' and ');
  making.problems.push({
    path: [...making.path, 'parts'],
    message: `${name} must be of one type in all parts, found ${found}`,
  });
  return TEXT;
}
