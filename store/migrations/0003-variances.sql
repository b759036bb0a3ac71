create table variance (
  onboarding      text not null,
  period          text not null,
  person          text not null,
  element         text not null,
  legacy_pence    bigint,
  platform_pence  bigint,
  difference_pence bigint not null,
  class           text not null,
  signature       text not null,
  over_tolerance  boolean not null,
  primary key (onboarding, period, person, element)
);
comment on table variance is 'Pay differences of one period. Replaced when the period is compared again.';
create index variance_signature on variance (onboarding, period, signature);

create table variance_explanation (
  onboarding  text not null,
  period      text not null,
  signature   text not null,
  decision    text not null,
  cause       text not null,
  explained_by text not null,
  explained_at timestamptz not null default now(),
  primary key (onboarding, period, signature)
);
comment on table variance_explanation is 'What explains the variances of a signature in a period, and who said so.';
