create table inspection (
  id          text primary key,
  onboarding  text not null references onboarding,
  kind        text not null,
  -- What is asked for. An uploaded file comes beside it.
  request     jsonb not null,
  document    bytea,
  asked_by    text not null,
  asked_at    timestamptz not null default now(),
  -- Whether raw values of the legacy system were asked for.
  unmasked    boolean not null,
  status      text not null default 'asked' check (status in ('asked', 'answered', 'failed')),
  -- One of them, until it expires: an answer may hold personal data.
  answer      jsonb,
  file        bytea,
  expires_at  timestamptz not null
);
comment on table inspection is
  'Looks at the platform: asked by the API, answered by a worker of the data plane. Who looked at what stays; answers and uploads are deleted when they expire.';
create index inspection_unmasked on inspection (onboarding, asked_at) where unmasked;
create index inspection_expired on inspection (expires_at) where answer is not null or file is not null or document is not null;

create table correction (
  onboarding  text not null references onboarding,
  hash        text not null,
  dataset     text not null,
  row_count   integer not null,
  cell_count  integer not null,
  -- Personal data: gone once it was applied, or has expired.
  content     jsonb,
  imported_by text not null,
  imported_at timestamptz not null default now(),
  expires_at  timestamptz not null,
  primary key (onboarding, hash)
);
comment on table correction is
  'Imported corrections of rows in quarantine, by the SHA-256 of their canonical JSON, on their way to the platform.';
