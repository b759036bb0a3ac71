import { count, number, percent, pounds, dateTime, shortHash, spaced } from './format.ts';

/** A named value as text, ready to be shown. */
export interface Fact {
  readonly name: string;
  readonly text: string;
}

/** Members whose numbers are fractions. */
const FRACTIONS: ReadonlySet<string> = new Set([
  'coverage',
  'target',
  'source',
  'rate',
  'rejectRate',
  'sourceCoverage',
  'targetCoverage',
]);
const POUNDS: ReadonlySet<string> = new Set(['annualServiceCost']);
/** Members as they are called where their name alone would not say it. */
const NAMES: Readonly<Record<string, string>> = {
  target: 'mandatory platform fields mapped',
  source: 'source fields mapped or dropped',
  hash: 'mapping',
  red: 'red criteria',
  open: 'signatures unexplained',
  explained: 'signatures explained',
};
/** Members by how well they sum a step up; the others follow in their own order. */
const FIRST = [
  'from',
  'to',
  'read',
  'loaded',
  'quarantined',
  'excluded',
  'rows',
  'tables',
  'columns',
  'blockers',
  'criteria',
  'met',
  'waived',
];

const SHOWN = 4;

/** The key numbers of a step's output: the few that fit into a line. */
export function keyFacts(output: Readonly<Record<string, unknown>>): Fact[] {
  const place = (name: string): number => {
    const index = FIRST.indexOf(name);
    return index < 0 ? FIRST.length : index;
  };
  return Object.keys(output)
    .toSorted((a, b) => place(a) - place(b))
    .flatMap((name) => {
      const text = shortText(name, output[name]);
      return text === undefined ? [] : [{ name: NAMES[name] ?? spaced(name), text }];
    })
    .slice(0, SHOWN);
}

/** A simple value as text; undefined for what needs more room than a line. */
function shortText(name: string, value: unknown): string | undefined {
  if (typeof value === 'number') {
    if (FRACTIONS.has(name) && value >= 0 && value <= 1) return percent(value);
    return POUNDS.has(name) ? pounds(value) : number(value);
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
