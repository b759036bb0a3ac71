import { months } from './calendar.ts';
import { DEFECT_KINDS, type DefectKind } from './defects.ts';

/** What to plant. */
interface DefectOptions {
  /** How many of each kind. Default: one per thousand staff, at least one. */
  readonly perKind?: number;
  /** Which kinds. Default: all. */
  readonly kinds?: readonly DefectKind[];
  /**
   * Plant the defects of people among those who are paid. Default false: among leavers, so that the parallel run
   * compares the whole payroll although some people are quarantined.
   */
  readonly onPayroll?: boolean;
}

/** What a legacy department is made from: the same options always give the same department. */
export interface DepartmentOptions {
  /** Id of the department on the platform: lower-case letters, digits and hyphens. */
  readonly department: string;
  /** People in its HR system, leavers included. At least 20. */
  readonly staff: number;
  readonly seed: number;
  /** Monthly pay periods from July 2026. Default 3. */
  readonly payPeriods?: number;
  /** Default: every kind. `none` for a department without defects. */
  readonly defects?: DefectOptions | 'none';
}

/** The options with their defaults and the sizes that follow from them. */
export interface DepartmentSpec {
  readonly department: string;
  readonly seed: number;
  readonly staff: number;
  /** `YYYY-MM`, in order. */
  readonly periods: readonly string[];
  /** Months of the ledger, before the first pay period. */
  readonly ledgerPeriods: readonly string[];
  readonly units: number;
  readonly posts: number;
  readonly suppliers: number;
  /** Records that are out of scope: test people, closed units, dormant suppliers. */
  readonly outOfScope: number;
  readonly perKind: number;
  readonly kinds: readonly DefectKind[];
  readonly onPayroll: boolean;
}

const SMALLEST = 20;

/** Fills in the options. @throws RangeError when they make no department */
export function departmentSpec(options: DepartmentOptions): DepartmentSpec {
  const { department, seed, staff, payPeriods = 3, defects = {} } = options;
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(department)) {
    throw new RangeError(
      `department: expected lower-case letters, digits and hyphens, found ${department}`,
    );
  }
  for (const [name, value, least] of [
    ['staff', staff, SMALLEST],
    ['seed', seed, 0],
    ['payPeriods', payPeriods, 1],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < least) {
      throw new RangeError(`${name}: expected a whole number of at least ${least}, found ${value}`);
    }
  }
  const planted = defects === 'none' ? { kinds: [] } : defects;
  const units = Math.max(4, Math.ceil(staff / 40));
  return {
    department,
    seed,
    staff,
    periods: months(payPeriods),
    ledgerPeriods: months(3, -3),
    units,
    posts: Math.max(units, Math.ceil(staff * 0.85)),
    suppliers: Math.max(6, Math.ceil(staff / 25)),
    outOfScope: Math.max(1, Math.round(staff / 500)),
    perKind: planted.perKind ?? Math.max(1, Math.round(staff / 1000)),
    kinds: planted.kinds ?? DEFECT_KINDS,
    onPayroll: planted.onPayroll ?? false,
  };
}
