import { viewStep } from '../domain/step-view.ts';
import type { Progress } from '../domain/progress.ts';
import type { StepView } from '../domain/step-view.ts';
import type { Queryable } from './database.ts';

/** A step that something happens in or that waits, with how far it is. */
export interface OpenStep {
  readonly onboarding: string;
  readonly step: StepView;
  /** Units done and to do; null where the step has said nothing yet. */
  readonly progress: {
    readonly unit: string;
    readonly done: number;
    readonly total: number | null;
  } | null;
}

/**
 * The steps that run, are parked or wait, of some onboardings. A step that is asked to run again, and has not begun, is not
 * among them.
 * @param onboardings ids of the onboardings
 */
export async function listOpenSteps(
  database: Queryable,
  onboardings: readonly string[],
): Promise<OpenStep[]> {
  const { rows } = await database.query<{
    onboarding: string;
    key: string;
    history: Progress['steps'][string];
    unit: string | null;
    done: number | null;
    total: number | null;
  }>(
    `select s.onboarding, s.key, s.history, p.unit, p.done::float8 as done, p.total::float8 as total
     from step s left join step_progress p using (onboarding, key)
     where s.onboarding = any($1) and s.status in ('parked', 'waiting', 'running', 'retrying')
     order by s.onboarding, s.waiting_since nulls last, s.key`,
    [onboardings],
  );
  return rows.map(({ onboarding, key, history, unit, done, total }) => ({
    onboarding,
    step: viewStep(key, history),
    progress: unit === null ? null : { unit, done: done ?? 0, total },
  }));
}
