import type { Queryable } from './database.ts';

/** A public key that evidence was or is signed with. */
export interface PublishedKey {
  /** SHA-256 of the key in its DER form. */
  readonly fingerprint: string;
  /** PEM. */
  readonly publicKey: string;
  readonly since: Date;
}

/** Publishes a key. It stays when another one takes its place, because packs that it signed stay. */
export async function publishKey(
  database: Queryable,
  { fingerprint, publicKey }: Pick<PublishedKey, 'fingerprint' | 'publicKey'>,
): Promise<void> {
  await database.query(
    'insert into signing_key (fingerprint, public_key) values ($1, $2) on conflict do nothing',
    [fingerprint, publicKey],
  );
}

/** All keys, the newest first. */
export async function listKeys(database: Queryable): Promise<PublishedKey[]> {
  const { rows } = await database.query<PublishedKey>(
    `select fingerprint, public_key as "publicKey", published_at as since from signing_key
     order by published_at desc, fingerprint`,
  );
  return rows;
}

/** An export of an evidence pack. */
export interface PackExport {
  readonly by: string;
  readonly at: Date;
  /** The newest event in it. */
  readonly event: number;
  /** SHA-256 of its `contents.json`. */
  readonly contents: string;
  readonly signedBy: string;
  readonly bytes: number;
}

/** Writes down who took a pack out. */
export async function recordExport(
  database: Queryable,
  onboarding: string,
  { by, event, contents, signedBy, bytes }: Omit<PackExport, 'at'>,
): Promise<void> {
  await database.query(
    `insert into pack_export (onboarding, exported_by, event, contents, signed_by, bytes)
     values ($1, $2, $3, $4, $5, $6)`,
    [onboarding, by, event, contents, signedBy, bytes],
  );
}

/** Who took packs of an onboarding out, the latest first. */
export async function listExports(database: Queryable, onboarding: string): Promise<PackExport[]> {
  const { rows } = await database.query<PackExport>(
    `select exported_by as by, exported_at as at, event::float8 as event, contents, signed_by as "signedBy",
            bytes::float8 as bytes
     from pack_export where onboarding = $1 order by exported_at desc, id desc limit 1000`,
    [onboarding],
  );
  return rows;
}
