import type { BankTables } from '../modulus-check.ts';
import { modulusChecker } from '../modulus-check.ts';
import type { Waiver } from '../step-run.ts';
import type { Control } from './control.ts';

/** What the last submission to the tax authority says of a person, or what the platform will say next. Texts as sent. */
export interface TaxStanding {
  readonly taxCode: string | null;
  readonly basis: string | null;
  readonly niCategory: string | null;
  /** Year to date in pounds, as decimal text with two places. */
  readonly taxable: string | null;
  readonly tax: string | null;
  readonly ni: string | null;
}

/** A person whose employment goes on, as the platform has them. */
export interface ContinuingPerson {
  readonly person: string;
  /** The payroll id under which the legacy payroll has sent them. */
  readonly payrollId: string | null;
  /** Of the newest tax year; undefined where the platform has none. */
  readonly tax?: TaxStanding | undefined;
  /** The newest account that is already valid. */
  readonly account?: { readonly sortCode: string; readonly accountNumber: string } | undefined;
}

/** Everything the pre-flight looks at. */
export interface FirstRunFacts {
  readonly people: readonly ContinuingPerson[];
  /** Everybody on the platform, those who have left included: payroll id. */
  readonly known: ReadonlySet<string>;
  /** The last legacy submission by payroll id; undefined where no tax data is in scope. */
  readonly submission: ReadonlyMap<string, TaxStanding> | undefined;
  /** Payroll ids of the submission whose tax row is in quarantine: they were submitted, with what cannot be read. */
  readonly leftBehind?: ReadonlySet<string>;
  /** Rows of payroll.tax that named people accepted to leave in quarantine. */
  readonly taxAccepted: number;
  /** Undefined where no bank accounts are in scope. */
  readonly tables: BankTables | undefined;
}

/** The checks of the pre-flight, by the id under which one is waived. */
export type FirstRunCheckId =
  | 'payroll-ids'
  | 'submitted-people'
  | 'tax-basis'
  | 'year-to-date'
  | 'bank-details';

/** One check with what it found. */
export interface FirstRunCheck {
  readonly id: FirstRunCheckId;
  readonly title: string;
  readonly checked: number;
  readonly failed: number;
  /** What was found, in words. */
  readonly detail: string;
  /** The first of those that failed: a person's reference and what is wrong, no values. */
  readonly examples: readonly { readonly key: string; readonly wrong: string }[];
}

const NAMED = 20;

interface Wrong {
  readonly key: string;
  readonly wrong: string;
}

/**
 * Holds the platform against the last legacy submission, person by person, before the first live pay run (control
 * C14). A check that is not in scope is left out. Pure.
 */
export function judgeFirstRun(facts: FirstRunFacts): FirstRunCheck[] {
  const { submission, tables } = facts;
  return [
    payrollIds(facts),
    ...(submission === undefined
      ? []
      : [
          submittedPeople(facts, submission),
          standing(facts, submission, 'tax-basis'),
          standing(facts, submission, 'year-to-date'),
        ]),
    ...(tables === undefined ? [] : [bankDetails(facts, tables)]),
  ];
}

/** The checks that failed and that no waiver covers which holds at `now` (ISO time). */
export function openChecks(
  checks: readonly FirstRunCheck[],
  waivers: readonly Waiver[],
  now: string,
): FirstRunCheckId[] {
  const holds = (id: string): boolean =>
    waivers.some((each) => each.criterion === id && Date.parse(each.expires) > Date.parse(now));
  return checks.filter(({ id, failed }) => failed > 0 && !holds(id)).map(({ id }) => id);
}

function checkOf(
  id: FirstRunCheckId,
  title: string,
  checked: number,
  wrong: readonly Wrong[],
  about = '',
): FirstRunCheck {
  const detail = `${checked} looked at, ${wrong.length} wrong${about === '' ? '' : `; ${about}`}`;
  return {
    id,
    title,
    checked,
    failed: wrong.length,
    detail,
    examples: wrong.slice(0, NAMED),
  };
}

function payrollIds({ people, submission, leftBehind }: FirstRunFacts): FirstRunCheck {
  const holders = new Map<string, number>();
  for (const { payrollId } of people)
    if (payrollId !== null) holders.set(payrollId, (holders.get(payrollId) ?? 0) + 1);
  const wrong = people.flatMap(({ person, payrollId }): Wrong[] => {
    if (payrollId === null || payrollId.trim() === '')
      return [{ key: person, wrong: 'has no old payroll id' }];
    if ((holders.get(payrollId) ?? 0) > 1)
      return [{ key: person, wrong: 'shares the old payroll id with another person' }];
    const isSubmitted = submission?.has(payrollId) === true || leftBehind?.has(payrollId) === true;
    if (submission !== undefined && !isSubmitted)
      return [{ key: person, wrong: 'has a payroll id that was never submitted' }];
    return [];
  });
  const title = 'Every continuing employee has the payroll id of the last submission, alone';
  const about = submission === undefined ? 'nothing says what was last submitted' : '';
  return checkOf('payroll-ids', title, people.length, wrong, about);
}

