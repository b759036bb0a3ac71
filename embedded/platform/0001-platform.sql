-- The shared platform: one database, many departments. Every departmental table has the department as the first
-- column of its primary key, so departments live side by side and cannot reach into each other by a foreign key.
--
-- Texts are `text` with a CHECK on their length, never `varchar(n)`: an explicit cast to `varchar(n)` cuts silently.

create schema platform;
create schema hr;
create schema payroll;
create schema finance;

comment on schema platform is 'The platform itself: which departments it serves.';
comment on schema hr is 'Human resources: units, posts, people, assignments, salaries.';
comment on schema payroll is 'Payroll: bank accounts, tax, results per period.';
comment on schema finance is 'Finance: cost centres, suppliers, open items, balances.';

create table platform.tenant (
  department text primary key check (department ~ '^[a-z][a-z0-9-]{0,39}$'),
  name text not null check (btrim(name) <> ''),
  status text not null default 'loading' check (status in ('loading', 'live', 'withdrawn')),
  live_from timestamptz,
  updated_at timestamptz not null default now(),
  check (status <> 'live' or live_from is not null)
);
comment on table platform.tenant is
  'One row per department. `loading`: data arrive, nobody works on them; `live`: the platform serves the department; `withdrawn`: it was rolled back.';
comment on column platform.tenant.live_from is 'When the switch was thrown; kept after a withdrawal.';
