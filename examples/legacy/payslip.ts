import type { DepartmentSpec } from './department-spec.ts';
import { everyone, taxFacts } from './employment.ts';
import { isPaid, type PersonFacts } from './people.ts';
import { Random, STREAM } from './random.ts';
import type { ControlRow, ResultRow } from './rows.ts';

/** The lines of one payslip: the platform's element to pence, in the order in which they are printed. */
export type Payslip = Map<string, number>;

const SHIFT_GRADES = ['OSG', 'PO1', 'PSO'];
const MONTHLY_ALLOWANCE = 104_750;
const BASIC_RATE_BAND = 314_200;

/** Earnings a person has every month. */
function earnings(facts: PersonFacts, random: Random): Payslip {
  const basic = Math.round(facts.salary / 12);
  const lines: Payslip = new Map([['BASIC', basic]]);
  if (facts.index % 9 === 2) lines.set('LONDON', 33_333);
  if (random.chance(0.25)) lines.set('OVERTIME', Math.round((basic / 160) * random.int(2, 20)));
  if (SHIFT_GRADES.includes(facts.postFacts.grade.code))
    lines.set('SHIFT', random.int(4_000, 38_000));
  if (random.chance(0.02)) lines.set('ARREARS', random.int(2_500, 120_000));
  return lines;
}

/**
 * What a person is paid in a period. The rates follow the shape of British pay (allowance, bands, thresholds), not the
 * letter of a year: what matters is that both sides start from the same figures.
 */
export function payslip(spec: DepartmentSpec, facts: PersonFacts, period: string): Payslip {
  const random = new Random(
    spec.seed,
    STREAM.result,
    facts.index * 64 + spec.periods.indexOf(period),
  );
  const { taxCode, studentLoan } = taxFacts(spec, facts);
  const lines = earnings(facts, random);
  const basic = lines.get('BASIC') ?? 0;
  const gross = sum(lines.values());
  const pension = Math.round(basic * 0.0545);
  const deductions: [string, number][] = [
    ['PAYE', incomeTax(gross - pension, taxCode)],
    [
      'NI',
      share(gross, 104_800, 418_900, 0.08) + share(gross, 418_900, Number.POSITIVE_INFINITY, 0.02),
    ],
    ['PENSION', pension],
  ];
  if (studentLoan !== '0') {
    deductions.push(['STUDENT-LOAN', share(gross, 227_500, Number.POSITIVE_INFINITY, 0.09)]);
  }
  if (facts.index % 3 === 0) deductions.push(['UNION', 1_850]);
  if (facts.index % 200 === 7) deductions.push(['COURT-ORDER', 12_000]);
  for (const [element, amount] of deductions) lines.set(element, amount);
  const employer: [string, number][] = [
    ['NI-EMPLOYER', share(gross, 41_700, Number.POSITIVE_INFINITY, 0.15)],
    ['PENSION-EMPLOYER', Math.round(basic * 0.2897)],
  ];
  for (const [element, amount] of employer) lines.set(element, amount);
  const deducted = sum(deductions.map(([, amount]) => amount));
  lines.set('GROSS', gross);
  lines.set('TAXABLE', gross - pension);
  lines.set('DEDUCTIONS', deducted);
  lines.set('NET', gross - deducted);
  lines.set('EMPLOYER-COST', gross + sum(employer.map(([, amount]) => amount)));
  return lines;
}

function incomeTax(taxable: number, taxCode: string): number {
  if (taxCode === 'BR') return Math.round(taxable * 0.2);
  const allowance = taxCode === '0T' ? 0 : taxCode.startsWith('K') ? -39_600 : MONTHLY_ALLOWANCE;
  const higher = allowance + BASIC_RATE_BAND;
  return (
    share(taxable, allowance, higher, 0.2) + share(taxable, higher, Number.POSITIVE_INFINITY, 0.4)
  );
}

/** The rate on what lies between two bounds, in whole pence. */
function share(amount: number, from: number, to: number, rate: number): number {
  return Math.round(Math.max(0, Math.min(amount, to) - from) * rate);
}

function sum(amounts: Iterable<number>): number {
  let total = 0;
  for (const amount of amounts) total += amount;
  return total;
}

/** The payslip of a person. */
export interface PersonPayslip {
  readonly staffNo: string;
  readonly lines: Payslip;
}

/** The legacy payslips of one period. */
export function* payslips(spec: DepartmentSpec, period: string): Generator<PersonPayslip> {
  for (const facts of everyone(spec)) {
    if (isPaid(facts)) yield { staffNo: facts.staffNo, lines: payslip(spec, facts, period) };
  }
}

/** Payslips of a period, line by line. */
export function* linesOf(slips: Iterable<PersonPayslip>, period: string): Generator<ResultRow> {
  for (const { staffNo, lines } of slips) {
    for (const [element, amount] of lines) yield { period, staffNo, element, amount };
  }
}

/** The control record of a period: how many people were paid, and their gross and net pay. */
export function controlOf(slips: Iterable<PersonPayslip>, period: string): ControlRow {
  let people = 0;
  let gross = 0;
  let net = 0;
  for (const { lines } of slips) {
    people += 1;
    gross += lines.get('GROSS') ?? 0;
    net += lines.get('NET') ?? 0;
  }
  return { period, people, gross, net };
}
