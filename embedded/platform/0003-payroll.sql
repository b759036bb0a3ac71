create table payroll.pay_element (
  element text primary key check (element ~ '^[A-Z][A-Z0-9-]{0,19}$'),
  name text not null unique check (btrim(name) <> ''),
  kind text not null check (kind in ('earning', 'deduction', 'employer', 'total', 'leave')),
  tolerance text not null check (tolerance in ('exact', 'penny'))
);
comment on table payroll.pay_element is
  'Reference, the same for every department. `tolerance`: `exact` must be equal to the penny, `penny` may differ by rounding.';

insert into payroll.pay_element (element, name, kind, tolerance) values
  ('BASIC', 'Basic pay', 'earning', 'exact'),
  ('LONDON', 'London weighting', 'earning', 'exact'),
  ('OVERTIME', 'Overtime', 'earning', 'exact'),
  ('SHIFT', 'Shift allowance', 'earning', 'exact'),
  ('BONUS', 'Performance bonus', 'earning', 'exact'),
  ('ARREARS', 'Arrears of pay', 'earning', 'exact'),
  ('PAYE', 'Income tax', 'deduction', 'exact'),
  ('NI', 'National Insurance, employee', 'deduction', 'exact'),
  ('PENSION', 'Pension, employee', 'deduction', 'exact'),
  ('STUDENT-LOAN', 'Student loan repayment', 'deduction', 'exact'),
  ('UNION', 'Trade union subscription', 'deduction', 'exact'),
  ('COURT-ORDER', 'Attachment of earnings', 'deduction', 'exact'),
  ('NI-EMPLOYER', 'National Insurance, employer', 'employer', 'penny'),
  ('PENSION-EMPLOYER', 'Pension, employer', 'employer', 'penny'),
  ('LEVY', 'Apprenticeship levy', 'employer', 'penny'),
  ('GROSS', 'Gross pay', 'total', 'exact'),
  ('TAXABLE', 'Taxable pay', 'total', 'exact'),
  ('DEDUCTIONS', 'Total deductions', 'total', 'exact'),
  ('NET', 'Net pay', 'total', 'exact'),
  ('EMPLOYER-COST', 'Total employer cost', 'total', 'penny'),
  ('LEAVE-ACCRUAL', 'Holiday pay accrued', 'leave', 'penny');

create table payroll.bank_account (
  department text not null,
  person_number text not null,
  valid_from date not null,
  sort_code text not null check (sort_code ~ '^[0-9]{6}$'),
  account_number text not null check (account_number ~ '^[0-9]{8}$'),
  account_name text not null check (btrim(account_name) <> '' and char_length(account_name) <= 100),
  primary key (department, person_number, valid_from),
  constraint bank_account_person_fk foreign key (department, person_number) references hr.person
);
comment on table payroll.bank_account is 'Where a person is paid. The newest account that is already valid counts.';

create table payroll.tax (
  department text not null,
  person_number text not null,
  tax_year smallint not null check (tax_year between 2000 and 2099),
  tax_code text not null check (tax_code ~ '^[SC]?(BR|D[0-2]|0T|NT|K[0-9]{1,4}|[0-9]{1,5}[LMNT])$'),
  basis text not null check (basis in ('cumulative', 'week1')),
  ni_category text not null check (ni_category ~ '^[ABCFHIJLMSVXZ]$'),
  student_loan_plan text check (student_loan_plan in ('1', '2', '4', 'postgraduate')),
  taxable_ytd numeric(14,2) not null,
  tax_ytd numeric(14,2) not null,
  ni_ytd numeric(14,2) not null check (ni_ytd >= 0),
  primary key (department, person_number, tax_year),
  constraint tax_person_fk foreign key (department, person_number) references hr.person
);
comment on table payroll.tax is
  'Tax and National Insurance of a person in a tax year, with the year to date in pounds as last sent to the tax authority (control C14).';
comment on column payroll.tax.tax_year is 'The year in which the tax year begins, on 6 April.';

create table payroll.run (
  department text not null,
  period text not null check (btrim(period) <> ''),
  people integer not null check (people >= 0),
  gross numeric(14,2) not null,
  net numeric(14,2) not null,
  completed_at timestamptz not null default now(),
  primary key (department, period)
);
comment on table payroll.run is
  'Control record of a finished calculation: how many people it holds, and their gross and net pay. Written after the last result.';

create table payroll.result (
  department text not null,
  period text not null check (btrim(period) <> ''),
  person_number text not null check (btrim(person_number) <> ''),
  element text not null check (btrim(element) <> ''),
  amount numeric(14,2) not null,
  primary key (department, period, person_number, element)
);
comment on table payroll.result is
  'What the payroll engine computed, in pounds, one row per person and element. No foreign keys: a result for an unknown person or element is a finding of the parallel run, not an error of the load.';
