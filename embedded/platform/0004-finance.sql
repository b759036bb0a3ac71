create table finance.cost_centre (
  department text not null,
  cost_centre_code text not null check (cost_centre_code ~ '^[A-Z0-9]{1,12}$'),
  name text not null check (btrim(name) <> '' and char_length(name) <= 200),
  unit_code text,
  manager text,
  primary key (department, cost_centre_code),
  constraint cost_centre_unit_fk foreign key (department, unit_code) references hr.unit,
  constraint cost_centre_manager_fk foreign key (department, manager) references hr.person
);
comment on table finance.cost_centre is 'Where cost is booked; its manager is a person of the department.';

create table finance.supplier (
  department text not null,
  supplier_code text not null check (supplier_code ~ '^[A-Z0-9]{1,12}$'),
  name text not null check (btrim(name) <> '' and char_length(name) <= 200),
  vat_number text check (vat_number ~ '^GB([0-9]{9}|[0-9]{12})$'),
  sort_code text not null check (sort_code ~ '^[0-9]{6}$'),
  account_number text not null check (account_number ~ '^[0-9]{8}$'),
  payment_terms_days smallint not null check (payment_terms_days between 0 and 120),
  status text not null check (status in ('active', 'on-hold')),
  primary key (department, supplier_code)
);
comment on table finance.supplier is 'Who is paid, where, and after how many days.';

create table finance.open_item (
  department text not null,
  document_no text not null check (document_no ~ '^[A-Z0-9/-]{1,20}$'),
  supplier_code text not null,
  invoice_date date not null,
  due_date date not null,
  amount numeric(14,2) not null check (amount <> 0),
  currency text not null check (currency = 'GBP'),
  cost_centre_code text not null,
  primary key (department, document_no),
  constraint open_item_supplier_fk foreign key (department, supplier_code) references finance.supplier,
  constraint open_item_cost_centre_fk foreign key (department, cost_centre_code) references finance.cost_centre,
  constraint open_item_due_after_invoice check (due_date >= invoice_date)
);
comment on table finance.open_item is 'An invoice (positive) or credit note (negative) in pounds that is not settled yet.';

create table finance.balance (
  department text not null,
  period text not null check (period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  account_code text not null check (account_code ~ '^[0-9]{4,8}$'),
  cost_centre_code text not null,
  debit numeric(14,2) not null check (debit >= 0),
  credit numeric(14,2) not null check (credit >= 0),
  primary key (department, period, account_code, cost_centre_code),
  constraint balance_cost_centre_fk foreign key (department, cost_centre_code) references finance.cost_centre
);
comment on table finance.balance is 'Debit and credit in pounds per month, account and cost centre.';
