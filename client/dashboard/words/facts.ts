import { count, dateTime, number, percent, pounds, shortHash, spaced } from './format.ts';
import { inOrder } from './member-order.ts';

/** A named value as text, ready to be shown. */
export interface Fact {
  readonly name: string;
  readonly text: string;
}

/** Members whose numbers are fractions, by the kind of step; `*` for all. */
const FRACTIONS: Readonly<Record<string, readonly string[]>> = {
  '*': ['coverage', 'rate', 'rejectRate', 'rejectRateBefore'],
  'mapping/coverage': ['source', 'target'],
};
const POUNDS: ReadonlySet<string> = new Set(['annualServiceCost']);
/** Members as they are called where their name alone would not say it, by the kind of step. */
const NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '*': { red: 'red criteria' },
  'mapping/coverage': {
    source: 'source fields mapped or dropped',
    target: 'mandatory platform fields mapped',
  },
  'migration/quarantine': {
    open: 'rows undecided',
    accepted: 'rows accepted',
    corrected: 'rows corrected',
  },
  'parallel-run/explain': { open: 'groups unexplained', explained: 'groups explained' },
};

const SHOWN = 4;

/**
 * The key numbers of a step's output: the few that fit into a line.
 * @param step the key of the step
 * @param most how many
 */
export function keyFacts(
  step: string,
  output: Readonly<Record<string, unknown>>,
  most = SHOWN,
): Fact[] {
  const kind = step.split('/').slice(0, 2).join('/');
  const fractions = new Set([...(FRACTIONS['*'] ?? []), ...(FRACTIONS[kind] ?? [])]);
  const names = { ...NAMES['*'], ...NAMES[kind] };
  return inOrder(Object.keys(output))
    .flatMap((name) => {
      const text = shortText(output[name], fractions.has(name), POUNDS.has(name));
      return text === undefined ? [] : [{ name: names[name] ?? spaced(name), text }];
    })
    .slice(0, most);
}

/** A simple value as text; undefined for what needs more room than a line. */
function shortText(value: unknown, isFraction: boolean, isPounds: boolean): string | undefined {
  if (typeof value === 'number') {
    if (isFraction && value >= 0 && value <= 1) return percent(value);
    return isPounds ? pounds(value) : number(value);
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value === null) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : count(value.length, 'item');
  if (typeof value !== 'string') return undefined;
  if (/^[0-9a-f]{64}$/.test(value)) return shortHash(value);
  if (isTime(value)) return dateTime(value);
  return value.length <= 60 ? value : undefined;
}

/** Is the text an ISO time with a date, a clock and an offset? */
export function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(text);
}
