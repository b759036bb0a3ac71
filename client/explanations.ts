import type { Explanation } from '../domain/step-run.ts';
import type { Queryable } from '../store/database.ts';
import { keepCases } from '../store/explanations.ts';

/** What is said of a signature; a case names its people. */
export type SaidOfVariances = Omit<Explanation, 'by' | 'cases'> & {
  readonly people?: readonly string[] | undefined;
};

/** The explanations as commands carry them: whom a case is about goes to the store, its hash takes the place. */
export async function withCasesKept(
  database: Queryable,
  place: { readonly onboarding: string; readonly period: string; readonly by: string },
  said: readonly SaidOfVariances[],
): Promise<Omit<Explanation, 'by'>[]> {
  return await Promise.all(
    said.map(async ({ people, ...each }) =>
      people === undefined
        ? each
        : { ...each, cases: await keepCases(database, { ...place, people }) },
    ),
  );
}
