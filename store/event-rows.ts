import { asStepEvent } from '../domain/events.ts';
import type { SlipwayEvent } from '../domain/events.ts';
import type { Json } from '../domain/json.ts';
import { viewStep } from '../domain/step-view.ts';
import { viewOnboarding } from '../domain/onboarding-view.ts';
import type { Progress } from '../domain/progress.ts';

/** A document to keep with the events that refer to it. */
export interface EvidenceDocument {
  readonly kind: string;
  readonly step: string;
  readonly content: Json;
}

/** Events of one onboarding, to be written together with their documents. */
export interface Append {
  readonly onboarding: string;
  readonly events: readonly SlipwayEvent[];
  readonly evidence: readonly EvidenceDocument[];
}

/** An onboarding while a batch is applied to it. */
export interface Draft {
  progress: {
    onboarding: Progress['onboarding'];
    steps: Record<string, Progress['steps'][string]>;
  };
  /** Its own events are read and written; otherwise only those of its steps. */
  readonly own: boolean;
  version: number;
  length: number;
  hash: string;
  readonly added: { position: number; hash: string; event: SlipwayEvent }[];
  readonly touched: Set<string>;
}

/** Row of table `event`. */
export function eventRow(
  onboarding: string,
  added: Draft['added'][number],
): Record<string, unknown> {
  const { event } = added;
  return {
    onboarding,
    position: added.position,
    version: event.version,
    part: event.part,
    step: asStepEvent(event)?.step ?? null,
    type: event.type,
    at: event.at,
    body: event,
    hash: added.hash,
  };
}

/** Row of table `step`, from the reducer's view. */
export function stepRow(onboarding: string, key: string, draft: Draft): Record<string, unknown> {
  const history = draft.progress.steps[key] ?? [];
  const view = viewStep(key, history);
  return {
    onboarding,
    key,
    status: view.status,
    error_code: view.failure?.code ?? null,
    attempts: view.attempts.length,
    waiting_since: view.waitingSince ?? null,
    started_at: view.startedAt ?? null,
    ended_at: view.endedAt ?? null,
    history,
  };
}

/** Row of table `onboarding`, from the reducer's view. */
export function onboardingRow(id: string, draft: Draft): Record<string, unknown> {
  const view = viewOnboarding(draft.progress.onboarding);
  return {
    ...onboardingHead(id, draft),
    manifest: view.manifest,
    status: view.status,
    stage: view.stage,
    planned_steps: view.steps.length,
    started_at: view.startedAt ?? null,
    ended_at: view.endedAt ?? null,
    history: draft.progress.onboarding,
  };
}

/** The columns of table `onboarding` that move with every event. */
export function onboardingHead(id: string, draft: Draft): Record<string, unknown> {
  return { id, version: draft.version, chain_length: draft.length, chain_hash: draft.hash };
}
