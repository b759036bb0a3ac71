import { fabricatedAccount } from './bank-account.ts';
import { AS_OF, day, iso, TAX_YEAR_START } from './calendar.ts';
import { GRADES, STUDENT_LOAN_PLANS } from './code-lists.ts';
import { type DefectPlan, planted } from './defect-plan.ts';
import type { DepartmentSpec } from './department-spec.ts';
import { postCode, UNKNOWN_GRADE, UNKNOWN_UNIT, unitCode } from './organisation.ts';
import { type PersonFacts, personFacts, verdictOfPerson } from './people.ts';
import { Random, STREAM } from './random.ts';
import type { AssignmentRow, BankAccountRow, SalaryRow, TaxRow } from './rows.ts';

const AS_OF_DAY = day(AS_OF);
const TAX_YEAR_DAY = day(TAX_YEAR_START);
/** Older salaries were archived by the legacy system. */
const SALARIES_KEPT = 14;
const RISE = 1.025;
const UNKNOWN_STAFF_NO = 98_000_000;

/** Everybody, one after the other. */
export function* everyone(spec: DepartmentSpec): Generator<PersonFacts> {
  for (let index = 0; index < spec.staff; index += 1) yield personFacts(spec, index);
}

/** The job history: past jobs, the present or last one, second jobs; at the end those of nobody. */
export function* assignmentRows(spec: DepartmentSpec, plan: DefectPlan): Generator<AssignmentRow> {
  for (const facts of everyone(spec)) {
    const verdict = verdictOfPerson(plan, facts);
    const random = new Random(spec.seed, STREAM.assignment, facts.index);
    yield* pastJobs(spec, facts, random, verdict);
    if (facts.index % 50 === 3 && facts.leftOn === undefined) {
      yield {
        ...pastJob(spec, facts, random),
        jobNo: 2,
        seqNo: 1,
        from: iso(AS_OF_DAY - 300),
        to: '',
        verdict,
      };
    }
    const defect = plan.belongings.get(facts.index);
    const job = presentJob(facts, verdict);
    if (defect === 'assignment-unknown-unit') {
      yield { ...job, unit: UNKNOWN_UNIT, verdict: planted(defect) };
    } else if (defect === 'assignment-unmapped-grade') {
      yield { ...job, grade: UNKNOWN_GRADE, verdict: planted(defect) };
    } else if (defect === 'assignment-impossible-date') {
      yield { ...job, to: '2026-02-30', verdict: planted(defect) };
    } else {
      yield job;
    }
  }
  for (let count = 0; count < plan.extra('assignment-unknown-person'); count += 1) {
    const facts = personFacts(spec, count % spec.staff);
    yield {
      ...presentJob(facts, planted('assignment-unknown-person')),
      staffNo: String(UNKNOWN_STAFF_NO + count),
    };
  }
}

type Job = Pick<AssignmentRow, 'unit' | 'post' | 'title' | 'grade' | 'staffNo'>;

function presentJob(facts: PersonFacts, verdict: AssignmentRow['verdict']): AssignmentRow {
  const { unit, title, grade } = facts.postFacts;
  const changes = changesOfJob(facts);
  return {
    staffNo: facts.staffNo,
    jobNo: 1,
    seqNo: changes.length + 1,
    unit: unitCode(unit),
    post: postCode(facts.post),
    title,
    grade: grade.code,
    from: iso(changes.at(-1) ?? facts.hiredOn),
    to: facts.leftOn === undefined ? '' : iso(facts.leftOn),
    verdict,
  };
}

function* pastJobs(
  spec: DepartmentSpec,
  facts: PersonFacts,
  random: Random,
  verdict: AssignmentRow['verdict'],
): Generator<AssignmentRow> {
  let from = facts.hiredOn;
  for (const [position, change] of changesOfJob(facts).entries()) {
    const job = pastJob(spec, facts, random);
    yield { ...job, jobNo: 1, seqNo: position + 1, from: iso(from), to: iso(change - 1), verdict };
    from = change;
  }
}

/** Nobody remembers the post of a past job: the legacy system deleted posts that it no longer had. */
function pastJob(spec: DepartmentSpec, facts: PersonFacts, random: Random): Job {
  const grade = random.pick(GRADES.slice(0, 6));
  return {
    staffNo: facts.staffNo,
    unit: unitCode(random.int(0, spec.units - 1)),
    post: '',
    title: random.pick(grade.titles),
    grade: grade.code,
  };
}

