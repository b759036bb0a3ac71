import type { Expression } from '../../domain/mapping/expression.ts';
import { payFiles, DATASET_FILES } from '../legacy/files-shape.ts';
import { CONTROL_FILE, PLACES_OF, resultsFile } from '../legacy/places.ts';
import type { DatasetName } from '../legacy/rows.ts';
import type { DatasetInput, ResultsInput, SourceInput } from './manifest-input.ts';

const SOURCE = 'exports';
const trim = (of: Expression): Expression => ({ trim: of });
const lookup = (of: Expression, list: string): Expression => ({ lookup: { of, list } });
const dotted = (of: Expression): Expression => ({ date: { of: trim(of), format: 'DD.MM.YYYY' } });
const compact = (of: Expression): Expression => ({ date: { of: trim(of), format: 'YYYYMMDD' } });
const pounds = (of: string): Expression => ({ decimal: { of, scale: 2 } });
/** The file entry of a dataset: its file's name without the ending. */
const entry = (dataset: DatasetName): string => PLACES_OF[dataset].file.replace('.csv', '');
const when = (column: string, value: string, reason: string) => ({
  when: { equals: [column, { value }] satisfies [Expression, Expression] },
  reason,
});

/**
 * The legacy files as a source.
 * @param folder of the files, relative to the manifest
 */
export function filesSource(folder: string, periods: readonly string[]): SourceInput {
  const files = Object.fromEntries(
    [...DATASET_FILES, ...payFiles([])].map(({ table, encoding, delimiter }) => [
      table.name.replace('.csv', ''),
      {
        paths: [`${folder}/${table.name}`],
        ...(encoding === 'utf-8' ? {} : { encoding }),
        ...(delimiter === ',' ? {} : { delimiter }),
      },
    ]),
  );
  const results = { paths: periods.map((period) => `${folder}/${resultsFile(period)}`) };
  return { kind: 'files', files: { ...files, 'pay-results': results } };
}

