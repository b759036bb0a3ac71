import type { EvidenceRef, Failure } from './events.ts';
import type { JsonObject } from './json.ts';
import type { Quorum } from './roles.ts';
import type { StepEvent } from './progress.ts';
import type { Role } from './roles.ts';
import { STAGES } from './stages.ts';
import type { Stage } from './stages.ts';
import { definitionOf } from './step-catalogue.ts';
import type { StepKey } from './step-catalogue.ts';

/** Where a step stands. */
export type StepStatus =
  | 'pending'
  | 'running'
  | 'retrying'
  | 'parked'
  | 'waiting'
  | 'succeeded'
  | 'skipped'
  | 'waived'
  | 'not-needed';

/** One attempt at a step. */
export interface AttemptView {
  readonly number: number;
  readonly startedAt: string | undefined;
  readonly endedAt: string | undefined;
  readonly failure: Failure | undefined;
}

/** An approval or rejection that counts for what is being decided now. */
export interface DecisionView {
  readonly approved: boolean;
  readonly by: string;
  readonly role: Role;
  readonly at: string;
  readonly reason: string;
}

/** What a person sees of a step. Times are ISO. */
export interface StepView {
  readonly key: StepKey;
  readonly status: StepStatus;
  /** Of the present run: since the step was last rewound, in the order they began. */
  readonly attempts: readonly AttemptView[];
  /** Why it is parked or retrying. */
  readonly failure: Failure | undefined;
  readonly startedAt: string | undefined;
  readonly endedAt: string | undefined;
  /** Since when it waits for a person: parked or waiting. */
  readonly waitingSince: string | undefined;
  readonly escalatesAt: string | undefined;
  readonly escalated: boolean;
  readonly until: string | undefined;
  readonly output: JsonObject | undefined;
  readonly evidence: readonly EvidenceRef[];
  readonly quorum: Quorum | undefined;
  readonly decisions: readonly DecisionView[];
  /** The input of the last corrected retry. */
  readonly input: JsonObject | undefined;
  readonly by: string | undefined;
  readonly reason: string | undefined;
}

const PENDING: Omit<StepView, 'key'> = {
  status: 'pending',
  attempts: [],
  failure: undefined,
  startedAt: undefined,
  endedAt: undefined,
  waitingSince: undefined,
  escalatesAt: undefined,
  escalated: false,
  until: undefined,
  output: undefined,
  evidence: [],
  quorum: undefined,
  decisions: [],
  input: undefined,
  by: undefined,
  reason: undefined,
};

/** The view of one step from its events. */
export function viewStep(key: StepKey, events: readonly StepEvent[]): StepView {
  return events.reduce<StepView>(foldStep, { key, ...PENDING });
}

function foldStep(view: StepView, event: StepEvent): StepView {
  switch (event.type) {
    case 'step.started':
      return {
        ...view,
        status: event.attempt > 1 ? 'retrying' : 'running',
        attempts: [
          ...view.attempts,
          { number: event.attempt, startedAt: event.at, endedAt: undefined, failure: undefined },
        ],
        failure: event.attempt > 1 ? view.failure : undefined,
        startedAt: view.startedAt ?? event.at,
        endedAt: undefined,
        waitingSince: undefined,
        escalatesAt: undefined,
        escalated: false,
        decisions: [],
      };
    case 'step.attempt-failed':
      return {
        ...view,
        status: 'retrying',
        failure: event.failure,
        attempts: endAttempt(view, event, event.failure),
      };
    case 'step.succeeded':
      return {
        ...view,
        status: 'succeeded',
        attempts: endAttempt(view, event, undefined),
        failure: undefined,
        endedAt: event.at,
        waitingSince: undefined,
        escalatesAt: undefined,
        until: undefined,
        output: event.output,
        evidence: event.evidence,
      };
    case 'step.waiting':
      return {
        ...view,
        status: 'waiting',
        attempts: endAttempt(view, event, undefined),
        failure: undefined,
        waitingSince: event.at,
        until: event.until,
        output: event.output,
        evidence: event.evidence,
        quorum: event.quorum,
        decisions: [],
      };
    case 'step.parked':
      return {
        ...view,
        status: 'parked',
        failure: event.failure,
        waitingSince: event.at,
        escalatesAt: event.escalatesAt,
        escalated: false,
      };
    case 'step.escalated':
      return { ...view, escalated: true };
    case 'step.retry-requested':
      return {
        ...view,
        status: 'pending',
        input: event.input ?? view.input,
        by: event.by,
        reason: event.reason,
        ...notWaiting,
      };
    case 'step.skipped':
    case 'step.waived':
      return {
        ...view,
        status: event.type === 'step.skipped' ? 'skipped' : 'waived',
        endedAt: event.at,
        by: event.by,
        reason: event.reason,
        ...notWaiting,
      };
    case 'step.rewound':
      return { ...PENDING, key: view.key, input: view.input, by: event.by, reason: event.reason };
    case 'step.cancelled':
      return { ...view, status: 'pending', ...notWaiting };
    case 'step.not-needed':
      return { ...view, status: 'not-needed', reason: event.because };
    case 'step.approved':
    case 'step.rejected':
      return {
        ...view,
        decisions: [
          ...view.decisions,
          {
            approved: event.type === 'step.approved',
            by: event.by,
            role: event.role,
            at: event.at,
            reason: event.reason,
          },
        ],
      };
    case 'step.explained':
    case 'step.quarantine-decided':
      return { ...view, by: event.by, reason: event.reason };
  }
}

const notWaiting = { waitingSince: undefined, escalatesAt: undefined, escalated: false } as const;

/** The attempts with the one that ended closed. An attempt whose worker was lost has no end of its own. */
function endAttempt(
  view: StepView,
  event: { readonly attempt?: number; readonly at: string },
  failure: Failure | undefined,
): readonly AttemptView[] {
  if (event.attempt === undefined) return view.attempts;
  const index = view.attempts.findLastIndex((attempt) => attempt.number === event.attempt);
  const ended = {
    number: event.attempt,
    startedAt: view.attempts[index]?.startedAt,
    endedAt: event.at,
    failure,
  };
  return index < 0 ? [...view.attempts, ended] : view.attempts.with(index, ended);
}

/** Has the step ended so that the journey goes on behind it? */
export function isSettled(status: StepStatus): boolean {
  return (
    status === 'succeeded' || status === 'skipped' || status === 'waived' || status === 'not-needed'
  );
}

/** How far each stage is: settled and all steps, for a progress tracker. */
export function stageProgress(
  steps: readonly Pick<StepView, 'key' | 'status'>[],
): { stage: Stage; settled: number; steps: number }[] {
  return STAGES.map((stage) => {
    const ofStage = steps.filter(
      (step) => definitionOf(step.key).stage === stage && !step.key.startsWith('cutover/undo'),
    );
    return {
      stage,
      settled: ofStage.filter((step) => isSettled(step.status)).length,
      steps: ofStage.length,
    };
  });
}
