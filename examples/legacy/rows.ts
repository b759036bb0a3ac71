/**
 * The rows of a legacy department before a shape (PostgreSQL, files) dresses them in its own habits. Dates are
 * `YYYY-MM-DD` but may not exist (2026-02-31 is one of the planted defects); amounts are pence, or the text that stands in
 * their place; codes are the legacy ones.
 */

/** The datasets of a department, in the order in which they can be loaded. */
export const DATASETS = [
  'units',
  'posts',
  'reporting-lines',
  'people',
  'assignments',
  'salaries',
  'bank-accounts',
  'tax',
  'cost-centres',
  'suppliers',
  'open-items',
  'balances',
] as const;

/** One of the datasets. */
export type DatasetName = (typeof DATASETS)[number];

/** What becomes of a row when the department is taken over properly. No verdict: it is loaded. */
export type Verdict =
  | { readonly excluded: string }
  | {
      readonly kind: string;
      /** Target column that breaks the rule. */
      readonly field: string;
      readonly detail: string;
      /** The key of the row that takes this one with it, for `orphan-of`. */
      readonly cause?: string;
    };

interface Row {
  /** Undefined: the row is loaded. */
  readonly verdict?: Verdict | undefined;
}

export interface UnitRow extends Row {
  readonly code: string;
  readonly name: string;
  readonly parent: string;
  readonly closed: boolean;
}

export interface PostRow extends Row {
  readonly code: string;
  readonly unit: string;
  readonly title: string;
  readonly grade: string;
  /** Hundredths of a full-time equivalent. */
  readonly fte: number;
  readonly payFloor: number;
  readonly payCeiling: number;
  readonly reportsTo: string;
  readonly profession: string;
  /** What becomes of the post's reporting line, a dataset of its own in the same legacy table. */
  readonly line?: Verdict | undefined;
}

export interface PersonRow extends Row {
  readonly staffNo: string;
  readonly surname: string;
  readonly forename: string;
  readonly birthDate: string;
  readonly niNumber: string;
  readonly hiredOn: string;
  readonly leftOn: string;
  readonly test: boolean;
  readonly email: string;
}

export interface AssignmentRow extends Row {
  readonly staffNo: string;
  /** 1, or 2 for a second job held at the same time. */
  readonly jobNo: number;
  readonly seqNo: number;
  readonly unit: string;
  readonly post: string;
  readonly title: string;
  readonly grade: string;
  readonly from: string;
  /** Empty: current. */
  readonly to: string;
}

export interface SalaryRow extends Row {
  readonly staffNo: string;
  readonly from: string;
  readonly to: string;
  readonly amount: number | string;
}

export interface BankAccountRow extends Row {
  readonly staffNo: string;
  readonly sortCode: string;
  readonly accountNumber: string;
  readonly accountName: string;
  readonly from: string;
  readonly current: boolean;
}

export interface TaxRow extends Row {
  readonly staffNo: string;
  /** Year in which the tax year begins. */
  readonly taxYear: number;
  readonly taxCode: string;
  readonly week1: boolean;
  readonly niCategory: string;
  readonly studentLoan: string;
  readonly taxable: number;
  readonly tax: number;
  readonly ni: number;
}

export interface CostCentreRow extends Row {
  readonly code: string;
  readonly name: string;
  readonly unit: string;
  readonly manager: string;
}

export interface SupplierRow extends Row {
  readonly code: string;
  readonly name: string;
  readonly vatNumber: string;
  readonly sortCode: string;
  readonly accountNumber: string;
  readonly termsDays: number;
  readonly status: string;
}

export interface OpenItemRow extends Row {
  readonly documentNo: string;
  readonly supplier: string;
  readonly invoiceDate: string;
  readonly dueDate: string;
  readonly amount: number;
  readonly costCentre: string;
  readonly paid: boolean;
}

export interface BalanceRow extends Row {
  readonly period: string;
  readonly account: string;
  readonly costCentre: string;
  readonly debit: number;
  readonly credit: number;
}

/** One line of a payslip. */
export interface ResultRow {
  /** `YYYY-MM`. */
  readonly period: string;
  readonly staffNo: string;
  /** The platform's element; a legacy shape writes its own code. */
  readonly element: string;
  /** Pence. */
  readonly amount: number;
}

/** Control record of one pay period. Amounts in pence. */
export interface ControlRow {
  readonly period: string;
  readonly people: number;
  readonly gross: number;
  readonly net: number;
}
