-- A row is what became of the variances of one signature in one period, also before somebody has decided.
alter table variance_explanation
  alter column decision drop not null,
  alter column cause drop not null,
  add column status text not null default 'explained' check (status in ('open', 'in-progress', 'explained', 'carried')),
  add column owner text,
  add column due date,
  add column notes jsonb not null default '[]',
  -- What it was decided on. A later group of more lines, or of a greater sum, is not what was explained.
  add column tested_lines integer,
  add column tested_pence bigint,
  add column carried_from text,
  -- Why an explanation of the period before does not hold here.
  add column reopened text,
  add constraint explained_has_decision check ((status in ('explained', 'carried')) = (decision is not null and cause is not null));

create table variance_case (
  onboarding  text not null,
  period      text not null,
  person      text not null,
  element     text not null,
  signature   text not null,
  decision    text not null,
  cause       text not null,
  explained_by text not null,
  carried_from text,
  primary key (onboarding, period, person, element)
);
comment on table variance_case is 'Explanations of single lines: this person and element, while its signature (element, class, direction, band) fits.';

create table case_set (
  onboarding  text not null,
  hash        text not null,
  period      text not null,
  people      jsonb not null,
  imported_by text not null,
  imported_at timestamptz not null default now(),
  primary key (onboarding, hash)
);
comment on table case_set is 'Whom an explanation is about, by the SHA-256 of the list: commands and events carry only the hash.';
