import { quoteLiteral } from '../quote.ts';

/*
 * The SQL of the operators that have to be stricter than PostgreSQL is: a value that is not exactly what it claims to
 * be must fail its row and never become something else. They are plain expressions, because nothing can be created on
 * the source. Each takes SQL that yields a text (or, where said, a number) and passes null through.
 *
 * A failing row fails by a cast of a text that is no number. The text names the rule, never the value: it ends up in
 * the log of the source. It has to depend on the value and on a function that is not immutable (`to_char` of a number):
 * what is constant is computed, and fails, when the query is planned.
 *
 * Beside its SQL each says for which values it `fails`, by SQL that does not fail itself: so the few bad rows of a chunk
 * are found in one query instead of one by one. It is exact, because sums over many rows and comparisons of two mappings
 * leave failing rows out by it; should it miss one all the same, a chunk fails once more and is looked at row by row.
 */
export interface Strict {
  readonly sql: string;
  readonly fails: string;
}

/** The conversion of a text, where it is not one that `fails`. */
export function unless(fails: string, text: string, conversion: string): Strict {
  return { sql: `case when not (${fails}) then ${conversion} else ${refuse(text)} end`, fails };
}

/** The rule that a failing row breaks. `unmapped` and the like go on with a name; the others are of the field. */
export type Rule =
  | 'cast'
  | 'overflow'
  | 'division-by-zero'
  | `unmapped:${string}`
  | `not-found:${string}`
  | `ambiguous:${string}`
  | `unreadable:${string}`
  | 'overlap:history'
  | 'reversed:history'
  | 'gap:history';

/** Before the name of the code list in the message of a row whose value it does not have. */
export const UNMAPPED = 'slipway:unmapped:';

/** In the message of a failing row: the rule, with its name where it has one of its own. POSIX. */
export const BROKEN_RULE = 'slipway:([a-z-]+(?::[a-z0-9-]+)?)';

function fail(rule: Rule, text: string): string {
  return `(${quoteLiteral(`slipway:${rule}`)} || left(to_char(length(${text}), '9'), 0))::integer`;
}

/** An integer expression that fails the row for any value of `value` but null. */
export function refuse(value: string, rule: Rule = 'cast'): string {
  return fail(rule, `${value}::text`);
}

/** As `lookupSql`, with what a value becomes that the list does not have. */
export function lookupOrSql(
  text: string,
  values: Readonly<Record<string, string>>,
  otherwise: string,
): { sql: string; missing: string } {
  const codes = `${quoteLiteral(JSON.stringify(values))}::jsonb`;
  const missing = `not (${codes} ? ${text})`;
  return { sql: `(case when ${missing} then ${otherwise} else ${codes} ->> ${text} end)`, missing };
}

/** What PostgreSQL calls a blank is only the space; exports also hold tabs, line ends and no-break spaces. */
const BLANKS = "E' \\t\\n\\r\\f\\u00a0'";

export function trimSql(text: string): string {
  return `nullif(btrim(${text}, ${BLANKS}), '')`;
}

export function squeezeSql(text: string): string {
  return trimSql(`regexp_replace(${text}, '[[:space:]\u00a0]+', ' ', 'g')`);
}

/** PostgreSQL takes the s after an apostrophe for a word of its own. */
export function properSql(text: string): string {
  return `regexp_replace(initcap(${text}), '([''\u2019])S\\M', '\\1s', 'g')`;
}

/** `substr` gives an empty text where the text ends before. */
export function sliceSql(text: string, from: number, length: number | undefined): string {
  return `nullif(substr(${text}, ${from}${length === undefined ? '' : `, ${length}`}), '')`;
}

/**
 * The target code of a code list. A jsonb constant is searched by halves, so that a list of thousands costs no more
 * per row than a short one, and needs no join.
 */
export function lookupSql(
  text: string,
  list: string,
  values: Readonly<Record<string, string>>,
): Strict {
  const codes = `${quoteLiteral(JSON.stringify(values))}::jsonb`;
  return {
    sql: `coalesce(${codes} ->> ${text}, ${fail(`unmapped:${list}`, text)}::text)`,
    fails: `not (${codes} ? ${text})`,
  };
}

export function booleanSql(text: string, yes: readonly string[], no: readonly string[]): Strict {
  const sql = `case when ${text} in (${texts(yes)}) then true when ${text} in (${texts(no)}) then false else ${refuse(text)}::boolean end`;
  return { sql, fails: `${text} not in (${texts([...yes, ...no])})` };
}

export function digitsSql(text: string): string {
  return `nullif(regexp_replace(${text}, '[^0-9]', '', 'g'), '')`;
}

export function replaceSql(text: string, find: string, by: string): string {
  return `replace(${text}, ${quoteLiteral(find)}, ${quoteLiteral(by)})`;
}

/** `split_part` gives an empty text where there is no such part. */
export function splitSql(text: string, by: string, part: number): string {
  return `(string_to_array(${text}, ${quoteLiteral(by)}))[${part}]`;
}

/** `lpad` cuts what is longer. */
export function padLeftSql(text: string, width: number, fill: string): string {
  return `lpad(${text}, greatest(${width}, length(${text})), ${quoteLiteral(fill)})`;
}

/** Texts as a SQL list. */
export function texts(values: readonly string[]): string {
  return values.map((value) => quoteLiteral(value)).join(', ');
}
