import { AS_OF, day, iso, TAX_YEAR_START } from './calendar.ts';
import { type DefectPlan, isBroken, isLeaver, orphanOf, planted } from './defect-plan.ts';
import type { DefectKind } from './defects.ts';
import type { DepartmentSpec } from './department-spec.ts';
import { FORENAMES, SURNAMES } from './names.ts';
import { type PostFacts, postFacts } from './organisation.ts';
import { Random, STREAM } from './random.ts';
import type { PersonRow, Verdict } from './rows.ts';

const FIRST_STAFF_NO = 100_001;
const AS_OF_DAY = day(AS_OF);
const TAX_YEAR_DAY = day(TAX_YEAR_START);
const EARLIEST_HIRE = day('1990-01-01');
const LAST_HIRE = day('2026-03-31');
const DAYS_A_YEAR = 365;

/** First two letters that a National Insurance number may have. */
const NI_PREFIXES = ['JA', 'NB', 'PC', 'SE', 'WK', 'YA', 'ZB', 'CE'];

/** What a person's rows in every table agree on. Days are numbers. */
export interface PersonFacts {
  readonly index: number;
  readonly staffNo: string;
  readonly forename: string;
  readonly surname: string;
  readonly bornOn: number;
  readonly hiredOn: number;
  /** Undefined: still employed. */
  readonly leftOn: number | undefined;
  /** Index of the post held now, or last. */
  readonly post: number;
  readonly postFacts: PostFacts;
  /** Annual salary now, or last, in pence. */
  readonly salary: number;
}

/** The staff number of a person, by index. */
export function staffNo(index: number): string {
  return String(FIRST_STAFF_NO + index).padStart(8, '0');
}

/** The facts of a person, by index. */
export function personFacts(spec: DepartmentSpec, index: number): PersonFacts {
  const random = new Random(spec.seed, STREAM.person, index);
  const bornOn = random.int(day('1961-01-01'), day('2004-12-31'));
  const earliest = Math.max(EARLIEST_HIRE, bornOn + 19 * DAYS_A_YEAR);
  const leftOn = isLeaver(index) ? leavingDay(random, index) : undefined;
  const hiredOn = random.int(earliest, Math.max(earliest, (leftOn ?? LAST_HIRE) - DAYS_A_YEAR));
  const post = index % spec.posts;
  const facts = postFacts(spec, post);
  return {
    index,
    staffNo: staffNo(index),
    forename: random.pick(FORENAMES),
    surname: random.pick(SURNAMES),
    bornOn,
    hiredOn,
    leftOn,
    post,
    postFacts: facts,
    salary: random.int(facts.grade.floor, facts.grade.ceiling) * 100,
  };
}

/** Every third leaver left in the present tax year and has a tax record. */
function leavingDay(random: Random, index: number): number {
  return index % 36 === 5
    ? random.int(TAX_YEAR_DAY, AS_OF_DAY)
    : random.int(day('2025-04-06'), TAX_YEAR_DAY - 1);
}

/** Is the person paid in the pay periods? */
export function isPaid(facts: PersonFacts): boolean {
  return facts.leftOn === undefined;
}

/** The staff records: sound people, people with planted defects in their place, test records at the end. */
export function* personRows(spec: DepartmentSpec, plan: DefectPlan): Generator<PersonRow> {
  for (let index = 0; index < spec.staff; index += 1) {
    const person = soundPerson(spec, index);
    const defect = plan.people.get(index);
    if (defect === undefined) {
      yield person;
    } else if (defect === 'duplicate-staff-number') {
      yield person;
      yield {
        ...soundPerson(spec, spec.staff + index),
        staffNo: person.staffNo,
        verdict: planted(defect),
      };
    } else {
      yield { ...person, ...damage(person, defect), verdict: planted(defect) };
    }
  }
  for (let count = 0; count < spec.outOfScope; count += 1) {
    yield {
      ...soundPerson(spec, 2 * spec.staff + count),
      staffNo: String(99_000_000 + count),
      surname: 'Test',
      forename: 'Record',
      test: true,
      verdict: { excluded: 'a test record' },
    };
  }
}

function soundPerson(spec: DepartmentSpec, index: number): PersonRow {
  const facts = personFacts(spec, index);
  return {
    staffNo: facts.staffNo,
    surname: facts.surname,
    forename: facts.forename,
    birthDate: iso(facts.bornOn),
    niNumber: niNumber(spec, index),
    hiredOn: iso(facts.hiredOn),
    leftOn: facts.leftOn === undefined ? '' : iso(facts.leftOn),
    test: false,
    email: `${facts.staffNo}@${spec.department}.example`,
  };
}

/** Distinct for the first eight million indices. One in forty has none. */
function niNumber(spec: DepartmentSpec, index: number): string {
  if (index % 40 === 17) return '';
  const place = index + spec.seed;
  const prefix = NI_PREFIXES[Math.floor(place / 1_000_000) % NI_PREFIXES.length];
  // 387 and a million have no common factor: no two places give the same six digits.
  const digits = String((place * 387) % 1_000_000).padStart(6, '0');
  return `${prefix}${digits}${'ABCD'[place % 4]}`;
}

/** What is wrong in the record of a person with a defect; nothing for defects that are not in the record. */
function damage(person: PersonRow, kind: DefectKind): Partial<PersonRow> {
  const damages: Partial<Record<DefectKind, Partial<PersonRow>>> = {
    'invalid-ni-number': { niNumber: 'QQ12345C' },
    'impossible-birth-date': { birthDate: `${person.birthDate.slice(0, 4)}-02-31` },
    'missing-surname': { surname: '' },
    'left-before-hired': { leftOn: iso(day(person.hiredOn) - 30) },
  };
  return damages[kind] ?? {};
}

/** The verdict on a row that belongs to a person: undefined when the person is loaded. */
export function verdictOfPerson(plan: DefectPlan, facts: PersonFacts): Verdict | undefined {
  return isBroken(plan.people.get(facts.index))
    ? orphanOf(`person ${facts.staffNo}`, 'person_number')
    : undefined;
}