/** The days on which a person changed jobs, in order: fixed shares of the service, without chance. */
function changesOfJob(facts: PersonFacts): number[] {
  const service = (facts.leftOn ?? AS_OF_DAY) - facts.hiredOn;
  const changes = service < 900 ? 0 : facts.index % 3;
  return Array.from({ length: changes }, (_, position) =>
    Math.floor(facts.hiredOn + (service * (position + 1)) / (changes + 1)),
  );
}

/** Annual salaries: at hiring and every first of April, the newest `SALARIES_KEPT` of them. */
export function* salaryRows(spec: DepartmentSpec, plan: DefectPlan): Generator<SalaryRow> {
  for (const facts of everyone(spec)) {
    const verdict = verdictOfPerson(plan, facts);
    const starts = salaryStarts(facts);
    for (const [position, from] of starts.entries()) {
      const next = starts[position + 1];
      const isLast = next === undefined;
      const end = isLast ? facts.leftOn : next - 1;
      const unreadable = isLast && plan.belongings.get(facts.index) === 'salary-unreadable';
      yield {
        staffNo: facts.staffNo,
        from: iso(from),
        to: end === undefined ? '' : iso(end),
        amount: unreadable
          ? 'see paper file'
          : Math.round(facts.salary / RISE ** (starts.length - 1 - position) / 100) * 100,
        verdict: unreadable ? planted('salary-unreadable') : verdict,
      };
    }
  }
}

function salaryStarts(facts: PersonFacts): number[] {
  const end = facts.leftOn ?? AS_OF_DAY;
  const starts = [facts.hiredOn];
  for (let year = Number(iso(facts.hiredOn).slice(0, 4)); ; year += 1) {
    const rise = day(`${year}-04-01`);
    if (rise > end) break;
    if (rise > facts.hiredOn) starts.push(rise);
  }
  return starts.slice(-SALARIES_KEPT);
}

/** Where people are paid: one present account each, and former ones that are out of scope. */
export function* bankAccountRows(
  spec: DepartmentSpec,
  plan: DefectPlan,
): Generator<BankAccountRow> {
  for (const facts of everyone(spec)) {
    const random = new Random(spec.seed, STREAM.bank, facts.index);
    const account = (from: number): Omit<BankAccountRow, 'current'> => ({
      staffNo: facts.staffNo,
      ...fabricatedAccount(random),
      accountName: `${facts.forename.slice(0, 1)} ${facts.surname}`,
      from: iso(from),
    });
    const hasFormer = random.chance(0.15);
    if (hasFormer) {
      yield {
        ...account(facts.hiredOn),
        current: false,
        verdict: { excluded: 'a former account' },
      };
    }
    const present = account(hasFormer ? facts.hiredOn + 200 : facts.hiredOn);
    const malformed = plan.belongings.get(facts.index) === 'bank-account-malformed';
    yield {
      ...present,
      accountNumber: malformed ? present.accountNumber.slice(1) : present.accountNumber,
      current: true,
      verdict: malformed ? planted('bank-account-malformed') : verdictOfPerson(plan, facts),
    };
  }
}

/** What a person's tax depends on. */
export interface TaxFacts {
  readonly taxCode: string;
  /** Legacy indicator; `0`: none. */
  readonly studentLoan: string;
}

/** The tax code and student loan of a person. */
export function taxFacts(spec: DepartmentSpec, facts: PersonFacts): TaxFacts {
  const random = new Random(spec.seed, STREAM.tax, facts.index);
  const taxCode = random.chance(0.85)
    ? '1257L'
    : random.pick(['BR', 'K475', 'S1257L', 'C1257L', '0T', '1383M', '1131N']);
  return {
    taxCode,
    studentLoan: random.chance(0.2) ? random.pick(Object.keys(STUDENT_LOAN_PLANS)) : '0',
  };
}

/** Tax records of everybody who was employed in the present tax year, with three months to date. */
export function* taxRows(spec: DepartmentSpec, plan: DefectPlan): Generator<TaxRow> {
  for (const facts of everyone(spec)) {
    if (facts.leftOn !== undefined && facts.leftOn < TAX_YEAR_DAY) continue;
    const malformed = plan.belongings.get(facts.index) === 'tax-code-malformed';
    const taxable = Math.round(facts.salary / 4);
    yield {
      staffNo: facts.staffNo,
      taxYear: 2026,
      ...taxFacts(spec, facts),
      ...(malformed ? { taxCode: 'TBC' } : {}),
      week1: facts.index % 30 === 11,
      niCategory: facts.index % 45 === 8 ? 'M' : 'A',
      taxable,
      tax: Math.round(Math.max(0, taxable - 314_250) * 0.2),
      ni: Math.round(Math.max(0, taxable - 314_400) * 0.08),
      verdict: malformed ? planted('tax-code-malformed') : verdictOfPerson(plan, facts),
    };
  }
}
