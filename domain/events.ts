import type { CriteriaChange, FrozenCriteria } from './controls/c02-frozen-criteria.ts';
import type { Assessed } from './controls/c06-computed-rag.ts';
import type { ErrorCode } from './errors.ts';
import type { JsonObject } from './json.ts';
import type { Quorum, Role } from './roles.ts';
import type { Stage } from './stages.ts';
import type { StepKey } from './step-catalogue.ts';

/** Why an attempt failed, as a person reads it. */
export interface Failure {
  readonly code: ErrorCode;
  /** The root cause in one sentence. */
  readonly message: string;
  readonly details?: JsonObject;
}

/** A document a decision rests on; its content is in the store under its SHA-256. */
export interface EvidenceRef {
  readonly kind: string;
  readonly hash: string;
}

/** Who gave a command and why. `by` is a person's reference. */
interface Command {
  readonly by: string;
  readonly reason: string;
}

/** Something that happened to a step. */
export type StepEventBody = { readonly step: StepKey } & (
  | { readonly type: 'step.started'; readonly attempt: number; readonly input?: JsonObject }
  | {
      readonly type: 'step.attempt-failed';
      readonly attempt: number;
      readonly failure: Failure;
      readonly retryInMs?: number;
    }
  | {
      readonly type: 'step.succeeded';
      readonly attempt?: number;
      readonly output: JsonObject;
      readonly evidence: readonly EvidenceRef[];
    }
  | {
      /** The activity has found what is to be decided; people or the clock decide now. */
      readonly type: 'step.waiting';
      readonly attempt?: number;
      readonly output: JsonObject;
      readonly evidence: readonly EvidenceRef[];
      readonly quorum: Quorum;
      /** ISO time at which a timer step ends by itself. */
      readonly until?: string;
    }
  | {
      readonly type: 'step.parked';
      readonly attempts: number;
      readonly failure: Failure;
      readonly escalatesAt: string;
    }
  | { readonly type: 'step.escalated'; readonly waitedMs: number }
  | ({ readonly type: 'step.retry-requested'; readonly input?: JsonObject } & Command)
  | ({ readonly type: 'step.skipped' } & Command)
  | ({ readonly type: 'step.waived'; readonly impact: string; readonly expires: string } & Command)
  | ({ readonly type: 'step.rewound'; readonly to: StepKey } & Command)
  | { readonly type: 'step.cancelled'; readonly because: string }
  | { readonly type: 'step.not-needed'; readonly because: string }
  | ({
      readonly type: 'step.approved';
      readonly role: Role;
      readonly evidence: string;
      /** The open lines that the person has seen (control C6). */
      readonly acknowledged?: readonly string[];
    } & Command)
  | ({ readonly type: 'step.rejected'; readonly role: Role; readonly evidence: string } & Command)
  | ({ readonly type: 'step.explained'; readonly input: JsonObject } & Command)
  | ({ readonly type: 'step.quarantine-decided'; readonly input: JsonObject } & Command)
);

/** What people say towards readiness. It changes no progress: the readiness statement reads it from the log. */
export type ReadinessEventBody =
  | ({
      readonly type: 'criterion.assessed';
      readonly criterion: string;
      readonly health: Assessed;
      /** ISO date by which the action plan is done. */
      readonly due?: string;
      /** Hash or reference of what it rests on. */
      readonly evidence?: string;
    } & Command)
  | ({
      readonly type: 'finding.recorded' | 'finding.closed' | 'finding.accepted';
      readonly finding: string;
    } & Command);

/** Something that happened to the onboarding as a whole. */
export type OnboardingEventBody =
  | ReadinessEventBody
  | {
      readonly type: 'onboarding.started';
      readonly by: string;
      readonly programme: string;
      readonly department: string;
      readonly manifest: string;
      readonly steps: readonly StepKey[];
    }
  | {
      readonly type: 'stage.entered';
      readonly stage: Stage;
      /** What the stage is judged by from now on (control C2). Absent in events of earlier versions. */
      readonly criteria?: FrozenCriteria;
    }
  | ({ readonly type: 'onboarding.paused' } & Command)
  | ({ readonly type: 'onboarding.resumed' } & Command)
  | ({
      readonly type: 'onboarding.amended';
      readonly manifest: string;
      readonly steps: readonly StepKey[];
      /** What started stages are judged by otherwise now. */
      readonly criteria?: readonly CriteriaChange[];
    } & Command)
  | ({
      /** An amendment that changes what a started stage is judged by waits for a second person. */
      readonly type: 'onboarding.amendment-proposed';
      readonly manifest: string;
      readonly criteria: readonly CriteriaChange[];
    } & Command)
  | ({
      readonly type: 'onboarding.amendment-confirmed' | 'onboarding.amendment-withdrawn';
      readonly manifest: string;
    } & Command)
  | ({
      /** The cutover window was moved. ISO times. */
      readonly type: 'onboarding.rescheduled';
      readonly from: string;
      readonly to: string;
    } & Command)
  | ({ readonly type: 'onboarding.rolling-back' } & Command)
  | { readonly type: 'onboarding.rolled-back' }
  | ({ readonly type: 'onboarding.aborted' } & Command)
  | { readonly type: 'onboarding.closed' };

/**
 * One thing that happened. `version` is given by the workflow, ever higher; the attempts of one step run share its
 * version and are told apart by `part`. The pair identifies the event within the onboarding.
 */
export type SlipwayEvent = {
  readonly version: number;
  readonly part: number;
  /** ISO time. */
  readonly at: string;
} & (StepEventBody | OnboardingEventBody);

/** Was it said towards readiness? */
export function isReadinessEvent(event: SlipwayEvent): event is SlipwayEvent & ReadinessEventBody {
  return event.type === 'criterion.assessed' || event.type.startsWith('finding.');
}

/** The event of a step, or undefined for an event of the onboarding. */
export function asStepEvent(event: SlipwayEvent): (SlipwayEvent & StepEventBody) | undefined {
  return 'step' in event ? event : undefined;
}

/** Order of two events of one onboarding: negative when `a` came first. */
export function compareEvents(
  a: Pick<SlipwayEvent, 'version' | 'part'>,
  b: Pick<SlipwayEvent, 'version' | 'part'>,
): number {
  return a.version - b.version || a.part - b.part;
}