function submittedPeople(
  { known, taxAccepted }: FirstRunFacts,
  submission: ReadonlyMap<string, TaxStanding>,
): FirstRunCheck {
  const missing = [...submission.keys()].filter((id) => !known.has(id));
  // Rows that stay off the platform were accepted one count at a time by a named person.
  const explained = missing.length <= taxAccepted;
  const wrong = explained ? [] : missing.map((key) => ({ key, wrong: 'is not on the platform' }));
  const title = 'Everybody of the last submission is on the platform';
  const about = taxAccepted > 0 ? `${taxAccepted} accepted in quarantine` : '';
  return checkOf('submitted-people', title, submission.size, wrong, about);
}

const COMPARED = {
  'tax-basis': {
    title: 'Tax code, basis and National Insurance category are those of the last submission',
    of: { taxCode: 'tax code', basis: 'basis', niCategory: 'National Insurance category' },
  },
  'year-to-date': {
    title: 'The year to date is that of the last submission, to the penny',
    of: { taxable: 'taxable pay', tax: 'tax', ni: 'National Insurance' },
  },
} as const;

function standing(
  { people, taxAccepted }: FirstRunFacts,
  submission: ReadonlyMap<string, TaxStanding>,
  id: keyof typeof COMPARED,
): FirstRunCheck {
  const { title, of } = COMPARED[id];
  const names = Object.entries(of) as [keyof TaxStanding, string][];
  const without: Wrong[] = [];
  const differing: Wrong[] = [];
  let checked = 0;
  for (const { person, payrollId, tax } of people) {
    const sent = payrollId === null ? undefined : submission.get(payrollId);
    // Whoever was never submitted is found by the payroll ids.
    if (sent === undefined) continue;
    checked += 1;
    if (tax === undefined) {
      without.push({ key: person, wrong: 'has no tax record on the platform' });
      continue;
    }
    const unequal = names.filter(([name]) => tax[name] !== sent[name]).map(([, word]) => word);
    if (unequal.length > 0)
      differing.push({ key: person, wrong: `differs in ${unequal.join(', ')}` });
  }
  const missing = without.length <= taxAccepted ? [] : without;
  const about =
    without.length > 0 ? `${without.length} without, ${taxAccepted} accepted in quarantine` : '';
  return checkOf(id, title, checked, [...differing, ...missing], about);
}

function bankDetails({ people }: FirstRunFacts, tables: BankTables): FirstRunCheck {
  const check = modulusChecker(tables);
  const wrong: Wrong[] = [];
  let checked = 0;
  let unchecked = 0;
  for (const { person, account } of people) {
    if (account === undefined) continue;
    checked += 1;
    const verdict = check(account.sortCode, account.accountNumber);
    if (verdict === 'unchecked') unchecked += 1;
    if (verdict === 'invalid') wrong.push({ key: person, wrong: 'fails the modulus check' });
    if (verdict === 'malformed') wrong.push({ key: person, wrong: 'is no sort code and account' });
  }
  const about = `${unchecked} of sort codes that the table has no rule for (${tables.version})`;
  const title = 'Bank details pass the modulus check';
  return checkOf('bank-details', title, checked, wrong, about);
}

export const FIRST_LIVE_RUN: Control = {
  id: 'C14',
  title: 'First live pay run',
  wentWrong:
    'A payroll id that changes without the old one makes the tax authority create a duplicate employment; year-to-date figures that do not follow make wrong tax.',
  rule: 'Before the switch every continuing employee has the old payroll id, the tax basis and year to date of the last legacy submission, and bank details that pass the modulus check or that a named senior person accepted.',
  refuses: [
    'a payroll id that is missing, shared, or was never submitted',
    'somebody of the last submission who is not on the platform',
    'a tax code, basis or National Insurance category other than last submitted',
    'a year to date that differs by a penny',
    'bank details that fail the modulus check and that nobody accepted by name',
    'waiving the step as a whole: each check is waived by itself',
  ],
  codes: ['cutover/first-run-failed'],
  usedBy: ['cutover/first-run', 'cutover/no-return'],
  evidence: ['first-run'],
};
