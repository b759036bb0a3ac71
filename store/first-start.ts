import type { Queryable } from './database.ts';

/** ISO time at which the first attempt of a step run began; undefined as long as it is not written. */
export async function firstStart(
  database: Queryable,
  { onboarding, version }: { readonly onboarding: string; readonly version: number },
): Promise<string | undefined> {
  const { rows } = await database.query<{ at: string | null }>(
    `select to_char(min(at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
     from event where onboarding = $1 and version = $2 and type = 'step.started'`,
    [onboarding, version],
  );
  return rows[0]?.at ?? undefined;
}
