import type { LegacyDepartment } from './generate-department.ts';
import { everyone } from './employment.ts';
import { controlOf, linesOf, type Payslip, type PersonPayslip, payslip } from './payslip.ts';
import { isPaid, personFacts } from './people.ts';
import { Random, STREAM } from './random.ts';
import type { ControlRow, ResultRow } from './rows.ts';

/** The kinds of variance that are planted between legacy and platform pay. */
export const VARIANCE_KINDS = [
  /** Employer's pension differs by a penny, and the employer's cost with it. */
  'rounding',
  /** Income tax is 20 pounds too high; deductions and net pay follow. */
  'wrong-tax',
  /** A deduction is forgotten; deductions and net pay follow. */
  'missing-element',
  /** A part of basic pay comes as arrears: the totals are equal, the elements are not. */
  'element-split',
  /** Somebody is not paid by the platform. */
  'missing-person',
  /** The platform pays somebody who has left. */
  'extra-person',
] as const;

type VarianceKind = (typeof VARIANCE_KINDS)[number];

/** One line of pay on which the two sides differ. */
export interface PlantedVariance {
  readonly kind: VarianceKind;
  readonly period: string;
  readonly personNumber: string;
  readonly element: string;
  /** Pence; null: the legacy system has no such line. */
  readonly legacy: number | null;
  /** Pence; null: the platform has no such line. */
  readonly platform: number | null;
}

export interface PlatformResultsOptions {
  /** How many periods at the end are equal to the penny. Default 2. */
  readonly cleanPeriods?: number;
  /** How many people of each kind differ in the first period; fewer from period to period. Default 2, or one per 500 staff. */
  readonly perKind?: number;
  /** Default: all. */
  readonly kinds?: readonly VarianceKind[];
}

/** What the platform's payroll engine computed for a department. */
export interface PlatformResults {
  /** Line by line, equal to the legacy results but for the planted variances. `staffNo` is the platform's person number. */
  results(period: string): Iterable<ResultRow>;
  /** Control record of a period. */
  control(period: string): ControlRow;
  /** Every line that differs, by period. */
  readonly plantedVariances: readonly PlantedVariance[];
}

/**
 * The platform's pay results with planted and listed variances, fewer from period to period and none in the last
 * `cleanPeriods`. Everybody who is paid is on the platform, also people planted with defects: they were corrected by then.
 */
export function platformResults(
  department: LegacyDepartment,
  options: PlatformResultsOptions = {},
): PlatformResults {
  const plans = new Map(
    department.spec.periods.map((period) => [period, planOf(department, options, period)]),
  );
  const slips = function* (period: string): Generator<PersonPayslip> {
    const plan = plans.get(period);
    for (const facts of everyone(department.spec)) {
      const kind = plan?.get(facts.index);
      if (kind === 'missing-person' || (!isPaid(facts) && kind === undefined)) continue;
      const lines = payslip(department.spec, facts, period);
      yield { staffNo: facts.staffNo, lines: kind === undefined ? lines : differing(lines, kind) };
    }
  };
  return {
    results: (period) => linesOf(slips(period), period),
    control: (period) => controlOf(slips(period), period),
    plantedVariances: [...plans].flatMap(([period, plan]) =>
      [...plan].flatMap(([index, kind]) => variancesOf(department, period, index, kind)),
    ),
  };
}

/** Who differs in a period, and how: index of the person to kind. */
function planOf(
  department: LegacyDepartment,
  options: PlatformResultsOptions,
  period: string,
): Map<number, VarianceKind> {
  const { spec } = department;
  const { cleanPeriods = 2, kinds = VARIANCE_KINDS } = options;
  const perKind = options.perKind ?? Math.max(2, Math.round(spec.staff / 500));
  const position = spec.periods.indexOf(period);
  const dirtyPeriods = spec.periods.length - cleanPeriods;
  const count =
    position < dirtyPeriods ? Math.ceil((perKind * (dirtyPeriods - position)) / dirtyPeriods) : 0;
  const random = new Random(spec.seed, STREAM.variance, position);
  const plan = new Map<number, VarianceKind>();
  for (const kind of kinds) {
    for (let planted = 0; planted < count; planted += 1) {
      const start = random.int(0, spec.staff - 1);
      for (let step = 0; step < spec.staff; step += 1) {
        const index = (start + step) % spec.staff;
        if (!plan.has(index) && suits(department, period, index, kind)) {
          plan.set(index, kind);
          break;
        }
      }
    }
  }
  return plan;
}

/** Can this person differ in this way? */
function suits(
  department: LegacyDepartment,
  period: string,
  index: number,
  kind: VarianceKind,
): boolean {
  const facts = personFacts(department.spec, index);
  // A leaver with a planted defect is not on the platform: it cannot pay that person.
  if (kind === 'extra-person') return !isPaid(facts) && !department.plan.people.has(index);
  if (!isPaid(facts)) return false;
  const lines = payslip(department.spec, facts, period);
  if (kind === 'missing-element') return lines.has('UNION');
  if (kind === 'element-split') return !lines.has('ARREARS');
  return true;
}

/** A payslip as the platform computed it. */
function differing(lines: Payslip, kind: VarianceKind): Payslip {
  const changed = new Map(lines);
  const add = (element: string, pence: number): void => {
    changed.set(element, (changed.get(element) ?? 0) + pence);
  };
  if (kind === 'rounding') {
    add('PENSION-EMPLOYER', 1);
    add('EMPLOYER-COST', 1);
  } else if (kind === 'wrong-tax') {
    add('PAYE', 2_000);
    add('DEDUCTIONS', 2_000);
    add('NET', -2_000);
  } else if (kind === 'missing-element') {
    const subscription = changed.get('UNION') ?? 0;
    changed.delete('UNION');
    add('DEDUCTIONS', -subscription);
    add('NET', subscription);
  } else if (kind === 'element-split') {
    add('BASIC', -10_000);
    add('ARREARS', 10_000);
  }
  return changed;
}

function variancesOf(
  department: LegacyDepartment,
  period: string,
  index: number,
  kind: VarianceKind,
): PlantedVariance[] {
  const facts = personFacts(department.spec, index);
  const lines = payslip(department.spec, facts, period);
  const none: Payslip = new Map();
  const legacy = kind === 'extra-person' ? none : lines;
  const platform = kind === 'missing-person' ? none : differing(lines, kind);
  return [...new Set([...legacy.keys(), ...platform.keys()])]
    .filter((element) => legacy.get(element) !== platform.get(element))
    .map((element) => ({
      kind,
      period,
      personNumber: facts.staffNo,
      element,
      legacy: legacy.get(element) ?? null,
      platform: platform.get(element) ?? null,
    }));
}
