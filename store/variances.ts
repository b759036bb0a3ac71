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
  /** Null where all is within tolerance and nobody said anything. */
  readonly status: 'open' | 'in-progress' | 'explained' | 'carried' | null;
  readonly owner: string | null;
  /** ISO date. */
  readonly due: string | null;
  readonly notes: readonly string[];
  /** Lines over tolerance that neither a rule nor a case explains. */
  readonly openLines: number;
  /** Lines that are explained one by one. */
  readonly caseLines: number;
  /** What the explanation was decided on. */
  readonly testedLines: number | null;
  readonly testedPence: number | null;
  readonly carriedFrom: string | null;
  /** Why the explanation of the period before does not hold. */
  readonly reopened: string | null;
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
    `select g.signature, g.element, g.class, g.lines, g.people, g."totalPence", g."overTolerance", g."caseLines", e.decision, e.cause, case when e.decision is not null then e.explained_by end as "explainedBy", e.owner,
            e.due::text as due, coalesce(e.notes, '[]') as notes, e.tested_lines as "testedLines",
            e.tested_pence::float8 as "testedPence", e.carried_from as "carriedFrom", e.reopened,
            case when e.decision is not null then 0 else g.uncovered end as "openLines",
            case when e.decision is not null then e.status
                 when g."overTolerance" and g.uncovered = 0 then case when g."caseLines" = g.carried then 'carried' else 'explained' end
                 when e.status is not null then e.status
                 when g."overTolerance" then 'open' end as status
     from (select v.onboarding, v.period, v.signature, min(v.element) as element, min(v.class) as class, count(*)::int as lines,
                  count(distinct v.person)::int as people, sum(v.difference_pence)::float8 as "totalPence",
                  bool_or(v.over_tolerance) as "overTolerance", count(c.person)::int as "caseLines", count(c.carried_from)::int as carried,
                  count(*) filter (where v.over_tolerance and c.person is null)::int as uncovered
           from variance v
           left join variance_case c using (onboarding, period, person, element)
           where v.onboarding = $1 and v.period = $2
           group by v.onboarding, v.period, v.signature) g
     left join variance_explanation e using (onboarding, period, signature)
     order by g.people desc, g.signature`,
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
