import { defineUpdate } from '@temporalio/workflow';
import type { Assessed } from '../domain/controls/c06-computed-rag.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Plan } from '../domain/plan.ts';
import type { Actor, Role } from '../domain/roles.ts';
import type { StepKey } from '../domain/step-catalogue.ts';
import type { Explanation } from '../domain/step-run.ts';

/**
 * Everything that can be said to a running onboarding. Each command is an Update: it is accepted or refused at once
 * with a code of the error catalogue, and when it returns, its events are in the store.
 */

/** What every command says. */
export interface Said {
  readonly actor: Actor;
  readonly reason: string;
}

/** The answer to a command: the store has everything up to this version. */
export interface CommandResult {
  readonly version: number;
}

/** Starts the journey. Sent with the start of the workflow; the same manifest again is the same onboarding. */
export const beginUpdate = defineUpdate<CommandResult, [{ readonly manifest: string }]>('begin');

export interface RetryStep extends Said {
  readonly step: StepKey;
  /** Corrected input, already checked against the step's schema. It stays for later retries. */
  readonly input?: JsonObject;
}
export const retryStepUpdate = defineUpdate<CommandResult, [RetryStep]>('retryStep');

export interface SkipStep extends Said {
  readonly step: StepKey;
}
export const skipStepUpdate = defineUpdate<CommandResult, [SkipStep]>('skipStep');

export interface WaiveStep extends Said {
  readonly step: StepKey;
  /** Which unmet criterion of a gate; left out for a parked step. */
  readonly criterion?: string;
  readonly impact: string;
  /** ISO date. */
  readonly expires: string;
}
export const waiveStepUpdate = defineUpdate<CommandResult, [WaiveStep]>('waiveStep');

export interface Decide extends Said {
  readonly step: StepKey;
  readonly role: Role;
  /** Hash of the evidence the person looked at. */
  readonly evidence: string;
  /** Every line of it that is open and not red, when approving (control C6). */
  readonly acknowledge?: readonly string[];
}
export const approveGateUpdate = defineUpdate<CommandResult, [Decide]>('approveGate');
export const rejectGateUpdate = defineUpdate<CommandResult, [Decide]>('rejectGate');
/** Approves `mapping/confirm`. */
export const confirmMappingUpdate = defineUpdate<CommandResult, [Omit<Decide, 'step'>]>(
  'confirmMapping',
);

export interface ExplainVariance extends Said {
  readonly period: string;
  readonly explanations: readonly Omit<Explanation, 'by'>[];
}
export const explainVarianceUpdate = defineUpdate<CommandResult, [ExplainVariance]>(
  'explainVariance',
);

export interface RedriveQuarantine extends Said {
  readonly dataset: string;
  /** Hash of the imported corrections; left out to try the rows again as they are. */
  readonly correction?: string;
  /** How many rows it corrects; for the record. */
  readonly rows?: number;
}
export const redriveQuarantineUpdate = defineUpdate<CommandResult, [RedriveQuarantine]>(
  'redriveQuarantine',
);

export interface AcceptQuarantine extends Said {
  readonly dataset: string;
  /** Only rows that broke this rule. Default: all that are open. */
  readonly rule?: string;
  /** How many rows the person has seen. */
  readonly count: number;
}
export const acceptQuarantineUpdate = defineUpdate<CommandResult, [AcceptQuarantine]>(
  'acceptQuarantine',
);

export interface AssessCriterion extends Said {
  readonly assessments: readonly {
    readonly criterion: string;
    readonly health: Assessed;
    /** ISO date by which the action plan is done. */
    readonly due?: string;
    /** Hash or reference of what it rests on. */
    readonly evidence?: string;
  }[];
}
export const assessCriterionUpdate = defineUpdate<CommandResult, [AssessCriterion]>(
  'assessCriterion',
);

/** What was found is the reason. The answer's version is the number of the finding. */
export const recordFindingUpdate = defineUpdate<CommandResult, [Said]>('recordFinding');
export interface SettleFinding extends Said {
  readonly finding: string;
}
export const closeFindingUpdate = defineUpdate<CommandResult, [SettleFinding]>('closeFinding');
export const acceptFindingUpdate = defineUpdate<CommandResult, [SettleFinding]>('acceptFinding');

export const pauseUpdate = defineUpdate<CommandResult, [Said]>('pause');
export const resumeUpdate = defineUpdate<CommandResult, [Said]>('resume');

export interface Rewind extends Said {
  /** The first step that is done again. */
  readonly to: StepKey;
}
export const rewindUpdate = defineUpdate<CommandResult, [Rewind]>('rewind');

export interface Reschedule extends Said {
  /** ISO times. */
  readonly from: string;
  readonly to: string;
}
export const rescheduleUpdate = defineUpdate<CommandResult, [Reschedule]>('reschedule');

export interface Amend extends Said {
  readonly manifest: string;
  readonly plan: Plan;
  /** The first step whose ground the amendment changes. */
  readonly rewindTo: StepKey;
}
/** The answer to an amendment: does it wait for a second person (control C2)? */
export interface AmendResult extends CommandResult {
  readonly proposed?: boolean;
}
export const amendUpdate = defineUpdate<AmendResult, [Amend]>('amend');

/** The proposed amendment that a second person has looked at. */
export interface JudgeAmendment extends Said {
  /** Hash of the proposed manifest. */
  readonly manifest: string;
}
export const confirmAmendmentUpdate = defineUpdate<CommandResult, [JudgeAmendment]>(
  'confirmAmendment',
);
export const withdrawAmendmentUpdate = defineUpdate<CommandResult, [JudgeAmendment]>(
  'withdrawAmendment',
);

export const rollBackUpdate = defineUpdate<CommandResult, [Said]>('rollBack');
export const abortUpdate = defineUpdate<CommandResult, [Said]>('abort');

/** What an onboarding is started with, and what it carries over a continue-as-new. */
export interface OnboardingArguments {
  readonly onboarding: string;
  readonly manifest: string;
  readonly plan: Plan;
  readonly startedBy: string;
  /** Highest version an earlier, aborted onboarding of this department reached; 0 when there is none. */
  readonly afterVersion: number;
}

/** Name of the workflow. */
export const ONBOARDING_WORKFLOW = 'onboarding';

/** What an onboarding can be found by in Temporal; given at its start. */
export { searchAttributes } from './search-attributes.ts';

/** Task queue of workflows and of steps that only decide and record: short and many. */
export const CONTROL_QUEUE = 'slipway-control';

/** Task queue of the steps that move data, long and few, beside a control queue: `slipway-dataplane`. */
export function dataPlaneQueue(controlQueue: string): string {
  return controlQueue.replace(/control$/, 'dataplane');
}

/** Name of the workflow that has a look at the platform answered. */
export const INSPECTION_WORKFLOW = 'inspection';

/** Task queue of looks at the platform: people wait for them, so they do not queue behind loads. */
export function inspectionQueue(controlQueue: string): string {
  return controlQueue.replace(/control$/, 'inspection');
}

/** Id of the workflow of a department. */
export function onboardingId(programme: string, department: string): string {
  return `onboarding/${programme}/${department}`;
}
