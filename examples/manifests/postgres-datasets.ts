import type { Expression } from '../../domain/mapping/expression.ts';
import { PLACES_OF } from '../legacy/places.ts';
import type { DatasetInput, ResultsInput } from './manifest-input.ts';

const SOURCE = 'legacy';
const trim = (of: Expression): Expression => ({ trim: of });
const date = (of: Expression): Expression => ({ date: { of, format: 'DD/MM/YYYY' } });
const lookup = (of: Expression, list: string): Expression => ({ lookup: { of, list } });
/** A day that stands for none is null. */
const dateUnless = (of: string, never: string): Expression =>
  date({ nullIf: { of, values: [never] } });
/** `07/2026` as `2026-07`. */
const month = (of: string): Expression => ({
  concat: [
    { split: { of, by: '/', part: 2 } },
    { value: '-' },
    { split: { of, by: '/', part: 1 } },
  ],
});

/** The mapping of the legacy PostgreSQL system. Order is that of loading. */
export const POSTGRES_DATASETS: readonly DatasetInput[] = [
  {
    id: 'units',
    target: 'hr.unit',
    source: SOURCE,
    from: PLACES_OF.units.table,
    key: ['rec_id'],
    exclude: [{ when: { equals: ['closed_flag', { value: 'Y' }] }, reason: 'the unit is closed' }],
    fields: {
      unit_code: trim('org_cd'),
      name: trim('org_name'),
      parent_unit_code: trim('parent_org_cd'),
    },
    drop: { last_user: 'technical: who saved the record in the legacy system' },
  },
  {
    id: 'posts',
    target: 'hr.post',
    source: SOURCE,
    from: PLACES_OF.posts.table,
    key: ['rec_id'],
    fields: {
      post_code: trim('post_no'),
      unit_code: trim('org_cd'),
      title: trim('post_title'),
      grade_code: lookup(trim('grd_cd'), 'grades'),
      fte: { decimal: { of: 'fte', scale: 2 } },
      pay_floor: { fromPence: 'sal_min_p' },
      pay_ceiling: { fromPence: 'sal_max_p' },
      profession: lookup(trim('prof_cd'), 'professions'),
    },
    totals: ['fte'],
  },
  {
    id: 'reporting-lines',
    target: 'hr.reporting_line',
    source: SOURCE,
    from: PLACES_OF['reporting-lines'].table,
    key: ['rec_id'],
    exclude: [
      { when: { isNull: trim('reports_to') }, reason: 'the top of the tree reports to nobody' },
    ],
    fields: { post_code: trim('post_no'), reports_to: trim('reports_to') },
  },
  {
    id: 'people',
    target: 'hr.person',
    source: SOURCE,
    from: PLACES_OF.people.table,
    key: ['rec_id'],
    exclude: [{ when: { equals: ['rec_type', { value: 'T' }] }, reason: 'a test record' }],
    fields: {
      person_number: trim('staff_no'),
      legacy_payroll_id: trim('staff_no'),
      surname: trim('surname'),
      forename: trim('forenames'),
      birth_date: date('dob'),
      ni_number: trim({ replace: { of: { upper: 'ni_no' }, find: ' ', by: '' } }),
      hired_on: date('start_dt'),
      left_on: dateUnless('leave_dt', '00/00/0000'),
    },
    drop: { email: 'the platform gives out addresses of its own' },
  },
  {
    id: 'assignments',
    target: 'hr.assignment',
    source: SOURCE,
    from: PLACES_OF.assignments.table,
    key: ['rec_id'],
    fields: {
      person_number: trim('staff_no'),
      assignment_no: 'job_no',
      effective_from: date('from_dt'),
      effective_to: dateUnless('to_dt', '31/12/9999'),
      unit_code: trim('org_cd'),
      post_code: trim('post_no'),
      job_title: trim('job_title'),
      grade_code: lookup(trim('grd_cd'), 'grades'),
    },
    drop: { seq_no: 'the dates tell the order' },
  },
  {
    id: 'salaries',
    target: 'hr.salary',
    source: SOURCE,
    from: PLACES_OF.salaries.table,
    key: ['rec_id'],
    fields: {
      person_number: trim('staff_no'),
      effective_from: date('eff_from'),
      effective_to: dateUnless('eff_to', '31/12/9999'),
      amount: { money: 'annual_sal' },
    },
    totals: ['amount'],
  },
  {
    id: 'bank-accounts',
    target: 'payroll.bank_account',
    source: SOURCE,
    from: PLACES_OF['bank-accounts'].table,
    key: ['rec_id'],
    exclude: [{ when: { equals: ['current_yn', { value: 'N' }] }, reason: 'a former account' }],
    fields: {
      person_number: trim('staff_no'),
      valid_from: date('eff_dt'),
      sort_code: { digits: { split: { of: 'bank_details', by: ' ', part: 1 } } },
      account_number: trim({ split: { of: 'bank_details', by: ' ', part: 2 } }),
      account_name: trim('acct_name'),
    },
  },
  {
    id: 'tax',
    target: 'payroll.tax',
    source: SOURCE,
    from: PLACES_OF.tax.table,
    key: ['rec_id'],
    fields: {
      person_number: trim('staff_no'),
      tax_year: { integer: { split: { of: 'tax_yr', by: '/', part: 1 } } },
      tax_code: trim('tax_cd'),
      basis: lookup('wk1_ind', 'tax-bases'),
      ni_category: trim('ni_letter'),
      student_loan_plan: lookup({ nullIf: { of: 'stud_ln', values: ['0'] } }, 'student-loans'),
      taxable_ytd: { fromPence: 'taxable_p' },
      tax_ytd: { fromPence: 'tax_p' },
      ni_ytd: { fromPence: 'ni_p' },
    },
    totals: ['taxable_ytd', 'tax_ytd', 'ni_ytd'],
  },
  {
    id: 'cost-centres',
    target: 'finance.cost_centre',
    source: SOURCE,
    from: PLACES_OF['cost-centres'].table,
    key: ['rec_id'],
    fields: {
      cost_centre_code: trim('cc'),
      name: trim('descr'),
      unit_code: trim('org_cd'),
      manager: trim('mgr_staff_no'),
    },
  },
  {
    id: 'suppliers',
    target: 'finance.supplier',
    source: SOURCE,
    from: PLACES_OF.suppliers.table,
    key: ['rec_id'],
    exclude: [{ when: { equals: ['stat', { value: 'D' }] }, reason: 'the supplier is dormant' }],
    fields: {
      supplier_code: trim('supp_no'),
      name: trim('supp_name'),
      vat_number: { concat: [{ value: 'GB' }, { digits: 'vat_reg' }] },
      sort_code: { digits: 'sort' },
      account_number: trim('acct'),
      payment_terms_days: { integer: { digits: 'terms' } },
      status: lookup('stat', 'supplier-statuses'),
    },
  },
  {
    id: 'open-items',
    target: 'finance.open_item',
    source: SOURCE,
    from: PLACES_OF['open-items'].table,
    key: ['rec_id'],
    exclude: [{ when: { equals: ['paid_yn', { value: 'Y' }] }, reason: 'the invoice is settled' }],
    fields: {
      document_no: trim('doc_no'),
      supplier_code: trim('supp_no'),
      invoice_date: date('inv_dt'),
      due_date: date('due_dt'),
      amount: { money: 'amt' },
      currency: trim('ccy'),
      cost_centre_code: trim('cc'),
    },
    totals: ['amount'],
  },
  {
    id: 'balances',
    target: 'finance.balance',
    source: SOURCE,
    from: PLACES_OF.balances.table,
    key: ['rec_id'],
    fields: {
      period: month('per'),
      account_code: trim('acct'),
      cost_centre_code: trim('cc'),
      debit: { fromPence: 'dr_p' },
      credit: { fromPence: 'cr_p' },
    },
    totals: ['debit', 'credit'],
  },
];

/** Where the legacy PostgreSQL system keeps its pay results. */
export const POSTGRES_RESULTS: ResultsInput = {
  source: SOURCE,
  from: 'pay.tbl_result',
  period: month('per'),
  person: trim('staff_no'),
  element: lookup(trim('elem_cd'), 'pay-elements'),
  amount: { fromPence: 'amt_p' },
  control: { from: 'pay.tbl_control', period: month('per'), people: 'head_count' },
};
