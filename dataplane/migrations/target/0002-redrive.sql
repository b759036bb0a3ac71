-- What people decide about the quarantine: rows are corrected and loaded after all, or accepted as they are.

alter table slipway.load_ledger drop constraint load_ledger_kind_check;
alter table slipway.load_ledger add constraint load_ledger_kind_check check (kind in ('load', 'delta', 'redrive'));
alter table slipway.load_ledger drop constraint load_ledger_path_check;
alter table slipway.load_ledger add constraint load_ledger_path_check check (path in ('direct', 'isolated', 'delta', 'redrive'));
comment on table slipway.load_ledger is
  'One row per chunk, committed with the rows it speaks of. A chunk that is here is loaded. The figures of a delta and of a re-drive are differences, so that sums over a dataset stay true.';
comment on column slipway.load_ledger.changes is 'What a delta or a re-drive did: inserted, updated, deleted.';

create table slipway.quarantine_decision (
  department text not null,
  load_id text not null,
  dataset text not null,
  id text not null,
  kind text not null check (kind in ('redrive', 'accept')),
  decided_by text not null,
  reason text not null,
  document text,
  chunk integer,
  result jsonb not null,
  decided_at timestamptz not null default now(),
  primary key (department, load_id, dataset, id)
);
comment on table slipway.quarantine_decision is
  'Who re-drove or accepted rows in quarantine, and why. Committed with what it did: a repeat finds it here and does nothing.';
comment on column slipway.quarantine_decision.id is 'The command, by its number in the event log of the onboarding.';
comment on column slipway.quarantine_decision.document is 'SHA-256 of the corrections that were imported; null when the rows were tried again as they are.';
comment on column slipway.quarantine_decision.chunk is 'Its row in the ledger; null when nothing changed.';

create table slipway.correction (
  id bigint generated always as identity primary key,
  department text not null,
  load_id text not null,
  dataset text not null,
  row_key text not null,
  source_key text not null,
  checksum text not null,
  cells jsonb not null,
  decision text not null,
  quarantine_id bigint not null references slipway.quarantine,
  status text not null default 'active' check (status in ('active', 'superseded')),
  created_at timestamptz not null default now(),
  closed_at timestamptz,
  closed_because text,
  check ((status = 'active') = (closed_at is null))
);
comment on table slipway.correction is
  'Corrected values of source rows. They stand in for those of the source as long as the source row is what it was when it was corrected; once it changes, the source counts again. Holds personal data.';
comment on column slipway.correction.checksum is 'SHA-256 of the source row as it was corrected: JSON of its columns, as text.';
comment on column slipway.correction.cells is 'The corrected columns with their values as text; null for an empty value.';
create unique index correction_active_row on slipway.correction (department, load_id, dataset, row_key) where status = 'active';

alter table slipway.quarantine drop constraint quarantine_status_check;
alter table slipway.quarantine add constraint quarantine_status_check check (status in ('open', 'accepted', 'resolved', 'superseded'));
alter table slipway.quarantine add column decision text;
comment on column slipway.quarantine.status is
  'open: not on the platform, nobody has decided; accepted: not on the platform, a named person agrees; resolved: re-driven, or the source row was corrected or is gone; superseded: belongs to an earlier load.';
comment on column slipway.quarantine.decision is 'The decision that closed the row, if one did.';

-- A row that was accepted is still not on the platform: the same source row cannot be in quarantine a second time.
drop index slipway.quarantine_open_row;
create unique index quarantine_row_kept_out on slipway.quarantine (department, load_id, dataset, row_key) where status in ('open', 'accepted');
