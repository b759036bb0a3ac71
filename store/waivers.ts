import type { Progress } from '../domain/progress.ts';
import { viewStep } from '../domain/step-view.ts';
import type { Waiver } from '../domain/step-run.ts';
import type { Queryable } from './database.ts';

/** The mandatory steps of an onboarding that stand waived now, each with its waiver. */
export async function waivedSteps(
  database: Queryable,
  onboarding: string,
): Promise<(Omit<Waiver, 'criterion'> & { readonly step: string })[]> {
  const { rows } = await database.query<{ key: string; history: Progress['steps'][string] }>(
    'select key, history from step where onboarding = $1 order by key',
    [onboarding],
  );
  return rows.flatMap(({ key, history }) => {
    if (viewStep(key, history).status !== 'waived') return [];
    const waived = history.findLast((event) => event.type === 'step.waived');
    if (waived?.type !== 'step.waived') return [];
    const { by, reason, impact, expires } = waived;
    return [{ step: key, by, reason, impact, expires }];
  });
}
