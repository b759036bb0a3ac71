import { asStepEvent, compareEvents, isReadinessEvent } from './events.ts';
import type { OnboardingEventBody, SlipwayEvent, StepEventBody } from './events.ts';
import type { StepKey } from './step-catalogue.ts';

/** An event of the onboarding as a whole. */
export type OnboardingEvent = SlipwayEvent & OnboardingEventBody;
/** An event of one step. */
export type StepEvent = SlipwayEvent & StepEventBody;

/**
 * The state of an onboarding: what happened to it and to each step, in the order of versions. Applying events is a
 * union of sets, so any order of delivery and any repetition gives the same state; what people look at is a view
 * computed from it.
 */
export interface Progress {
  readonly onboarding: readonly OnboardingEvent[];
  readonly steps: Readonly<Record<StepKey, readonly StepEvent[]>>;
}

/** Nothing has happened yet. */
export const NO_PROGRESS: Progress = { onboarding: [], steps: {} };

/**
 * How many events of one step are kept. A step that is retried for days writes two per attempt; the oldest are left
 * out of the state (the event log has them all). Keeping the highest N does not depend on the order of delivery.
 */
const KEPT_EVENTS = 200;

/** The reducer: the state after one more event. An event that is there already changes nothing. */
export function applyEvent(
  progress: Progress,
  event: SlipwayEvent,
  keep: number = KEPT_EVENTS,
): Progress {
  // There may be hundreds of them; they would push the others out.
  if (isReadinessEvent(event)) return progress;
  const ofStep = asStepEvent(event);
  if (ofStep === undefined) {
    const onboarding = insert(progress.onboarding, event as OnboardingEvent, KEPT_EVENTS);
    return onboarding === progress.onboarding ? progress : { ...progress, onboarding };
  }
  const before = progress.steps[ofStep.step] ?? [];
  const after = insert(before, ofStep, keep);
  return after === before
    ? progress
    : { ...progress, steps: { ...progress.steps, [ofStep.step]: after } };
}

function insert<E extends SlipwayEvent>(
  events: readonly E[],
  event: E,
  keep: number,
): readonly E[] {
  let position = events.length;
  while (position > 0) {
    const order = compareEvents(events[position - 1] as E, event);
    if (order === 0) return events;
    if (order < 0) break;
    position -= 1;
  }
  if (position === 0 && events.length >= keep) return events;
  const next = [...events.slice(0, position), event, ...events.slice(position)];
  return next.length > keep ? next.slice(next.length - keep) : next;
}
