import { LEGACY_ELEMENTS } from './code-lists.ts';
import type { LegacyDepartment } from './generate-department.ts';
import {
  dayFirst,
  grouped,
  type LegacyTable,
  legacyTable,
  pounds,
  withRecordIds,
} from './legacy-table.ts';
import { CONTROL_TABLE, PLACES_OF, RESULTS_TABLE } from './places.ts';
import type { DatasetName } from './rows.ts';

const table = (dataset: DatasetName): string => PLACES_OF[dataset].table;
const yesNo = (value: boolean): string => (value ? 'Y' : 'N');
const date = (iso: string): string => dayFirst(iso, '/');
/** `2026-07` as `07/2026`. */
const month = (period: string): string => `${period.slice(5)}/${period.slice(0, 4)}`;

const DATASET_TABLES: readonly LegacyTable[] = [
  legacyTable(table('units'), (department) => department.units(), 1, [
    ['org_cd', (row) => row.code, 'char(8)'],
    ['org_name', (row) => `${row.name} `],
    ['parent_org_cd', (row) => row.parent, 'char(8)'],
    ['closed_flag', (row) => yesNo(row.closed), 'char(1)'],
    ['last_user', () => 'MIGR01', 'varchar(8)'],
  ]),
  legacyTable(table('posts'), (department) => department.posts(), 1, [
    ['post_no', (row) => row.code],
    ['org_cd', (row) => row.unit, 'char(8)'],
    ['post_title', (row) => row.title],
    ['grd_cd', (row) => row.grade.padEnd(6)],
    ['fte', (row) => (row.fte / 100).toFixed(2)],
    ['sal_min_p', (row) => row.payFloor, 'bigint'],
    ['sal_max_p', (row) => row.payCeiling, 'bigint'],
    ['reports_to', (row) => row.reportsTo],
    ['prof_cd', (row) => row.profession, 'char(3)'],
  ]),
  legacyTable(table('people'), (department) => department.people(), 1, [
    ['staff_no', (row) => row.staffNo, 'char(8)'],
    ['surname', (row) => row.surname.toUpperCase()],
    ['forenames', (row) => row.forename],
    ['dob', (row) => date(row.birthDate)],
    ['ni_no', (row) => grouped(row.niNumber, 2, ' ')],
    ['start_dt', (row) => date(row.hiredOn)],
    ['leave_dt', (row) => (row.leftOn === '' ? '00/00/0000' : date(row.leftOn))],
    ['rec_type', (row) => (row.test ? 'T' : 'L'), 'char(1)'],
    ['email', (row) => row.email],
  ]),
  legacyTable(table('assignments'), (department) => department.assignments(), 3, [
    ['staff_no', (row) => row.staffNo, 'char(8)'],
    ['job_no', (row) => row.jobNo, 'smallint'],
    ['seq_no', (row) => row.seqNo, 'smallint'],
    ['org_cd', (row) => row.unit, 'char(8)'],
    ['post_no', (row) => (row.post === '' ? null : row.post)],
    ['job_title', (row) => row.title],
    ['grd_cd', (row) => row.grade.padEnd(6)],
    ['from_dt', (row) => date(row.from)],
    ['to_dt', (row) => (row.to === '' ? '31/12/9999' : date(row.to))],
  ]),
  legacyTable(table('salaries'), (department) => department.salaries(), 2, [
    ['staff_no', (row) => row.staffNo, 'char(8)'],
    ['eff_from', (row) => date(row.from)],
    ['eff_to', (row) => (row.to === '' ? '31/12/9999' : date(row.to))],
    ['annual_sal', (row) => pounds(row.amount)],
  ]),
  legacyTable(table('bank-accounts'), (department) => department.bankAccounts(), 2, [
    ['staff_no', (row) => row.staffNo, 'char(8)'],
    ['eff_dt', (row) => date(row.from)],
    ['bank_details', (row) => `${grouped(row.sortCode, 2, '-')} ${row.accountNumber}`],
    ['acct_name', (row) => row.accountName],
    ['current_yn', (row) => yesNo(row.current), 'char(1)'],
  ]),
  legacyTable(table('tax'), (department) => department.tax(), 2, [
    ['staff_no', (row) => row.staffNo, 'char(8)'],
    ['tax_yr', (row) => `${row.taxYear}/${(row.taxYear + 1) % 100}`],
    ['tax_cd', (row) => row.taxCode],
    ['wk1_ind', (row) => yesNo(row.week1), 'char(1)'],
    ['ni_letter', (row) => row.niCategory, 'char(1)'],
    ['stud_ln', (row) => row.studentLoan, 'char(1)'],
    ['taxable_p', (row) => row.taxable, 'bigint'],
    ['tax_p', (row) => row.tax, 'bigint'],
    ['ni_p', (row) => row.ni, 'bigint'],
  ]),
  legacyTable(table('cost-centres'), (department) => department.costCentres(), 1, [
    ['cc', (row) => row.code, 'char(10)'],
    ['descr', (row) => row.name],
    ['org_cd', (row) => row.unit, 'char(8)'],
    ['mgr_staff_no', (row) => row.manager],
  ]),
  legacyTable(table('suppliers'), (department) => department.suppliers(), 1, [
    ['supp_no', (row) => row.code, 'char(10)'],
    ['supp_name', (row) => row.name],
    ['vat_reg', (row) => grouped(row.vatNumber, 3, ' ')],
    ['sort', (row) => grouped(row.sortCode, 2, '-')],
    ['acct', (row) => row.accountNumber],
    ['terms', (row) => `NET ${row.termsDays}`],
    ['stat', (row) => row.status, 'char(1)'],
  ]),
  legacyTable(table('open-items'), (department) => department.openItems(), 1, [
    ['doc_no', (row) => row.documentNo],
    ['supp_no', (row) => row.supplier, 'char(10)'],
    ['inv_dt', (row) => date(row.invoiceDate)],
    ['due_dt', (row) => date(row.dueDate)],
    ['amt', (row) => pounds(row.amount)],
    ['ccy', () => 'GBP', 'char(3)'],
    ['cc', (row) => row.costCentre, 'char(10)'],
    ['paid_yn', (row) => yesNo(row.paid), 'char(1)'],
  ]),
  legacyTable(table('balances'), (department) => department.balances(), 3, [
    ['per', (row) => month(row.period)],
    ['acct', (row) => row.account],
    ['cc', (row) => row.costCentre, 'char(10)'],
    ['dr_p', (row) => row.debit, 'bigint'],
    ['cr_p', (row) => row.credit, 'bigint'],
  ]),
];

