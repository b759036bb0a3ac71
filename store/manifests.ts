import type { Json } from '../domain/json.ts';
import type { Manifest } from '../domain/manifest.ts';
import type { Queryable } from './database.ts';
import { contentHash } from './hashing.ts';

/** A registered manifest. */
export interface StoredManifest {
  readonly hash: string;
  readonly manifest: Manifest;
  /** The text as it was given. */
  readonly source: string;
  /** Folder that relative paths start from. */
  readonly baseFolder: string;
}

/** The identity of a manifest: SHA-256 of its valid content and of the folder its paths start from. */
export function manifestHash(manifest: Manifest, baseFolder: string): string {
  return contentHash({ manifest: manifest as unknown as Json, baseFolder });
}

/** Keeps a manifest under its hash, and the people it names. Doing it again changes nothing. @returns the hash */
export async function registerManifest(
  database: Queryable,
  manifest: Manifest,
  source: string,
  baseFolder: string,
): Promise<string> {
  const hash = manifestHash(manifest, baseFolder);
  await database.query(
    `insert into manifest (hash, programme, department, source, content, base_folder)
     values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
    [
      hash,
      manifest.programme,
      manifest.department.id,
      source,
      JSON.stringify(manifest),
      baseFolder,
    ],
  );
  return hash;
}

/** The manifest of a hash, or undefined. */
export async function findManifest(
  database: Queryable,
  hash: string,
): Promise<StoredManifest | undefined> {
  const { rows } = await database.query<{ source: string; content: Manifest; base_folder: string }>(
    'select source, content, base_folder from manifest where hash = $1',
    [hash],
  );
  const row = rows[0];
  return row === undefined
    ? undefined
    : { hash, manifest: row.content, source: row.source, baseFolder: row.base_folder };
}
