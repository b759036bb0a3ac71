import type { SlipwayEvent } from '../domain/events.ts';
import type { StepId } from '../domain/step-catalogue.ts';
import type { EventLog } from '../store/event-log.ts';
import { settledOutputs } from '../store/step-outputs.ts';
import { inspect } from './inspect.ts';
import type { Inspect } from './inspect.ts';
import { stepActivity } from './step-activity.ts';
import type { StepActivity, StepBody, StepDependencies } from './step-activity.ts';

/** The activities of steps, by the id of the step. */
export type StepActivities = Record<StepId, StepActivity>;

/** Writes events that no step takes along: a parked step, a command. Idempotent. */
export type RecordEvents = (request: {
  onboarding: string;
  events: SlipwayEvent[];
}) => Promise<void>;

/** All activities, from the bodies of the steps. */
export function createActivities(
  dependencies: StepDependencies,
  bodies: Record<StepId, StepBody>,
): StepActivities & { recordEvents: RecordEvents; inspect: Inspect } {
  const loadOutputs = (onboarding: string) => settledOutputs(dependencies.database, onboarding);
  const steps = Object.fromEntries(
    Object.entries(bodies).map(([id, body]) => [id, stepActivity(dependencies, loadOutputs, body)]),
  ) as StepActivities;
  return { ...steps, recordEvents: recordEvents(dependencies.log), inspect: inspect(dependencies) };
}

function recordEvents(log: EventLog): RecordEvents {
  return async ({ onboarding, events }) => {
    await log.append(onboarding, events);
  };
}
