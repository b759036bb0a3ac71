import type { Scenario, ScenarioCases } from '../domain/controls/c04-scope-ledger.ts';
import { findComparison } from './comparisons.ts';
import type { Queryable } from './database.ts';

interface Lines {
  readonly element: string;
  readonly legacyLines: number;
}

/**
 * Counts the cases of each scenario in the last comparison of a period, one for each person and element. What both sides
 * have is what the legacy side has, less what only it has.
 * @returns undefined when the period was not compared
 */
export async function scenarioCases(
  database: Queryable,
  onboarding: string,
  period: string,
  scenarios: readonly Scenario[],
): Promise<Record<string, ScenarioCases> | undefined> {
  const comparison = await findComparison(database, onboarding, period);
  if (comparison === undefined) return undefined;
  const { totals } = comparison.content as unknown as { totals: readonly Lines[] };
  const legacy = new Map(totals.map((total) => [total.element, total.legacyLines]));
  const { rows } = await database.query<{ element: string; missing: number; extra: number }>(
    `select element, count(*) filter (where platform_pence is null)::int as missing,
            count(*) filter (where legacy_pence is null)::int as extra
     from variance where onboarding = $1 and period = $2 and element = any($3) group by element`,
    [onboarding, period, scenarios.flatMap((scenario) => scenario.elements)],
  );
  const oneSided = new Map(rows.map((row) => [row.element, row]));
  return Object.fromEntries(
    scenarios.map(({ id, elements }) => {
      const cases = { population: 0, compared: 0 };
      for (const element of new Set(elements)) {
        const { missing = 0, extra = 0 } = oneSided.get(element) ?? {};
        const lines = legacy.get(element) ?? 0;
        cases.population += lines + extra;
        cases.compared += lines - missing;
      }
      return [id, cases] as const;
    }),
  );
}
