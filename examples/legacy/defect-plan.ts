import { DEFECTS, type DefectKind } from './defects.ts';
import type { DepartmentSpec } from './department-spec.ts';
import { Random, STREAM } from './random.ts';
import type { Verdict } from './rows.ts';

/** Which rows are broken, decided before any row is made, so that rows can be made one by one. */
export interface DefectPlan {
  /** How many rows of this kind are added to a table rather than broken in place. */
  extra(kind: DefectKind): number;
  /** The defect of a person, by index. */
  readonly people: ReadonlyMap<number, DefectKind>;
  /** The defect of something of an otherwise sound person: assignment, salary, account, tax. */
  readonly belongings: ReadonlyMap<number, DefectKind>;
  /** The defect of a post's reporting line, by index of the post. */
  readonly lines: ReadonlyMap<number, DefectKind>;
  readonly suppliers: ReadonlyMap<number, DefectKind>;
  /** The defect of the first open item of a sound supplier, by index of the supplier. */
  readonly invoices: ReadonlyMap<number, DefectKind>;
  /** The defect of the first balance of a cost centre, by index of its unit. */
  readonly balances: ReadonlyMap<number, DefectKind>;
}

/** Every twelfth person has left before the first pay period. */
export function isLeaver(person: number): boolean {
  return person % 12 === 5;
}

/**
 * Chooses the rows to break. A department that is too small for all of them gets as many as fit: what was planted is
 * what the department lists, not what was asked for.
 */
export function defectPlan(spec: DepartmentSpec): DefectPlan {
  const random = new Random(spec.seed, STREAM.defect, 0);
  const choose = (kinds: readonly DefectKind[], size: number, fits: (index: number) => boolean) => {
    const chosen = new Map<number, DefectKind>();
    for (const kind of kinds.filter((wanted) => spec.kinds.includes(wanted))) {
      for (let count = 0; count < spec.perKind; count += 1) {
        const index = freeIndex(random.int(0, size - 1), size, (at) => fits(at) && !chosen.has(at));
        if (index !== undefined) chosen.set(index, kind);
      }
    }
    return chosen;
  };
  const people = choose(
    [
      'duplicate-staff-number',
      'invalid-ni-number',
      'impossible-birth-date',
      'missing-surname',
      'left-before-hired',
    ],
    spec.staff,
    (index) => isLeaver(index) !== spec.onPayroll,
  );
  const suppliers = choose(
    ['duplicate-supplier', 'supplier-sort-code-malformed'],
    spec.suppliers,
    () => true,
  );
  return {
    extra: (kind) => (spec.kinds.includes(kind) ? spec.perKind : 0),
    people,
    belongings: choose(
      [
        'assignment-unknown-unit',
        'assignment-unmapped-grade',
        'assignment-impossible-date',
        'salary-unreadable',
        'bank-account-malformed',
        'tax-code-malformed',
      ],
      spec.staff,
      (index) => !isLeaver(index) && !people.has(index),
    ),
    // The first post is the top of the tree: it reports to nobody.
    lines: choose(
      ['post-reports-to-unknown', 'post-reports-to-itself'],
      spec.posts,
      (index) => index > 0,
    ),
    suppliers,
    invoices: choose(
      ['invoice-unknown-supplier', 'invoice-due-before-date'],
      spec.suppliers,
      (index) => !suppliers.has(index),
    ),
    balances: choose(['balance-negative'], spec.units, () => true),
  };
}

/** Is the row itself lost? Of two rows with one key the first is loaded, and what belongs to the key with it. */
export function isBroken(kind: DefectKind | undefined): boolean {
  return kind !== undefined && kind !== 'duplicate-staff-number' && kind !== 'duplicate-supplier';
}

/** The verdict on a row that a planted defect breaks. */
export function planted(kind: DefectKind, detail: string = DEFECTS[kind].detail): Verdict {
  return { kind, field: DEFECTS[kind].field, detail };
}

/** The verdict on a row that refers to a broken one. */
export function orphanOf(cause: string, field: string): Verdict {
  return { kind: 'orphan-of', field, detail: `refers to ${cause}, which is not loaded`, cause };
}

/** The first index from `start`, going round once, that is free. */
function freeIndex(
  start: number,
  size: number,
  isFree: (index: number) => boolean,
): number | undefined {
  for (let step = 0; step < size; step += 1) {
    const index = (start + step) % size;
    if (isFree(index)) return index;
  }
  return undefined;
}
