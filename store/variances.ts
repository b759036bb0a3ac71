import type { Queryable } from './database.ts';

/** A difference of one person, period and element. Amounts in pence; null where a side has no such line. */
export interface StoredVariance {
  readonly period: string;
  readonly person: string;
  readonly element: string;
  readonly legacyPence: number | null;
  readonly platformPence: number | null;
  readonly differencePence: number;
  readonly class: string;
  readonly signature: string;
  readonly overTolerance: boolean;
}

/** The variances of one signature, with what explains them. */
export interface VarianceGroup {
  readonly signature: string;
  readonly element: string;
  readonly class: string;
  readonly lines: number;
  readonly people: number;
  readonly totalPence: number;
  readonly overTolerance: boolean;
  readonly decision: string | null;
  readonly cause: string | null;
  readonly explainedBy: string | null;
}

/** What somebody said about a signature. */
export interface VarianceExplanation {
  readonly signature: string;
  readonly decision: string;
  readonly cause: string;
  readonly by: string;
}

/** Removes the variances of a period. */
export async function deleteVariances(
  database: Queryable,
  onboarding: string,
  period: string,
): Promise<void> {
  await database.query('delete from variance where onboarding = $1 and period = $2', [
    onboarding,
    period,
  ]);
}

/** Adds variances of a period. */
export async function insertVariances(
  client: Queryable,
  onboarding: string,
  batch: readonly StoredVariance[],
): Promise<void> {
  const column = <K extends keyof StoredVariance>(name: K): StoredVariance[K][] =>
    batch.map((variance) => variance[name]);
  // Arrays, because a JSON text of as many rows takes PostgreSQL twice as long to read.
  await client.query(
    `insert into variance (onboarding, period, person, element, legacy_pence, platform_pence, difference_pence,
                           class, signature, over_tolerance)
     select $1, v.* from unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[],
       $9::text[], $10::boolean[]) v`,
    [
      onboarding,
      column('period'),
      column('person'),
      column('element'),
      column('legacyPence'),
      column('platformPence'),
      column('differencePence'),
      column('class'),
      column('signature'),
      column('overTolerance'),
    ],
  );
}

/** The variances of a period by signature, the most people first. */
export async function varianceGroups(
  database: Queryable,
  onboarding: string,
  period: string,
): Promise<VarianceGroup[]> {
  const { rows } = await database.query<VarianceGroup>(
    `select v.signature, min(v.element) as element, min(v.class) as class, count(*)::int as lines,
            count(distinct v.person)::int as people, sum(v.difference_pence)::float8 as "totalPence",
            bool_or(v.over_tolerance) as "overTolerance", e.decision, e.cause, e.explained_by as "explainedBy"
     from variance v
     left join variance_explanation e using (onboarding, period, signature)
     where v.onboarding = $1 and v.period = $2
     group by v.signature, e.decision, e.cause, e.explained_by
     order by people desc, v.signature`,
    [onboarding, period],
  );
  return rows;
}

/** The variances of a period, or of one signature of it, by person and element. */
export async function listVariances(
  database: Queryable,
  onboarding: string,
  period: string,
  signature?: string,
  limit = 1000,
): Promise<StoredVariance[]> {
  const { rows } = await database.query<StoredVariance>(
    `select period, person, element, legacy_pence::float8 as "legacyPence", platform_pence::float8 as "platformPence",
            difference_pence::float8 as "differencePence", class, signature, over_tolerance as "overTolerance"
     from variance where onboarding = $1 and period = $2 and ($3::text is null or signature = $3)
     order by person, element limit $4`,
    [onboarding, period, signature ?? null, limit],
  );
  return rows;
}

/** Records explanations; a later one of the same signature takes the place of the earlier. */
export async function explainVariances(
  database: Queryable,
  onboarding: string,
  period: string,
  explanations: readonly VarianceExplanation[],
): Promise<void> {
  await database.query(
    `insert into variance_explanation (onboarding, period, signature, decision, cause, explained_by)
     select $1, $2, e.signature, e.decision, e.cause, e.by
     from jsonb_to_recordset($3::jsonb) as e (signature text, decision text, cause text, by text)
     on conflict (onboarding, period, signature) do update
       set decision = excluded.decision, cause = excluded.cause, explained_by = excluded.explained_by, explained_at = now()`,
    [onboarding, period, JSON.stringify(explanations)],
  );
}
