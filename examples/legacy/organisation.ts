import { GRADES, PROFESSIONS } from './code-lists.ts';
import { type DefectPlan, orphanOf, planted } from './defect-plan.ts';
import type { DefectKind } from './defects.ts';
import type { DepartmentSpec } from './department-spec.ts';
import { PLACES, UNIT_WORK } from './names.ts';
import { Random, STREAM } from './random.ts';
import type { PostRow, UnitRow, Verdict } from './rows.ts';

/** A code that no unit, post, person or supplier has. */
export const UNKNOWN_UNIT = 'U9999';
const UNKNOWN_POST = 'P9999999';
/** A grade that no code list has. */
export const UNKNOWN_GRADE = 'ZZ9';

/** Code of a unit by index; indices from `spec.units` are added rows. */
export function unitCode(index: number): string {
  return `U${String(index).padStart(4, '0')}`;
}

/** Code of a post by index; indices from `spec.posts` are added rows. */
export function postCode(index: number): string {
  return `P${String(index).padStart(7, '0')}`;
}

/** Name of a unit, by index. */
export function unitName(spec: DepartmentSpec, index: number): string {
  const random = new Random(spec.seed, STREAM.unit, index);
  return `${random.pick(UNIT_WORK)} ${random.pick(PLACES)}`;
}

/** The unit that a post belongs to, by index. */
function unitOfPost(spec: DepartmentSpec, post: number): number {
  return Math.floor((post * spec.units) / spec.posts);
}

/** The first post of a unit: its head. */
function headOfUnit(spec: DepartmentSpec, unit: number): number {
  return Math.ceil((unit * spec.posts) / spec.units);
}

/** The unit above; the first unit is the top. */
function parentUnit(unit: number): number {
  return Math.floor((unit - 1) / 6);
}

/** What a sound post is: everything about it that an assignment repeats. */
export interface PostFacts {
  readonly unit: number;
  readonly grade: (typeof GRADES)[number];
  readonly title: string;
}

/** The facts of a post, by index. */
export function postFacts(spec: DepartmentSpec, post: number): PostFacts {
  const random = new Random(spec.seed, STREAM.post, post);
  const unit = unitOfPost(spec, post);
  const isHead = headOfUnit(spec, unit) === post;
  // Few posts are senior: the square of an even number crowds towards the lowest grades.
  const level = isHead
    ? GRADES.length - 1 - Math.min(3, Math.ceil(Math.log2(unit + 1) / 3))
    : Math.floor(random.next() ** 1.6 * (GRADES.length - 3));
  const grade = GRADES[level] ?? GRADES[0];
  if (grade === undefined) throw new RangeError('there are no grades');
  return { unit, grade, title: random.pick(grade.titles) };
}

/** The organisation tree: sound units, units with planted defects, closed units that are out of scope. */
export function* unitRows(spec: DepartmentSpec, plan: DefectPlan): Generator<UnitRow> {
  const lost = plan.extra('unit-unknown-parent');
  for (let index = 0; index < spec.units + lost + spec.outOfScope; index += 1) {
    const closed = index >= spec.units + lost;
    const isLost = index >= spec.units && !closed;
    yield {
      code: unitCode(index),
      name: unitName(spec, index),
      parent: isLost ? UNKNOWN_UNIT : index === 0 ? '' : unitCode(closed ? 0 : parentUnit(index)),
      closed,
      verdict: isLost
        ? planted('unit-unknown-parent')
        : closed
          ? { excluded: 'the unit is closed' }
          : undefined,
    };
  }
}

/** The posts with their reporting lines; the posts with planted defects are added at the end and nobody holds them. */
export function* postRows(spec: DepartmentSpec, plan: DefectPlan): Generator<PostRow> {
  for (let index = 0; index < spec.posts; index += 1) {
    yield { ...soundPost(spec, index), ...reportingLine(spec, plan, index) };
  }
  let index = spec.posts;
  for (const kind of ['post-unmapped-grade', 'post-ceiling-below-floor'] as const) {
    for (let count = plan.extra(kind); count > 0; count -= 1) {
      yield brokenPost(spec, index, kind);
      index += 1;
    }
  }
}

function soundPost(spec: DepartmentSpec, index: number): Omit<PostRow, 'reportsTo'> {
  const facts = postFacts(spec, index);
  const random = new Random(spec.seed, STREAM.post, -1 - index);
  return {
    code: postCode(index),
    unit: unitCode(facts.unit),
    title: facts.title,
    grade: facts.grade.code,
    fte: random.chance(0.85) ? 100 : random.int(20, 95),
    payFloor: facts.grade.floor * 100,
    payCeiling: facts.grade.ceiling * 100,
    profession: random.chance(0.9) ? random.pick(Object.keys(PROFESSIONS)) : '',
  };
}

function reportingLine(
  spec: DepartmentSpec,
  plan: DefectPlan,
  index: number,
): { reportsTo: string; line?: Verdict } {
  if (index === 0)
    return { reportsTo: '', line: { excluded: 'the top of the tree reports to nobody' } };
  const defect = plan.lines.get(index);
  if (defect === 'post-reports-to-itself')
    return { reportsTo: postCode(index), line: planted(defect) };
  if (defect !== undefined) return { reportsTo: UNKNOWN_POST, line: planted(defect) };
  const unit = unitOfPost(spec, index);
  const head = headOfUnit(spec, unit);
  return { reportsTo: postCode(head === index ? headOfUnit(spec, parentUnit(unit)) : head) };
}

function brokenPost(spec: DepartmentSpec, index: number, kind: DefectKind): PostRow {
  const post = soundPost(spec, index % spec.posts);
  const code = postCode(index);
  return {
    ...post,
    code,
    reportsTo: postCode(0),
    line: orphanOf(`post ${code}`, 'post_code'),
    verdict: planted(kind),
    ...(kind === 'post-unmapped-grade'
      ? { grade: UNKNOWN_GRADE }
      : { payFloor: post.payCeiling, payCeiling: post.payFloor }),
  };
}
