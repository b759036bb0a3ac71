import type { Json } from '../domain/json.ts';
import type { Queryable } from './database.ts';
import { contentHash } from './hashing.ts';

/** The corrected cells of one row in quarantine: columns of the source with their values as text. */
export interface StoredCorrection {
  readonly id: string;
  readonly cells: Readonly<Record<string, string | null>>;
}

/** Imported corrections without their values. */
export interface CorrectionReference {
  readonly hash: string;
  readonly rows: number;
  readonly cells: number;
}

/**
 * Keeps imported corrections under their hash until they are applied. Doing it again changes nothing.
 * @param keepForMs how long they stay when nobody applies them
 */
export async function keepCorrection(
  database: Queryable,
  correction: {
    readonly onboarding: string;
    readonly dataset: string;
    readonly rows: readonly StoredCorrection[];
    readonly by: string;
    readonly keepForMs: number;
  },
): Promise<CorrectionReference> {
  const { onboarding, dataset, rows, by, keepForMs } = correction;
  const content = { dataset, rows } as unknown as Json;
  const hash = contentHash(content);
  const cells = rows.reduce((sum, row) => sum + Object.keys(row.cells).length, 0);
  await database.query(
    `insert into correction (onboarding, hash, dataset, row_count, cell_count, content, imported_by, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, now() + $8 * interval '1 millisecond')
     on conflict (onboarding, hash) do update set content = excluded.content, expires_at = excluded.expires_at`,
    [onboarding, hash, dataset, rows.length, cells, JSON.stringify(content), by, keepForMs],
  );
  return { hash, rows: rows.length, cells };
}

/** The rows of imported corrections of a dataset; undefined when they were applied already, or have expired. */
export async function findCorrection(
  database: Queryable,
  onboarding: string,
  dataset: string,
  hash: string,
): Promise<readonly StoredCorrection[] | undefined> {
  const { rows } = await database.query<{ content: { rows: StoredCorrection[] } | null }>(
    'select content from correction where onboarding = $1 and hash = $2 and dataset = $3',
    [onboarding, hash, dataset],
  );
  return rows[0]?.content?.rows;
}

/** Forgets the values of corrections that were applied. */
export async function forgetCorrection(
  database: Queryable,
  onboarding: string,
  hash: string,
): Promise<void> {
  await database.query('update correction set content = null where onboarding = $1 and hash = $2', [
    onboarding,
    hash,
  ]);
}
