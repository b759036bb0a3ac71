create table signing_key (
  -- SHA-256 of the public key in its DER form.
  fingerprint  text primary key,
  public_key   text not null,
  published_at timestamptz not null default now()
);
comment on table signing_key is 'Public keys that evidence packs are signed with, now or earlier. The private ones are never here.';

create table pack_export (
  id           bigint generated always as identity primary key,
  onboarding   text not null references onboarding,
  exported_by  text not null,
  exported_at  timestamptz not null default now(),
  -- The newest event in the pack, and what names it: the SHA-256 of its contents.
  event        bigint not null,
  contents     text not null,
  signed_by    text not null references signing_key,
  bytes        bigint not null
);
comment on table pack_export is 'Who took the evidence pack of an onboarding out, and which.';
create index pack_export_onboarding on pack_export (onboarding, exported_at);
