/** What one line of `SHOW GRANTS` gives. */
export interface Grant {
  /** In capitals: `SELECT`, `CREATE VIEW`. Names of roles are not among them. */
  readonly privileges: readonly string[];
  /** As the server writes it: `*.*`, `` `hr`.* ``, `` `hr`.`person` ``. */
  readonly on: string;
  /** May the account give the privileges to others? */
  readonly grantable: boolean;
}

/** What lets an account look, and nothing else. */
const HARMLESS = new Set([
  'USAGE',
  'SELECT',
  'SHOW VIEW',
  'SHOW DATABASES',
  'SHOW CREATE ROUTINE',
  'PROCESS',
  'REPLICATION CLIENT',
  'BINLOG MONITOR',
  'SLAVE MONITOR',
  'REPLICA MONITOR',
]);

/**
 * Reads a line of `SHOW GRANTS` of MariaDB or MySQL.
 * @returns the names of the roles it gives, or the privileges; undefined for a line that gives nothing (`SET DEFAULT ROLE`)
 */
export function readGrant(line: string): Grant | { readonly roles: readonly string[] } | undefined {
  if (!/^GRANT /i.test(line)) return undefined;
  const words = line.slice('GRANT '.length);
  const on = endOf(words, ' ON ');
  const to = endOf(words, ' TO ');
  if (on === undefined || (to !== undefined && to < on)) {
    const names = splitOutside(words.slice(0, to ?? words.length));
    return { roles: names.map((name) => name.trim()) };
  }
  const rest = words.slice(on + ' ON '.length);
  const privileges = splitOutside(words.slice(0, on)).map((each) =>
    // `SELECT (`id`)`: of some columns.
    each.replace(/\(.*$/s, '').trim().toUpperCase(),
  );
  return {
    privileges,
    on: rest.slice(0, endOf(rest, ' TO ') ?? rest.length).trim(),
    grantable: /WITH (.* )?GRANT OPTION/i.test(rest) || /WITH ADMIN OPTION/i.test(rest),
  };
}

/** What a grant lets an account do beside looking, in words; empty when nothing. */
export function harmOf({ privileges, on, grantable }: Grant): string[] {
  const harmful = privileges.filter((privilege) => !HARMLESS.has(privilege));
  const all =
    harmful.length === 0 ? [] : [`it has ${harmful.join(', ')} on ${on.replaceAll('`', '')}`];
  if (!grantable || privileges.every((privilege) => privilege === 'USAGE')) return all;
  return [...all, `it may grant its privileges on ${on.replaceAll('`', '')} to others`];
}

/** Splits at commas that are in no parentheses and no quotes. */
function splitOutside(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (const at of outside(text)) {
    if (text[at] !== ',') continue;
    parts.push(text.slice(from, at));
    from = at + 1;
  }
  return [...parts, text.slice(from)];
}

/** Where a word stands that is in no parentheses and no quotes. */
function endOf(text: string, word: string): number | undefined {
  for (const at of outside(text)) {
    if (text.slice(at, at + word.length).toUpperCase() === word) return at;
  }
  return undefined;
}

/** The places that are in no parentheses and no quotes. */
function* outside(text: string): Generator<number> {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '`' || character === "'" || character === '"') {
      const end = text.indexOf(character, at + 1);
      at = end < 0 ? text.length : end;
    } else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (depth === 0) yield at;
  }
}
