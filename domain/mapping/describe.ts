import { describeCondition as conditionInWords } from './describe-condition.ts';
import type { Condition, Expression, NumberMarks, OperatorExpression } from './expression.ts';

type Words = {
  readonly [Name in keyof OperatorExpression]-?: (
    argument: Exclude<OperatorExpression[Name], undefined>,
  ) => string;
};

/** What an expression says, in words that a data owner reads: `start_date as a date (DD/MM/YYYY)`. */
export function describeExpression(expression: Expression): string {
  if (typeof expression === 'string') return expression;
  for (const [name, argument] of Object.entries(expression)) {
    if (argument === undefined) continue;
    // Each describer takes its own operator's argument.
    const words = WORDS[name as keyof Words] as ((argument: unknown) => string) | undefined;
    if (words !== undefined) return words(argument);
  }
  return 'nothing';
}

/** What a condition says, in words: `status equals "L" and grade is empty`. */
export function describeCondition(condition: Condition): string {
  return conditionInWords(condition, describeExpression);
}

const say = describeExpression;
const quoted = (text: string): string => JSON.stringify(text);
const list = (texts: readonly string[]): string => texts.map(quoted).join(', ');

/** What is made of other expressions, in brackets where it would run into its surroundings. */
function within(expression: Expression): string {
  const words = say(expression);
  return /^[\w.-]+$|^".*"$|^\(.*\)$/.test(words) ? words : `(${words})`;
}

function marksInWords({ decimalMark, thousands, negative }: NumberMarks): string {
  const forms = { leading: '-1', trailing: '1-', brackets: '(1)' };
  const parts = [
    ...(decimalMark === undefined ? [] : [`decimal mark ${quoted(decimalMark)}`]),
    ...(thousands === undefined ? [] : [`thousands by ${quoted(thousands)}`]),
    ...(negative === undefined
      ? []
      : [`negative as ${negative.map((form) => forms[form]).join(' or ')}`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function marked(argument: Expression | ({ of: Expression } & NumberMarks)): [string, string] {
  return typeof argument === 'object' && 'of' in argument
    ? [within(argument.of), marksInWords(argument)]
    : [within(argument), ''];
}

function rounded({
  scale = 2,
  rounding,
}: {
  scale?: number | undefined;
  rounding?: string | undefined;
}): string {
  return rounding === undefined ? '' : `, rounded ${rounding} to ${scale} digits`;
}

function shifted(amount: number | undefined, unit: string): string[] {
  if (amount === undefined || amount === 0) return [];
  return [
    `${Math.abs(amount)} ${unit}${Math.abs(amount) === 1 ? '' : 's'} ${amount < 0 ? 'earlier' : 'later'}`,
  ];
}

const century = (pivot: number | undefined): string =>
  pivot === undefined ? '' : `, years from ${String(pivot).padStart(2, '0')} on are 19..`;

const WORDS: Words = {
  column: (name) => name,
  value: (value) => {
    if (value === null) return 'nothing';
    return typeof value === 'string' ? quoted(value) : `the constant ${value}`;
  },
  trim: (of) => `${within(of)} without blanks around it`,
  squeeze: (of) => `${within(of)} with single spaces`,
  upper: (of) => `${within(of)} in capitals`,
  lower: (of) => `${within(of)} in small letters`,
  proper: (of) => `${within(of)} with initial capitals`,
  digits: (of) => `the digits of ${within(of)}`,
  concat: (parts) => parts.map(within).join(' followed by '),
  coalesce: (parts) => parts.map(within).join(', or if that is empty '),
  nullIf: ({ of, values }) => `${within(of)}, where ${list(values)} count as empty`,
  lookup: ({ of, list: name, otherwise }) =>
    `the code of list ${name} for ${within(of)}${otherwise === undefined ? '' : `, otherwise ${within(otherwise)}`}`,
  split: ({ of, by, part }) => `part ${part} of ${within(of)} cut at ${quoted(by)}`,
  slice: ({ of, from, length }) =>
    `${length === undefined ? 'everything' : `${length} characters`} of ${within(of)} from place ${from}`,
  replace: ({ of, find, by }) => `${within(of)} with ${quoted(by)} for ${quoted(find)}`,
  padLeft: ({ of, width, fill }) => `${within(of)} filled to ${width} with ${quoted(fill)}`,
  text: ({ of, format }) => `${within(of)} as a text${format === undefined ? '' : ` (${format})`}`,
  integer: (argument) => `${marked(argument)[0]} as a whole number${marked(argument)[1]}`,
  decimal: ({ of, scale = 2, ...marks }) =>
    `${within(of)} as a number of ${scale} digits after the point${marksInWords(marks)}`,
  money: (argument) => `${marked(argument)[0]} as pounds${marked(argument)[1]}`,
  fromPence: (of) => `${within(of)} pence as pounds`,
  toPence: (of) => `${within(of)} pounds as pence`,
  add: (parts) => parts.map(within).join(' plus '),
  subtract: (parts) => parts.map(within).join(' minus '),
  multiply: ({ of, by, ...how }) => `${within(of)} times ${within(by)}${rounded(how)}`,
  divide: ({ of, by, ...how }) => `${within(of)} divided by ${within(by)}${rounded(how)}`,
  percent: ({ of, rate, ...how }) => `${within(rate)} per cent of ${within(of)}${rounded(how)}`,
  round: ({ of, ...how }) => `${within(of)}${rounded(how)}`,
  date: ({ of, format, pivot }) => `${within(of)} as a date (${format}${century(pivot)})`,
  timestamp: ({ of, format, pivot, zone, repeated }) => {
    const where = zone === undefined ? '' : `, on clocks in ${zone}`;
    const which = repeated === undefined ? '' : `, the ${repeated} of repeated hours`;
    return `${within(of)} as a time${format === undefined ? '' : ` (${format}${century(pivot)})`}${where}${which}`;
  },
  inZone: ({ of, zone }) => `${within(of)} on clocks in ${zone}`,
  day: (of) => `the day of ${within(of)}`,
  shift: ({ of, years, months, days }) => {
    const by = [...shifted(years, 'year'), ...shifted(months, 'month'), ...shifted(days, 'day')];
    return by.length === 0 ? within(of) : `${within(of)}, ${by.join(' and ')}`;
  },
  monthEnd: (of) => `the last day of the month of ${within(of)}`,
  boolean: ({ of, yes, no }) => `whether ${within(of)} is ${list(yes)} and not ${list(no)}`,
  surrogate: ({ of, space, as = 'number' }) =>
    `the ${space} key (${as}) of ${of.map(within).join(' and ')}`,
  when: ({ cases, otherwise }) => {
    const said = cases.map((each) => `if ${describeCondition(each.if)}: ${say(each.then)}`);
    return [...said, `otherwise ${otherwise === undefined ? 'nothing' : say(otherwise)}`].join(
      '; ',
    );
  },
};
