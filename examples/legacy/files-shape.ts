import { LEGACY_ELEMENTS } from './code-lists.ts';
import { type FileHabits, PLAIN } from './csv-file.ts';
import {
  dayFirst,
  grouped,
  type LegacyTable,
  legacyTable,
  plainPounds,
  pounds,
} from './legacy-table.ts';
import { CONTROL_FILE, PLACES_OF, resultsFile } from './places.ts';
import type { DatasetName } from './rows.ts';

/** A file of the folder. */
export interface LegacyFile extends FileHabits {
  readonly table: LegacyTable;
}

const SPREADSHEET: FileHabits = { encoding: 'windows-1252', delimiter: ',', newline: '\r\n' };
const SEMICOLONS: FileHabits = { encoding: 'utf-8', delimiter: ';', newline: '\n' };
const EUROPEAN: FileHabits = { encoding: 'windows-1252', delimiter: ';', newline: '\r\n' };

const file = (dataset: DatasetName): string => PLACES_OF[dataset].file;
const dots = (iso: string): string => dayFirst(iso, '.');
const compact = (iso: string): string => iso.replaceAll('-', '');

/**
 * The legacy system as a folder of exports: every file with the encoding, delimiter, header and date habits of whoever
 * wrote it. The same department as in PostgreSQL, row by row.
 */