const PAY_TABLES: readonly LegacyTable[] = [
  legacyTable(RESULTS_TABLE, allResults, 3, [
    ['per', (row) => month(row.period)],
    ['staff_no', (row) => row.staffNo, 'char(8)'],
    ['elem_cd', (row) => LEGACY_ELEMENTS[row.element] ?? null, 'char(4)'],
    ['amt_p', (row) => row.amount, 'bigint'],
  ]),
  legacyTable(CONTROL_TABLE, allControls, 1, [
    ['per', (row) => month(row.period)],
    ['head_count', (row) => row.people, 'integer'],
    ['gross_p', (row) => row.gross, 'bigint'],
    ['net_p', (row) => row.net, 'bigint'],
  ]),
];

/**
 * The legacy system in PostgreSQL: schemas `hrms`, `pay` and `fin`, grown over decades. Codes are padded with blanks, dates are
 * text, money is pence or text with a pound sign, flags are letters, a bank account is one text, nothing is
 * enforced but the number of a record.
 */
export const POSTGRES_TABLES: readonly LegacyTable[] = [
  ...DATASET_TABLES.map(withRecordIds),
  ...PAY_TABLES,
];

function* allResults(department: LegacyDepartment) {
  for (const period of department.spec.periods) yield* department.results(period);
}

function* allControls(department: LegacyDepartment) {
  for (const period of department.spec.periods) yield department.control(period);
}
