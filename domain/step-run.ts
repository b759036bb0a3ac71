import type { FrozenCriteria } from './controls/c02-frozen-criteria.ts';
import type { SlipwayEvent, StepEventBody } from './events.ts';
import type { JsonObject } from './json.ts';
import type { Quorum } from './roles.ts';
import type { StepKey } from './step-catalogue.ts';

/** An unmet criterion that a senior person accepts (control C3). */
export interface Waiver {
  readonly criterion: string;
  readonly by: string;
  readonly reason: string;
  readonly impact: string;
  /** ISO date. */
  readonly expires: string;
}

/** What is said of the variances of one signature: what explains them, or who looks at them until when. */
export interface Explanation {
  readonly signature: string;
  /** Left out while nobody knows: then it changes owner, due date, status or notes only. */
  readonly decision?: 'legacy-right' | 'platform-right' | 'both-wrong' | 'accepted' | undefined;
  /** The root cause. Wanted with a decision. */
  readonly cause?: string | undefined;
  /** Hash of the people it is about, kept in the store: a case. Left out, it is a rule for the whole signature. */
  readonly cases?: string | undefined;
  /** A person of the manifest. */
  readonly owner?: string | undefined;
  /** ISO date. */
  readonly due?: string | undefined;
  readonly status?: 'open' | 'in-progress' | undefined;
  readonly notes?: readonly string[] | undefined;
  readonly by: string;
}

/**
 * What a person decided about the quarantine of a dataset. References and counts only: the corrections themselves are in
 * the store under their hash until they are applied.
 */
export interface QuarantineOrder {
  /** The command, by its number in the event log: it is carried out once. */
  readonly id: string;
  readonly by: string;
  readonly reason: string;
  readonly decision:
    | {
        readonly kind: 'redrive';
        /** Hash of the imported corrections; left out to try the rows again as they are. */
        readonly correction?: string;
      }
    | {
        readonly kind: 'accept';
        /** Only rows that broke this rule. Default: all that are open. */
        readonly rule?: string;
        readonly count: number;
      };
}

/** What the workflow gives to the activity of a step: references and counts only. */
export interface StepRun {
  readonly onboarding: string;
  /** Hash of the manifest; the activity reads it from the store. */
  readonly manifest: string;
  readonly step: StepKey;
  /** Version of this run's events; the parts count its attempts. */
  readonly version: number;
  /** Number of the load: a rewind behind the transfer begins a new one, the old one is superseded. */
  readonly load: number;
  /** Corrections of the last retry. */
  readonly input: JsonObject;
  readonly waivers: readonly Waiver[];
  readonly explanations: readonly Explanation[];
  /** What was decided last about the quarantine of a dataset. */
  readonly order?: QuarantineOrder;
  readonly quorum: Quorum;
  /** What the stage was frozen with when it started (control C2). */
  readonly frozen?: FrozenCriteria;
  /** Events of the workflow that are not in the store yet: written together with the step's own. */
  readonly outbox: readonly SlipwayEvent[];
}

/** How a step's activity ended: the event it wrote. */
export type StepOutcome = SlipwayEvent &
  Extract<StepEventBody, { type: 'step.succeeded' | 'step.waiting' }>;
