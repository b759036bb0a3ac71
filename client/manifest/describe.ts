import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

const TYPES: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a mapping of keys to values',
  record: 'a mapping of keys to values',
  null: 'nothing',
};

const FORMATS: Record<string, string> = {
  date: 'a date such as 2026-03-31',
  datetime: 'a time with its offset such as 2026-03-31T18:00:00+01:00',
  email: 'an e-mail address',
};

/** The longest text that is shown of what was found. */
const SHOWN = 40;

/** What was found, for people. `written` is the text of a number, boolean or null as it stands in the file. */
export function describeFound(value: unknown, written?: string): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'nothing';
  if (typeof value === 'string') {
    const short = value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value;
    return `the text ${JSON.stringify(short)}`;
  }
  if (typeof value === 'number') return `the number ${written ?? String(value)}`;
  if (typeof value === 'boolean') return written ?? String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an empty mapping';
  return `a mapping with ${keys.slice(0, 5).join(', ')}${keys.length > 5 ? ' …' : ''}`;
}

/** What was expected, for people; undefined where the issue's own message has to do. */
export function describeExpected(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return oneOf(issue.values.map(String));
    case 'invalid_format':
      return FORMATS[issue.format] ?? patternOf(issue.message, issue.pattern);
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${amount(issue.minimum, issue.origin)}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${amount(issue.maximum, issue.origin)}`;
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_key':
      return issue.issues
        .map((inner) => describeExpected(inner))
        .find((each) => each !== undefined);
    case 'invalid_union':
      return 'options' in issue ? oneOf(optionsOf(issue.options)) : undefined;
    case 'unrecognized_keys':
    case 'invalid_element':
    case 'custom':
      return undefined;
  }
}

/** The words that choose a branch; one that is chosen when nothing is written has none. */
export function optionsOf(options: readonly unknown[] | undefined): string[] {
  return (options ?? []).filter((option) => option !== undefined).map(String);
}

/** `a`, or `one of a, b, c`. */
export function oneOf(words: readonly string[]): string {
  return words.length === 1 ? (words[0] ?? '') : `one of ${words.join(', ')}`;
}

/** A rule that is given in words is shown in words. */
function patternOf(message: string, pattern: string | undefined): string {
  if (!message.startsWith('Invalid')) return message;
  return pattern === undefined ? 'another text' : `a text that matches ${pattern}`;
}

const UNITS: Record<string, string> = {
  string: 'character',
  array: 'entry',
  set: 'entry',
};

function amount(limit: number | bigint, origin: string): string {
  const unit = UNITS[origin];
  if (unit === undefined) return String(limit);
  const many = unit === 'entry' ? 'entries' : `${unit}s`;
  return `${limit} ${Number(limit) === 1 ? unit : many}`;
}
