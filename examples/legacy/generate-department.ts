import { type DefectPlan, defectPlan } from './defect-plan.ts';
import { type DepartmentOptions, type DepartmentSpec, departmentSpec } from './department-spec.ts';
import { assignmentRows, bankAccountRows, salaryRows, taxRows } from './employment.ts';
import { balanceRows, costCentreRows, openItemRows, supplierRows } from './finance.ts';
import { postRows, unitRows } from './organisation.ts';
import { controlOf, linesOf, payslips } from './payslip.ts';
import { personRows } from './people.ts';
import type {
  AssignmentRow,
  BalanceRow,
  BankAccountRow,
  ControlRow,
  CostCentreRow,
  OpenItemRow,
  PersonRow,
  PostRow,
  ResultRow,
  SalaryRow,
  SupplierRow,
  TaxRow,
  UnitRow,
} from './rows.ts';
import { type Survey, surveyOf } from './survey.ts';

/** A legacy department. Rows are made anew each time they are iterated: nothing is held in memory. */
export interface LegacyDepartment extends Survey {
  readonly spec: DepartmentSpec;
  readonly plan: DefectPlan;
  units(): Iterable<UnitRow>;
  posts(): Iterable<PostRow>;
  people(): Iterable<PersonRow>;
  assignments(): Iterable<AssignmentRow>;
  salaries(): Iterable<SalaryRow>;
  bankAccounts(): Iterable<BankAccountRow>;
  tax(): Iterable<TaxRow>;
  costCentres(): Iterable<CostCentreRow>;
  suppliers(): Iterable<SupplierRow>;
  openItems(): Iterable<OpenItemRow>;
  balances(): Iterable<BalanceRow>;
  /** Legacy pay results of a period of `spec.periods`. */
  results(period: string): Iterable<ResultRow>;
  /** Control record of the legacy pay results of a period. */
  control(period: string): ControlRow;
}

/**
 * A legacy department for HR, payroll and finance, the same for the same options, with planted and listed defects. Its
 * rows are dressed by a shape: `loadLegacyPostgres` or `writeLegacyFiles`. All people are fabricated.
 * @throws RangeError when the options make no department
 */
export function generateDepartment(options: DepartmentOptions): LegacyDepartment {
  const spec = departmentSpec(options);
  const plan = defectPlan(spec);
  const rows = {
    units: () => unitRows(spec, plan),
    posts: () => postRows(spec, plan),
    people: () => personRows(spec, plan),
    assignments: () => assignmentRows(spec, plan),
    salaries: () => salaryRows(spec, plan),
    bankAccounts: () => bankAccountRows(spec, plan),
    tax: () => taxRows(spec, plan),
    costCentres: () => costCentreRows(spec, plan),
    suppliers: () => supplierRows(spec, plan),
    openItems: () => openItemRows(spec, plan),
    balances: () => balanceRows(spec, plan),
  };
  let survey: Survey | undefined;
  const surveyed = (): Survey => {
    survey ??= surveyOf(rows);
    return survey;
  };
  return {
    spec,
    plan,
    ...rows,
    results: (period) => linesOf(payslips(spec, period), period),
    control: (period) => controlOf(payslips(spec, period), period),
    get plantedDefects() {
      return surveyed().plantedDefects;
    },
    get expected() {
      return surveyed().expected;
    },
  };
}
