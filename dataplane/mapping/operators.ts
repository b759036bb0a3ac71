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
 * are found in one query instead of one by one. It is a hint. A row it names in vain is only looked at for nothing; when
 * it misses one, the chunk fails once more and is looked at row by row.
 */
export interface Strict {
  readonly sql: string;
  readonly fails: string;
}

/** The conversion of a text, where it is not one that `fails`. */
function unless(fails: string, text: string, conversion: string): Strict {
  return { sql: `case when not (${fails}) then ${conversion} else ${refuse(text)} end`, fails };
}

/** What the message of a failing lookup holds; the code list's name follows. */
export const UNMAPPED = 'slipway:unmapped:';
const NOT_CONVERTIBLE = 'slipway:cast';

function fail(marker: string, text: string): string {
  return `(${quoteLiteral(marker)} || left(to_char(length(${text}), '9'), 0))::integer`;
}

/** An integer expression that fails the row for any value of `value` but null. */
export function refuse(value: string): string {
  return fail(NOT_CONVERTIBLE, `${value}::text`);
}

/** What PostgreSQL calls a blank is only the space; exports also hold tabs, line ends and no-break spaces. */
const BLANKS = "E' \\t\\n\\r\\f\\u00a0'";

export function trimSql(text: string): string {
  return `nullif(btrim(${text}, ${BLANKS}), '')`;
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
    sql: `coalesce(${codes} ->> ${text}, ${fail(`${UNMAPPED}${list}`, text)}::text)`,
    fails: `not (${codes} ? ${text})`,
  };
}

/** The field patterns a date format may have. Each needs one of year, month and day; anything else separates. */
const DATE_FIELDS: readonly (readonly [RegExp, string])[] = [
  [/YYYY|YY/g, 'a year (YYYY)'],
  [/MM|Month|Mon/gi, 'a month (MM, Mon or Month)'],
  [/DD/g, 'a day (DD)'],
];

/** What is wrong with a date format, or undefined. Formats with times or day numbers are not dates. */
export function dateFormatProblem(format: string): string | undefined {
  let rest = format.replaceAll('FM', '');
  for (const [pattern, name] of DATE_FIELDS) {
    if ((rest.match(pattern) ?? []).length !== 1) return `expected ${name} once in the date format`;
    rest = rest.replace(pattern, '');
  }
  return /[A-Za-z0-9]/.test(rest)
    ? `${JSON.stringify(rest.trim())} cannot be part of a date format`
    : undefined;
}

/**
 * `to_date` alone takes 1/2/20 and text after the date, and old servers take 31/02/2020 for 2 March: only a date that
 * gives the same text again is the date that was written.
 */
export function dateSql(text: string, format: string): Strict {
  // PostgreSQL pads the names of months to nine characters unless told not to.
  const exact = quoteLiteral(format.replace(/(?<!FM)Month/i, (name) => `FM${name}`));
  const parsed = `to_date(${text}, ${exact})`;
  const again = `to_char(${parsed}, ${exact})`;
  // Only names of months have capitals to forgive, and lower() costs as much as all the rest.
  const same = /Mon/i.test(format) ? `lower(${again}) = lower(${text})` : `${again} = ${text}`;
  const otherwise = `date '2000-01-01' + ${refuse(text)}`;
  return {
    sql: `case when ${same} then ${parsed} else ${otherwise} end`,
    fails: isNoDate(text, format),
  };
}

/** Only with digits in fixed places can a day that does not exist be told from others; else the shape has to do. */
function isNoDate(text: string, format: string): string {
  if (!/^(YYYY|MM|DD|[^A-Za-z])*$/.test(format)) {
    const shape = format.replaceAll(/FM|YYYY|YY|MM|DD|Month|Mon|[^A-Za-z]/gi, (part) => {
      if (/^FM$/i.test(part)) return '';
      if (/^mon/i.test(part)) return '[A-Za-z]+';
      return part === 'YYYY' ? '[0-9]{4}' : /[A-Z]/.test(part) ? '[0-9]{1,2}' : `[${part}]`;
    });
    return `${text} !~ ${quoteLiteral(`^${shape}$`)}`;
  }
  const shape = quoteLiteral(format.replaceAll(/[YMD]/g, '9'));
  const number = (field: string): string =>
    `substr(${text}, ${format.indexOf(field) + 1}, ${field.length})::integer`;
  const [year, month, day] = [number('YYYY'), number('MM'), number('DD')];
  const last = `extract(day from make_date(${year}, ${month}, 1) + interval '1 month - 1 day')`;
  return `case when translate(${text}, '012345678', '999999999') <> ${shape} then true when ${year} = 0 or ${month} not between 1 and 12 then true else ${day} not between 1 and ${last} end`;
}

/** PostgreSQL also takes blanks around it, 0x1F and 1_000. */
export function integerSql(text: string): Strict {
  const fails = `translate(${text}, '0123456789', '') not in ('', '-', '+') or ${text} in ('', '-', '+')`;
  return unless(fails, text, `${text}::bigint`);
}

/** The whole number that a number is; a fraction fails the row. `number` is numeric. */
export function wholeSql(number: string): Strict {
  return unless(`${number} <> trunc(${number})`, number, `${number}::bigint`);
}

/** PostgreSQL also takes NaN, Infinity, 1e5 and 1_000. */
export function decimalSql(text: string, scale: number): Strict {
  const fails = `translate(${text}, '0123456789', '') not in ('', '.', '-', '-.', '+', '+.') or translate(${text}, '+-.', '') = ''`;
  return unless(fails, text, `round(${text}::numeric, ${scale})`);
}

const POUNDS = '^(-?£?|£-)([0-9]{1,3}(,[0-9]{3})+|[0-9]+)([.][0-9]{1,2}0*)?$';

export function moneySql(text: string): Strict {
  return unless(`${text} !~ '${POUNDS}'`, text, `round(translate(${text}, '£,', '')::numeric, 2)`);
}

/** The number with `scale` digits after the point; more digits fail the row. `number` is numeric. */
export function exactSql(number: string, scale: number): Strict {
  // NaN equals its own rounding.
  const fails = `${number} <> round(${number}, ${scale}) or ${number} = 'NaN'`;
  return unless(fails, number, `round(${number}, ${scale})`);
}

/** @param whole a whole number of pence */
export function fromPenceSql(whole: Strict): Strict {
  return { sql: `round((${whole.sql})::numeric / 100, 2)`, fails: whole.fails };
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
