create table programme_plan (
  programme   text not null,
  -- From 1. The versions of a plan are never changed and never deleted.
  version     integer not null,
  hash        text not null,
  source      text not null,
  content     jsonb not null,
  prepared_by text not null references person,
  prepared_at timestamptz not null default now(),
  reason      text not null,
  primary key (programme, version)
);
comment on table programme_plan is 'Plans of programmes: waves, departments, windows, limits. In force is the one that was approved last.';

create table programme_approval (
  programme   text not null,
  version     integer not null,
  approved_by text not null references person,
  approved_at timestamptz not null default now(),
  reason      text not null,
  primary key (programme, version),
  foreign key (programme, version) references programme_plan
);
comment on table programme_approval is 'Who agreed with a plan: never who prepared it.';

create table provider_measurement (
  programme   text not null,
  -- A month, as in 2027-01.
  period      text not null,
  content     jsonb not null,
  -- SHA-256 of it and of the hash of the month before: what was measured cannot be changed unnoticed.
  hash        text not null,
  measured_by text not null references person,
  measured_at timestamptz not null default now(),
  reason      text not null,
  primary key (programme, period)
);
comment on table provider_measurement is 'What the provider has carried, month by month, as independent assurance has seen it.';

create table savings_claim (
  onboarding  text not null references onboarding,
  number      integer not null,
  content     jsonb not null,
  -- The actuals as they were attached, and their SHA-256.
  actuals     text not null,
  hash        text not null,
  claimed_by  text not null references person,
  claimed_at  timestamptz not null default now(),
  reason      text not null,
  primary key (onboarding, number),
  unique (onboarding, hash)
);
comment on table savings_claim is 'Savings that are claimed against the baseline after hypercare.';

create table savings_confirmation (
  onboarding   text not null,
  number       integer not null,
  confirmed_by text not null references person,
  confirmed_at timestamptz not null default now(),
  reason       text not null,
  primary key (onboarding, number),
  foreign key (onboarding, number) references savings_claim
);
comment on table savings_confirmation is 'Who agreed with a claim: never who made it.';

create table legacy_release (
  onboarding  text not null references onboarding,
  item        text not null,
  released_by text not null references person,
  released_at timestamptz not null default now(),
  reason      text not null,
  primary key (onboarding, item)
);
comment on table legacy_release is 'Legacy systems and teams that were let go after hypercare, and by whom.';
