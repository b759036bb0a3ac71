create table comparison (
  onboarding  text not null,
  period      text not null,
  -- SHA-256 of everything that the outcome depends on: the same again is not compared again.
  fingerprint text not null,
  content     jsonb not null,
  compared_at timestamptz not null default now(),
  primary key (onboarding, period)
);
comment on table comparison is 'What the last comparison of a pay period found. Without persons: those are in variance and unmatched_person.';

create table unmatched_person (
  onboarding  text not null,
  period      text not null,
  person      text not null,
  side        text not null check (side in ('legacy', 'platform')),
  primary key (onboarding, period, person)
);
comment on table unmatched_person is 'People with pay on one side only, of the last comparison of a period: the population is not whole.';
