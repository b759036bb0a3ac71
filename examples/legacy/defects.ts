import type { DatasetName } from './rows.ts';

/** A kind of planted defect: where it is, which target column it breaks, and how. */
interface DefectKindEntry {
  readonly dataset: DatasetName;
  readonly field: string;
  readonly detail: string;
}

/**
 * Every kind of defect that the generator plants. Each breaks a rule of the platform's model; rows that depend on a
 * broken one break with it and are listed as `orphan-of`.
 */
export const DEFECTS = {
  'unit-unknown-parent': {
    dataset: 'units',
    field: 'parent_unit_code',
    detail: 'its parent is no unit',
  },
  'post-unmapped-grade': {
    dataset: 'posts',
    field: 'grade_code',
    detail: 'its grade is in no code list',
  },
  'post-ceiling-below-floor': {
    dataset: 'posts',
    field: 'pay_ceiling',
    detail: 'its pay ceiling is below its floor',
  },
  'post-reports-to-unknown': {
    dataset: 'reporting-lines',
    field: 'reports_to',
    detail: 'it reports to no post',
  },
  'post-reports-to-itself': {
    dataset: 'reporting-lines',
    field: 'reports_to',
    detail: 'it reports to itself',
  },
  'duplicate-staff-number': {
    dataset: 'people',
    field: 'person_number',
    detail: 'an earlier person has the staff number',
  },
  'invalid-ni-number': {
    dataset: 'people',
    field: 'ni_number',
    detail: 'not a National Insurance number',
  },
  'impossible-birth-date': {
    dataset: 'people',
    field: 'birth_date',
    detail: 'there is no such day',
  },
  'missing-surname': { dataset: 'people', field: 'surname', detail: 'the surname is empty' },
  'left-before-hired': { dataset: 'people', field: 'left_on', detail: 'left before being hired' },
  'assignment-unknown-unit': {
    dataset: 'assignments',
    field: 'unit_code',
    detail: 'there is no such unit',
  },
  'assignment-unmapped-grade': {
    dataset: 'assignments',
    field: 'grade_code',
    detail: 'its grade is in no code list',
  },
  'assignment-impossible-date': {
    dataset: 'assignments',
    field: 'effective_to',
    detail: 'there is no such day',
  },
  'assignment-unknown-person': {
    dataset: 'assignments',
    field: 'person_number',
    detail: 'nobody has this staff number',
  },
  'salary-unreadable': { dataset: 'salaries', field: 'amount', detail: 'the amount is a remark' },
  'bank-account-malformed': {
    dataset: 'bank-accounts',
    field: 'account_number',
    detail: 'seven digits instead of eight',
  },
  'tax-code-malformed': { dataset: 'tax', field: 'tax_code', detail: 'not a tax code' },
  'cost-centre-unknown-unit': {
    dataset: 'cost-centres',
    field: 'unit_code',
    detail: 'there is no such unit',
  },
  'duplicate-supplier': {
    dataset: 'suppliers',
    field: 'supplier_code',
    detail: 'an earlier supplier has the code',
  },
  'supplier-sort-code-malformed': {
    dataset: 'suppliers',
    field: 'sort_code',
    detail: 'five digits instead of six',
  },
  'invoice-unknown-supplier': {
    dataset: 'open-items',
    field: 'supplier_code',
    detail: 'there is no such supplier',
  },
  'invoice-due-before-date': {
    dataset: 'open-items',
    field: 'due_date',
    detail: 'due before the invoice was written',
  },
  'balance-negative': { dataset: 'balances', field: 'debit', detail: 'a debit below zero' },
} as const satisfies Record<string, DefectKindEntry>;

/** One of the kinds. */
export type DefectKind = keyof typeof DEFECTS;

/** All kinds, in the order of their datasets. */
export const DEFECT_KINDS = Object.keys(DEFECTS) as DefectKind[];
