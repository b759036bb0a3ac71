import type { Json } from '../domain/json.ts';
import { inTransaction } from './database.ts';
import type { Database, Queryable } from './database.ts';
import { deleteVariances, insertVariances } from './variances.ts';
import type { StoredVariance } from './variances.ts';

/** The outcome of the last comparison of a pay period. */
export interface StoredComparison {
  readonly period: string;
  /** SHA-256 of what it was made from. */
  readonly fingerprint: string;
  readonly content: Json;
}

/** Somebody with pay on one side only. */
export interface UnmatchedPerson {
  readonly person: string;
  /** The side that has the pay. */
  readonly side: 'legacy' | 'platform';
}

/** What a comparison writes while it goes on. */
export interface ComparisonWriter {
  variances(batch: readonly StoredVariance[]): Promise<void>;
  unmatched(batch: readonly UnmatchedPerson[]): Promise<void>;
}

/**
 * Puts a comparison in the place of the one before, with its variances, in one transaction; their explanations belonged to
 * what was compared before and go with it.
 * @param compare writes what it finds and returns the outcome
 */
export async function replaceComparison(
  database: Database,
  onboarding: string,
  period: string,
  compare: (writer: ComparisonWriter) => Promise<Omit<StoredComparison, 'period'>>,
): Promise<void> {
  const key = [onboarding, period];
  await inTransaction(database, async (client) => {
    await deleteVariances(client, onboarding, period);
    for (const table of ['unmatched_person', 'variance_explanation', 'variance_case', 'comparison'])
      await client.query(`delete from ${table} where onboarding = $1 and period = $2`, key);
    const { fingerprint, content } = await compare({
      variances: (batch) => insertVariances(client, onboarding, batch),
      unmatched: async (batch) => {
        await client.query(
          `insert into unmatched_person (onboarding, period, person, side)
           select $1, $2, u.person, u.side from jsonb_to_recordset($3::jsonb) as u (person text, side text)`,
          [...key, JSON.stringify(batch)],
        );
      },
    });
    await client.query(
      'insert into comparison (onboarding, period, fingerprint, content) values ($1, $2, $3, $4)',
      [...key, fingerprint, JSON.stringify(content)],
    );
  });
}

/** The last comparison of a period; undefined when there is none. */
export async function findComparison(
  database: Queryable,
  onboarding: string,
  period: string,
): Promise<StoredComparison | undefined> {
  const { rows } = await database.query<StoredComparison>(
    'select period, fingerprint, content from comparison where onboarding = $1 and period = $2',
    [onboarding, period],
  );
  return rows[0];
}

/** People with pay on one side only, in order of their references. */
export async function listUnmatched(
  database: Queryable,
  onboarding: string,
  period: string,
  limit = 1000,
): Promise<UnmatchedPerson[]> {
  const { rows } = await database.query<UnmatchedPerson>(
    'select person, side from unmatched_person where onboarding = $1 and period = $2 order by person limit $3',
    [onboarding, period, limit],
  );
  return rows;
}

/** The differences of some people in a period, in pence by person and element; none where it was not compared. */
export async function differencesOf(
  database: Queryable,
  onboarding: string,
  period: string,
  people: readonly string[],
): Promise<Map<string, Map<string, number>>> {
  const { rows } = await database.query<{ person: string; element: string; pence: number }>(
    `select person, element, difference_pence::float8 as pence from variance
     where onboarding = $1 and period = $2 and person = any($3) and difference_pence <> 0`,
    [onboarding, period, people],
  );
  const found = new Map<string, Map<string, number>>();
  for (const { person, element, pence } of rows) {
    const elements = found.get(person) ?? new Map<string, number>();
    found.set(person, elements.set(element, pence));
  }
  return found;
}
