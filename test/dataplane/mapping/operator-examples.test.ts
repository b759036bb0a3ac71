import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileExpression } from '../../../dataplane/mapping/compile-expression.ts';
import { BROKEN_RULE } from '../../../dataplane/mapping/operators.ts';
import { describeExpression } from '../../../domain/mapping/describe.ts';
import type { OperatorExample } from '../../../domain/mapping/shown/example.ts';
import { expressionSchema } from '../../../domain/mapping/expression-schema.ts';
import { EXAMPLE_LISTS, OPERATOR_EXAMPLES } from '../../../domain/mapping/operator-examples.ts';
import { freshDatabase } from '../../support/database.ts';

const ALL = OPERATOR_EXAMPLES.flatMap(({ examples }) => examples);

let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client({ connectionString: await freshDatabase('examples') });
  await client.connect();
  await client.query("set timezone to 'UTC'");
});
afterAll(async () => {
  await client.end();
});

/** The result as PostgreSQL writes it, or the rule that the row breaks; and what the expression foretold. */
async function run({ expression, row }: OperatorExample) {
  const cells = Object.entries(row).map(([name, cell]) => ({
    name,
    ...(typeof cell === 'object' && cell !== null ? cell : { value: cell, type: 'text' }),
  }));
  const { sql, fails, problems } = compileExpression(expression, {
    columns: new Map(cells.map(({ name, type }) => [name, type])),
    codeLists: EXAMPLE_LISTS,
    alias: 's',
    department: 'moj',
  });
  expect(problems).toEqual([]);
  const columns = cells.map(
    ({ name, type }, index) => `$${index + 1}::${type} as ${pg.escapeIdentifier(name)}`,
  );
  const from = columns.length === 0 ? '(select 1) s' : `(select ${columns.join(', ')}) s`;
  const values = cells.map(({ value }) => value);
  const ask = async (what: string): Promise<string | null> => {
    const { rows } = await client.query<{ v: string | null }>(
      `select (${what})::text as v from ${from}`,
      values,
    );
    return rows[0]?.v ?? null;
  };
  const foretold = (await ask(fails)) === 'true';
  try {
    return { foretold, result: await ask(sql) };
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code?.startsWith('22') !== true) throw error;
    const rule = new RegExp(BROKEN_RULE).exec(error.message)?.[1] ?? 'cast';
    return { foretold, rule: rule.includes(':') ? rule : `${rule}:FIELD` };
  }
}

describe('the examples of the documents are true', () => {
  it.each(
    ALL.map((example) => [example.operator, describeExpression(example.expression), example]),
  )('%s: %s', async (_, _words, example) => {
    expect(expressionSchema.safeParse(example.expression).success).toBe(true);
    const { operator: _operator, expression: _expression, row: _row, ...expected } = example;
    expect(await run(example)).toEqual({ foretold: 'rule' in expected, ...expected });
  });
});

it('every operator and every condition has an example', () => {
  const file = new URL('../../../domain/mapping/expression-schema.ts', import.meta.url);
  const members = [...readFileSync(file, 'utf8').matchAll(/^ {2}(\w+): /gm)].map(
    ([, name]) => name,
  );
  const shown = ALL.map(({ operator }) => operator);
  const marks = ['decimalMark', 'thousands', 'negative'];
  expect(new Set(shown)).toEqual(new Set(members.filter((name) => !marks.includes(name ?? ''))));
});
