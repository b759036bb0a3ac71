import type { FrozenCriteria } from '../domain/controls/c02-frozen-criteria.ts';
import type { SlipwayEvent } from '../domain/events.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Plan } from '../domain/plan.ts';
import { NO_PROGRESS } from '../domain/progress.ts';
import type { Progress } from '../domain/progress.ts';
import type { Stage } from '../domain/stages.ts';
import type { StepKey } from '../domain/step-catalogue.ts';
import type { Explanation, QuarantineOrder, Waiver } from '../domain/step-run.ts';
import type { Amend, OnboardingArguments } from './messages.ts';

/** Everything an onboarding remembers. Plain JSON: it is carried over each continue-as-new. */
export interface OnboardingState {
  readonly onboarding: string;
  /** Who asked for the roll-back that is under way, and why: a fresh history goes on with it. */
  rollingBack?: { readonly by: string; readonly reason: string };
  readonly startedBy: string;
  manifest: string;
  plan: Plan;
  /** Last version given to an event. */
  version: number;
  progress: Progress;
  /** Events that are not known to be in the store. */
  outbox: SlipwayEvent[];
  /** Number of the load, from 1. */
  load: number;
  paused: boolean;
  inputs: Record<StepKey, JsonObject>;
  waivers: Record<StepKey, Waiver[]>;
  explanations: Record<StepKey, Explanation[]>;
  /** What was decided last about the quarantine of a dataset, by its step. Absent in states of earlier versions. */
  orders?: Record<StepKey, QuarantineOrder>;
  /** What the stages that have started are judged by (control C2). Absent in states of earlier versions. */
  frozen?: Partial<Record<Stage, FrozenCriteria>>;
  /** An amendment that waits for a second person. */
  proposed?: Amend | undefined;
  /** Findings of independent assurance, by number (control C12). Absent in states of earlier versions. */
  findings?: Record<string, 'open' | 'closed' | 'accepted'>;
  /** Per stage, who changed what runs in it. They cannot approve it (four eyes). */
  touched: Partial<Record<Stage, string[]>>;
}

/** The state of an onboarding that begins. */
export function newState(args: OnboardingArguments): OnboardingState {
  return {
    onboarding: args.onboarding,
    startedBy: args.startedBy,
    manifest: args.manifest,
    plan: args.plan,
    version: args.afterVersion,
    progress: NO_PROGRESS,
    outbox: [],
    // An earlier, aborted onboarding may have left a load behind: versions only ever rise, so this is a new number.
    load: args.afterVersion + 1,
    paused: false,
    inputs: {},
    waivers: {},
    explanations: {},
    touched: {},
  };
}
