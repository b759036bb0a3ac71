import type { ValueRule } from '../../domain/matching/schema.ts';
import type { TargetTable } from '../target-table.ts';

/**
 * What the check constraints of a table demand of one of its columns: regular expressions and lists of values. Other checks say
 * nothing about a single value's form and are left out.
 * @returns undefined when nothing is demanded
 */
export function ruleOfColumn(table: TargetTable, column: string): ValueRule | undefined {
  const own = table.checks.filter(({ columns }) => columns.length === 1 && columns[0] === column);
  const patterns = own.flatMap(({ sql }) => patternsIn(sql, column));
  const lists = own.flatMap(({ sql }) => listIn(sql, column) ?? []);
  const [among] = lists;
  return patterns.length === 0 && among === undefined ? undefined : { patterns, among };
}

/** `(code ~ '^[A-Z]{2}$'::text)`: what PostgreSQL prints for a pattern. */
function patternsIn(sql: string, column: string): string[] {
  const found = sql.matchAll(/(\w+|"[^"]+") ~ '((?:[^']|'')*)'::text/g);
  return [...found].flatMap(([, name = '', pattern = '']) =>
    name.replaceAll('"', '') === column ? [pattern.replaceAll("''", "'")] : [],
  );
}

/** `(status = ANY (ARRAY['a'::text, 'b'::text]))`, or `(currency = 'GBP'::text)` where there is but one. */
function listIn(sql: string, column: string): string[][] | undefined {
  const plain = sql.replaceAll('"', '');
  const body = new RegExp(
    `\\b${column} = (?:ANY \\(ARRAY\\[(.*)\\]\\)|('(?:[^']|'')*'::text))`,
  ).exec(plain);
  const text = body?.[1] ?? body?.[2];
  if (text === undefined) return undefined;
  const values = [...text.matchAll(/'((?:[^']|'')*)'/g)].map(([, value = '']) =>
    value.replaceAll("''", "'"),
  );
  return [values];
}
