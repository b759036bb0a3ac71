import type { DatasetName } from './rows.ts';

/** Where a dataset is in each legacy shape: table of the database, file of the folder. */
export interface Place {
  readonly table: string;
  readonly file: string;
}

/** Posts and their reporting lines share a table: two datasets read it. */
export const PLACES_OF: Readonly<Record<DatasetName, Place>> = {
  units: { table: 'hrms.tbl_org', file: 'organisation.csv' },
  posts: { table: 'hrms.tbl_post', file: 'posts.csv' },
  'reporting-lines': { table: 'hrms.tbl_post', file: 'posts.csv' },
  people: { table: 'hrms.tbl_staff', file: 'staff.csv' },
  assignments: { table: 'hrms.tbl_job_hist', file: 'job-history.csv' },
  salaries: { table: 'pay.tbl_salary_hist', file: 'salaries.csv' },
  'bank-accounts': { table: 'pay.tbl_bank', file: 'bank.csv' },
  tax: { table: 'pay.tbl_tax', file: 'tax.csv' },
  'cost-centres': { table: 'fin.tbl_cost_centre', file: 'cost-centres.csv' },
  suppliers: { table: 'fin.tbl_supplier', file: 'suppliers.csv' },
  'open-items': { table: 'fin.tbl_invoice', file: 'invoices.csv' },
  balances: { table: 'fin.tbl_ledger_bal', file: 'ledger.csv' },
};

/** Where the pay results and their control records are. Files: one of results per period. */
export const RESULTS_TABLE = 'pay.tbl_result';
export const CONTROL_TABLE = 'pay.tbl_control';
export const CONTROL_FILE = 'pay-control.csv';

/** The file of the pay results of a period. */
export function resultsFile(period: string): string {
  return `pay-results-${period}.csv`;
}

/** The platform's pay results as files. */
export const PLATFORM_CONTROL_FILE = 'platform-control.csv';

/** The file of the platform's pay results of a period. */
export function platformResultsFile(period: string): string {
  return `platform-results-${period}.csv`;
}