/** The mapping of the legacy files. Order is that of loading. Files keep no key: a row is known by its line, the key is checked. */
export const FILES_DATASETS: readonly DatasetInput[] = [
  {
    id: 'units',
    target: 'hr.unit',
    source: SOURCE,
    from: entry('units'),
    key: ['Org Code'],
    exclude: [when('Status', 'Closed', 'the unit is closed')],
    fields: {
      unit_code: trim('Org Code'),
      name: trim('Org Name'),
      parent_unit_code: trim('Parent Org'),
    },
  },
  {
    id: 'posts',
    target: 'hr.post',
    source: SOURCE,
    from: entry('posts'),
    key: ['Post'],
    fields: {
      post_code: trim('Post'),
      unit_code: trim('Org Code'),
      title: trim('Post Title'),
      grade_code: lookup(trim('Grade'), 'grades'),
      fte: pounds('FTE'),
      pay_floor: pounds('Scale Min'),
      pay_ceiling: pounds('Scale Max'),
      profession: lookup(trim('Profession'), 'professions'),
    },
    totals: ['fte'],
  },
  {
    id: 'reporting-lines',
    target: 'hr.reporting_line',
    source: SOURCE,
    from: entry('reporting-lines'),
    key: ['Post'],
    exclude: [
      { when: { isNull: trim('Reports To') }, reason: 'the top of the tree reports to nobody' },
    ],
    fields: { post_code: trim('Post'), reports_to: trim('Reports To') },
  },
  {
    id: 'people',
    target: 'hr.person',
    source: SOURCE,
    from: entry('people'),
    key: ['Staff No.'],
    exclude: [when('Record Type', 'TEST', 'a test record')],
    fields: {
      person_number: trim('Staff No.'),
      legacy_payroll_id: trim('Staff No.'),
      surname: trim('Surname'),
      forename: trim('Forename(s)'),
      birth_date: dotted('D.O.B.'),
      ni_number: trim('N.I. No'),
      hired_on: dotted('Start Date'),
      left_on: dotted('Leaving Date'),
    },
    drop: { 'E-mail': 'the platform gives out addresses of its own' },
  },
  {
    id: 'assignments',
    target: 'hr.assignment',
    source: SOURCE,
    from: entry('assignments'),
    key: ['staff_no', 'job', 'seq'],
    fields: {
      person_number: trim('staff_no'),
      assignment_no: { integer: 'job' },
      effective_from: compact('from'),
      effective_to: compact({ nullIf: { of: 'to', values: ['99991231'] } }),
      unit_code: trim('org'),
      post_code: trim('post'),
      job_title: trim('job_title'),
      grade_code: lookup(trim('grade'), 'grades'),
    },
    drop: { seq: 'the dates tell the order' },
  },
  {
    id: 'salaries',
    target: 'hr.salary',
    source: SOURCE,
    from: entry('salaries'),
    key: ['Staff No.', 'From'],
    fields: {
      person_number: trim('Staff No.'),
      effective_from: dotted('From'),
      effective_to: dotted('To'),
      amount: { money: 'Annual Salary (£)' },
    },
    totals: ['amount'],
  },
  {
    id: 'bank-accounts',
    target: 'payroll.bank_account',
    source: SOURCE,
    from: entry('bank-accounts'),
    key: ['STAFFNO', 'VALID_FROM'],
    exclude: [when('CURRENT', 'No', 'a former account')],
    fields: {
      person_number: trim('STAFFNO'),
      valid_from: compact('VALID_FROM'),
      sort_code: { digits: 'SORTCODE' },
      account_number: trim('ACCOUNT'),
      account_name: trim('ACCOUNT_NAME'),
    },
  },
  {
    id: 'tax',
    target: 'payroll.tax',
    source: SOURCE,
    from: entry('tax'),
    key: ['STAFFNO', 'TAX_YEAR'],
    fields: {
      person_number: trim('STAFFNO'),
      tax_year: { integer: 'TAX_YEAR' },
      tax_code: trim('TAX_CODE'),
      basis: lookup('BASIS', 'tax-bases'),
      ni_category: trim('NI_CAT'),
      student_loan_plan: lookup({ nullIf: { of: 'STUDENT_LOAN', values: ['0'] } }, 'student-loans'),
      taxable_ytd: pounds('TAXABLE_TD'),
      tax_ytd: pounds('TAX_TD'),
      ni_ytd: pounds('NI_TD'),
    },
    totals: ['taxable_ytd', 'tax_ytd', 'ni_ytd'],
  },
  {
    id: 'cost-centres',
    target: 'finance.cost_centre',
    source: SOURCE,
    from: entry('cost-centres'),
    key: ['Cost Centre'],
    fields: {
      cost_centre_code: trim('Cost Centre'),
      name: trim('Description'),
      unit_code: trim('Org Code'),
      manager: trim('Manager'),
    },
  },
  {
    id: 'suppliers',
    target: 'finance.supplier',
    source: SOURCE,
    from: entry('suppliers'),
    key: ['Supplier'],
    exclude: [when('Status', 'D', 'the supplier is dormant')],
    fields: {
      supplier_code: trim('Supplier'),
      name: trim('Name'),
      vat_number: trim({ replace: { of: 'VAT Reg.', find: ' ', by: '' } }),
      sort_code: { digits: 'Sort Code' },
      account_number: trim('Account'),
      payment_terms_days: { integer: 'Terms (days)' },
      status: lookup('Status', 'supplier-statuses'),
    },
  },
  {
    id: 'open-items',
    target: 'finance.open_item',
    source: SOURCE,
    from: entry('open-items'),
    key: ['Document'],
    exclude: [when('Settled', 'Yes', 'the invoice is settled')],
    fields: {
      document_no: trim('Document'),
      supplier_code: trim('Supplier'),
      invoice_date: compact('Invoice Date'),
      due_date: compact('Due Date'),
      amount: pounds('Amount'),
      currency: trim('Currency'),
      cost_centre_code: trim('Cost Centre'),
    },
    totals: ['amount'],
  },
  {
    id: 'balances',
    target: 'finance.balance',
    source: SOURCE,
    from: entry('balances'),
    key: ['Period', 'Account', 'Cost Centre'],
    fields: {
      period: trim('Period'),
      account_code: trim('Account'),
      cost_centre_code: trim('Cost Centre'),
      debit: pounds('Debit'),
      credit: pounds('Credit'),
    },
    totals: ['debit', 'credit'],
  },
];

/** Where the legacy files hold the pay results. */
export const FILES_RESULTS: ResultsInput = {
  source: SOURCE,
  from: 'pay-results',
  period: 'Period',
  person: trim('Staff No'),
  element: lookup('Element', 'pay-elements'),
  amount: pounds('Amount'),
  control: {
    from: CONTROL_FILE.replace('.csv', ''),
    period: 'Period',
    people: { integer: 'People' },
  },
};
