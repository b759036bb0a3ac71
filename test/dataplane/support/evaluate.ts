import pg from 'pg';
import { compileExpression } from '../../../dataplane/mapping/compile-expression.ts';
import type { Expression } from '../../../domain/mapping/expression.ts';

/** What came of an expression over one row; `foretold` is whether it said beforehand that it fails. */
export type Outcome = { readonly foretold: boolean } & (
  | { readonly value: string | null }
  | { readonly error: { readonly code: string; readonly message: string } }
);

export const CODE_LISTS = {
  grades: { values: { A: 'SCS1', "O'B": 'G7', 'é "x"': 'G6' } },
  many: { values: Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`k${i}`, `v${i}`])) },
};

/**
 * Evaluates an expression over one row with text columns; the value is as PostgreSQL writes it.
 * @throws when it has problems
 */
export async function evaluate(
  client: pg.Client,
  expression: Expression,
  row: Readonly<Record<string, string | null>> = {},
  codeLists: Readonly<Record<string, { values: Record<string, string> }>> = CODE_LISTS,
): Promise<Outcome> {
  const columns = new Map(Object.keys(row).map((name) => [name, 'text']));
  const context = { columns, codeLists, alias: 's' };
  const { sql, fails, problems } = compileExpression(expression, context);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const fields = Object.keys(row).map(
    (name, i) => `$${i + 1}::text as ${pg.escapeIdentifier(name)}`,
  );
  const from = fields.length === 0 ? '(select 1) s' : `(select ${fields.join(', ')}) s`;
  const one = async (wanted: string): Promise<string | null> => {
    const { rows } = await client.query<{ v: string | null }>(
      `select (${wanted})::text as v from ${from}`,
      Object.values(row),
    );
    return rows[0]?.v ?? null;
  };
  const foretold = (await one(fails)) === 'true';
  try {
    return { foretold, value: await one(sql) };
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    return { foretold, error: { code: error.code ?? '', message: error.message } };
  }
}
