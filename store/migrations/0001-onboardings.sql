-- Slipway's own tables. The event log says what happened; everything else about an onboarding is computed from it.

create table manifest (
  hash        text primary key,
  programme   text not null,
  department  text not null,
  -- The text as it was given, and the valid manifest with its defaults filled in.
  source      text not null,
  content     jsonb not null,
  -- Folder that relative paths of the manifest start from, on the machine where it was read.
  base_folder text not null,
  created_at  timestamptz not null default now()
);
comment on table manifest is 'Manifests by the SHA-256 of their valid content. Never changed, never deleted.';

create table onboarding (
  id            text primary key,
  programme     text not null,
  department    text not null,
  manifest      text not null references manifest,
  status        text not null,
  stage         text not null,
  planned_steps int not null,
  started_at    timestamptz,
  ended_at      timestamptz,
  -- What the reducer keeps: the onboarding's own events.
  history       jsonb not null,
  -- Highest version seen, and the end of the hash chain.
  version       bigint not null,
  chain_length  bigint not null,
  chain_hash    text not null,
  updated_at    timestamptz not null default now()
);
comment on table onboarding is 'Read model: one department''s journey, written in the transaction of its events.';
create index onboarding_programme on onboarding (programme, department);

create table step (
  onboarding    text not null references onboarding,
  key           text not null,
  status        text not null,
  error_code    text,
  attempts      int not null,
  waiting_since timestamptz,
  started_at    timestamptz,
  ended_at      timestamptz,
  -- What the reducer keeps: the step's own events.
  history       jsonb not null,
  primary key (onboarding, key)
);
comment on table step is 'Read model: the steps of an onboarding that something has happened to.';
create index step_waiting on step (status, waiting_since) where status in ('parked', 'waiting');

create table event (
  onboarding  text not null,
  -- Place in the chain, from 1 without gaps: the order of arrival.
  position    bigint not null,
  version     bigint not null,
  part        int not null,
  step        text,
  type        text not null,
  at          timestamptz not null,
  body        jsonb not null,
  -- SHA-256 over the previous hash and the canonical JSON of the event.
  hash        text not null,
  primary key (onboarding, position),
  unique (onboarding, version, part)
);
comment on table event is 'The event log: append-only, one hash chain per onboarding.';

create table evidence (
  onboarding  text not null,
  step        text not null,
  hash        text not null,
  kind        text not null,
  content     jsonb not null,
  created_at  timestamptz not null default now(),
  primary key (onboarding, step, hash)
);
comment on table evidence is 'Documents that decisions rest on, by the SHA-256 of their canonical JSON.';

create table step_progress (
  onboarding  text not null,
  key         text not null,
  unit        text not null,
  done        bigint not null,
  total       bigint,
  started_at  timestamptz not null,
  at          timestamptz not null,
  primary key (onboarding, key)
);
comment on table step_progress is 'How far a running step is, for those who watch. Not history: overwritten.';
