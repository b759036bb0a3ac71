import pg from 'pg';
import { SlipwayError } from '../domain/errors.ts';

/**
 * An identifier as SQL: the one place where names enter SQL text.
 * @throws SlipwayError `mapping/invalid` for a name that PostgreSQL cannot hold
 */
export function quoteIdentifier(name: string): string {
  if (name === '' || name.includes('\0')) {
    throw new SlipwayError(
      'mapping/invalid',
      `${JSON.stringify(name)} cannot be a table or column name`,
    );
  }
  return pg.escapeIdentifier(name);
}

/** `schema.table` as SQL. */
export function quoteTable(schema: string, table: string): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`;
}

/** Names as a SQL list: `"a", "b"`, each after `alias` where one is given. */
export function quoteColumns(names: readonly string[], alias?: string): string {
  const prefix = alias === undefined ? '' : `${quoteIdentifier(alias)}.`;
  return names.map((name) => `${prefix}${quoteIdentifier(name)}`).join(', ');
}

/**
 * A text as a SQL literal. Values are parameters; this is for the statements that take none, such as COPY.
 * @throws SlipwayError `mapping/invalid` for a text with a zero byte, which PostgreSQL cannot hold
 */
export function quoteLiteral(text: string): string {
  if (text.includes('\0')) {
    throw new SlipwayError(
      'mapping/invalid',
      'a text with a zero byte cannot be sent to PostgreSQL',
    );
  }
  return pg.escapeLiteral(text);
}

/** The beginning of a text in at most so many bytes of UTF-8; cut between characters, never inside one. */
export function cutToBytes(text: string, limit: number): string {
  let bytes = 0;
  let cut = '';
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > limit) break;
    cut += character;
  }
  return cut;
}
