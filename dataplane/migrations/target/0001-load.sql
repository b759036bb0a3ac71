-- What Slipway keeps beside the rows it loads, in the platform's own database: only there can a chunk's rows, its
-- rejects and its ledger row be committed together.
create schema slipway;
comment on schema slipway is 'The ledger of what Slipway loaded, and what it could not load.';

create table slipway.load_plan (
  department text not null,
  load_id text not null,
  dataset text not null,
  chunk integer not null check (chunk >= 0),
  from_key text[],
  to_key text[],
  planned_rows bigint not null check (planned_rows >= 0),
  mapping_hash text not null,
  planned_at timestamptz not null default now(),
  primary key (department, load_id, dataset, chunk)
);
comment on table slipway.load_plan is
  'The key ranges a dataset is loaded in. Fixed when the load begins: a range that moved between two attempts would load rows twice, or never.';
comment on column slipway.load_plan.from_key is 'First source key of the chunk, as text; null: without bound.';
comment on column slipway.load_plan.to_key is 'The source key before which the chunk ends; null: without bound.';

create table slipway.load_ledger (
  department text not null,
  load_id text not null,
  dataset text not null,
  chunk integer not null check (chunk >= 0),
  kind text not null check (kind in ('load', 'delta')),
  target_table text not null,
  mapping_hash text not null,
  rows_read bigint not null default 0,
  rows_loaded bigint not null default 0,
  rows_quarantined bigint not null default 0,
  rows_excluded bigint not null default 0,
  excluded jsonb not null default '{}',
  totals jsonb not null default '{}',
  checksum text,
  path text not null default 'direct' check (path in ('direct', 'isolated', 'delta')),
  changes jsonb,
  xact xid8 not null default pg_current_xact_id(),
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  superseded_at timestamptz,
  primary key (department, load_id, dataset, chunk),
  -- No row is lost or invented (control C13).
  constraint load_ledger_adds_up check (rows_read = rows_loaded + rows_quarantined + rows_excluded)
);
comment on table slipway.load_ledger is
  'One row per chunk, committed with the rows it speaks of. A chunk that is here is loaded. A delta''s figures are differences, so that sums over a dataset stay true.';
comment on column slipway.load_ledger.excluded is 'Rows out of scope, by reason.';
comment on column slipway.load_ledger.totals is 'Sums of the control totals over the rows loaded, as decimal text.';
comment on column slipway.load_ledger.checksum is 'SHA-256 of the bytes that were copied for this chunk.';
comment on column slipway.load_ledger.path is 'direct: copied as it is; isolated: rows that failed were told apart first.';
comment on column slipway.load_ledger.changes is 'What a delta did: inserted, updated, deleted.';
comment on column slipway.load_ledger.xact is
  'The transaction. It is the xmin of the rows it wrote: says for any row which chunk, load and mapping it came by.';
comment on column slipway.load_ledger.superseded_at is 'When a later load took its rows off the platform again.';

create table slipway.quarantine (
  id bigint generated always as identity primary key,
  department text not null,
  load_id text not null,
  dataset text not null,
  chunk integer not null,
  source_key text not null,
  row_key text not null,
  rule text not null,
  field text,
  rules text[] not null,
  raw jsonb not null,
  status text not null default 'open' check (status in ('open', 'resolved', 'superseded')),
  created_at timestamptz not null default now(),
  closed_at timestamptz,
  check ((status = 'open') = (closed_at is null))
);
comment on table slipway.quarantine is
  'Source rows that broke a rule, each once per load. Holds personal data: raw is the row as the legacy system has it.';
comment on column slipway.quarantine.source_key is 'The source row as people name it: file:line, or its key.';
comment on column slipway.quarantine.row_key is 'The source row as Slipway finds it again.';
comment on column slipway.quarantine.rule is
  'The first rule it broke: not-null:COLUMN, unique:CONSTRAINT, foreign-key:CONSTRAINT, check:CONSTRAINT, cast:FIELD, unmapped:LIST.';
comment on column slipway.quarantine.field is 'The target column at fault.';
comment on column slipway.quarantine.rules is 'Every rule it broke.';
comment on column slipway.quarantine.status is
  'open: not on the platform; resolved: the source row was corrected or is gone; superseded: belongs to an earlier load.';

create unique index quarantine_open_row on slipway.quarantine (department, load_id, dataset, row_key) where status = 'open';
create index quarantine_chunk on slipway.quarantine (department, load_id, dataset, chunk, rule);

create table slipway.row_loaded_elsewhere (
  department text not null,
  load_id text not null,
  dataset text not null,
  chunk integer not null,
  row_key text not null,
  primary key (department, load_id, dataset, row_key)
);
comment on table slipway.row_loaded_elsewhere is
  'Source rows of a dataset that takes one row per value, whose value another dataset of the same table has loaded. They count as excluded; a comparison has to leave them out as well.';
