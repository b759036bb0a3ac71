create table payroll.live_period (
  department text not null,
  period text not null check (btrim(period) <> ''),
  payments integer not null check (payments > 0),
  errors integer not null check (errors >= 0),
  open_cases integer not null check (open_cases >= 0),
  month_closed boolean not null default false,
  quarter_closed boolean not null default false,
  recorded_at timestamptz not null default now(),
  primary key (department, period),
  constraint live_period_run_fk foreign key (department, period) references payroll.run
);
comment on table payroll.live_period is
  'A pay period that was paid for real: payments made, those that were wrong, support cases open at its end, and whether it closed a month or a quarter in the ledger. What hypercare is judged by (control C15).';
comment on column payroll.live_period.recorded_at is
  'By the clock of the platform, as is the time of the switch: what was recorded before the switch is not live.';