export const DATASET_FILES: readonly LegacyFile[] = [
  {
    ...PLAIN,
    table: legacyTable(file('units'), (department) => department.units(), 1, [
      ['Org Code', (row) => row.code],
      ['Org Name', (row) => row.name],
      ['Parent Org', (row) => row.parent],
      ['Status', (row) => (row.closed ? 'Closed' : 'Open')],
    ]),
  },
  {
    ...PLAIN,
    table: legacyTable(file('posts'), (department) => department.posts(), 1, [
      ['Post', (row) => row.code],
      ['Org Code', (row) => row.unit],
      ['Post Title', (row) => row.title],
      ['Grade', (row) => row.grade],
      ['FTE', (row) => (row.fte / 100).toFixed(2)],
      ['Scale Min', (row) => plainPounds(row.payFloor)],
      ['Scale Max', (row) => plainPounds(row.payCeiling)],
      ['Reports To', (row) => row.reportsTo],
      ['Profession', (row) => row.profession],
    ]),
  },
  {
    ...SPREADSHEET,
    table: legacyTable(file('people'), (department) => department.people(), 1, [
      ['Staff No.', (row) => row.staffNo],
      ['Surname', (row) => row.surname],
      ['Forename(s)', (row) => ` ${row.forename}`],
      ['D.O.B.', (row) => dots(row.birthDate)],
      ['N.I. No', (row) => row.niNumber],
      ['Start Date', (row) => dots(row.hiredOn)],
      ['Leaving Date', (row) => dots(row.leftOn)],
      ['Record Type', (row) => (row.test ? 'TEST' : 'LIVE')],
      ['E-mail', (row) => row.email],
    ]),
  },
  {
    ...SEMICOLONS,
    table: legacyTable(file('assignments'), (department) => department.assignments(), 3, [
      ['staff_no', (row) => row.staffNo],
      ['job', (row) => row.jobNo],
      ['seq', (row) => row.seqNo],
      ['org', (row) => row.unit],
      ['post', (row) => row.post],
      ['job_title', (row) => row.title],
      ['grade', (row) => row.grade],
      ['from', (row) => compact(row.from)],
      ['to', (row) => (row.to === '' ? '99991231' : compact(row.to))],
    ]),
  },
  {
    ...SPREADSHEET,
    table: legacyTable(file('salaries'), (department) => department.salaries(), 2, [
      ['Staff No.', (row) => row.staffNo],
      ['From', (row) => dots(row.from)],
      ['To', (row) => dots(row.to)],
      ['Annual Salary (£)', (row) => pounds(row.amount)],
    ]),
  },
  {
    ...PLAIN,
    table: legacyTable(file('bank-accounts'), (department) => department.bankAccounts(), 2, [
      ['STAFFNO', (row) => row.staffNo],
      ['VALID_FROM', (row) => compact(row.from)],
      ['SORTCODE', (row) => grouped(row.sortCode, 2, '-')],
      ['ACCOUNT', (row) => row.accountNumber],
      ['ACCOUNT_NAME', (row) => row.accountName],
      ['CURRENT', (row) => (row.current ? 'Yes' : 'No')],
    ]),
  },
  {
    ...PLAIN,
    table: legacyTable(file('tax'), (department) => department.tax(), 2, [
      ['STAFFNO', (row) => row.staffNo],
      ['TAX_YEAR', (row) => row.taxYear],
      ['TAX_CODE', (row) => row.taxCode],
      ['BASIS', (row) => (row.week1 ? 'W1/M1' : 'CUM')],
      ['NI_CAT', (row) => row.niCategory],
      ['STUDENT_LOAN', (row) => row.studentLoan],
      ['TAXABLE_TD', (row) => plainPounds(row.taxable)],
      ['TAX_TD', (row) => plainPounds(row.tax)],
      ['NI_TD', (row) => plainPounds(row.ni)],
    ]),
  },
  {
    ...PLAIN,
    table: legacyTable(file('cost-centres'), (department) => department.costCentres(), 1, [
      ['Cost Centre', (row) => row.code],
      ['Description', (row) => row.name],
      ['Org Code', (row) => row.unit],
      ['Manager', (row) => row.manager],
    ]),
  },
  {
    ...EUROPEAN,
    table: legacyTable(file('suppliers'), (department) => department.suppliers(), 1, [
      ['Supplier', (row) => row.code],
      ['Name', (row) => row.name],
      ['VAT Reg.', (row) => (row.vatNumber === '' ? '' : `GB ${grouped(row.vatNumber, 3, ' ')}`)],
      ['Sort Code', (row) => grouped(row.sortCode, 2, '-')],
      ['Account', (row) => row.accountNumber],
      ['Terms (days)', (row) => row.termsDays],
      ['Status', (row) => row.status],
    ]),
  },
  {
    ...PLAIN,
    table: legacyTable(file('open-items'), (department) => department.openItems(), 1, [
      ['Document', (row) => row.documentNo],
      ['Supplier', (row) => row.supplier],
      ['Invoice Date', (row) => compact(row.invoiceDate)],
      ['Due Date', (row) => compact(row.dueDate)],
      ['Amount', (row) => plainPounds(row.amount)],
      ['Currency', () => 'GBP'],
      ['Cost Centre', (row) => row.costCentre],
      ['Settled', (row) => (row.paid ? 'Yes' : 'No')],
    ]),
  },
  {
    ...PLAIN,
    table: legacyTable(file('balances'), (department) => department.balances(), 3, [
      ['Period', (row) => row.period],
      ['Account', (row) => row.account],
      ['Cost Centre', (row) => row.costCentre],
      ['Debit', (row) => plainPounds(row.debit)],
      ['Credit', (row) => plainPounds(row.credit)],
    ]),
  },
];

/** The pay results: one file per period, and one of control records over all periods. */
export function payFiles(periods: readonly string[]): readonly LegacyFile[] {
  const results = periods.map((period) => ({
    ...PLAIN,
    table: legacyTable(resultsFile(period), (department) => department.results(period), 3, [
      ['Period', (row) => row.period],
      ['Staff No', (row) => row.staffNo],
      ['Element', (row) => LEGACY_ELEMENTS[row.element] ?? null],
      ['Amount', (row) => plainPounds(row.amount)],
    ]),
  }));
  const control = legacyTable(
    CONTROL_FILE,
    (department) => periods.map((period) => department.control(period)),
    1,
    [
      ['Period', (row) => row.period],
      ['People', (row) => row.people],
      ['Gross', (row) => plainPounds(row.gross)],
      ['Net', (row) => plainPounds(row.net)],
    ],
  );
  return [...results, { ...PLAIN, table: control }];
}
