create table person (
  id          text primary key,
  name        text not null,
  email       text,
  created_at  timestamptz not null default now()
);
comment on table person is 'The people behind the references in events and approvals.';

create table role_grant (
  person      text not null references person,
  role        text not null,
  -- '*' for every programme or department.
  programme   text not null,
  department  text not null,
  primary key (person, role, programme, department)
);
comment on table role_grant is 'Which role a person holds where.';

create table token (
  id          text primary key,
  -- SHA-256 of the secret: the secret itself is shown once and never stored.
  hash        text not null unique,
  person      text not null references person,
  label       text not null,
  created_at  timestamptz not null default now(),
  expires_at  timestamptz,
  revoked_at  timestamptz
);
comment on table token is 'Bearer tokens of people and machines.';
