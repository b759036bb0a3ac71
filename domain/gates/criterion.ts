import type { FrozenCriteria } from '../controls/c02-frozen-criteria.ts';
import type { RecordedWaiver } from '../controls/c03-waivers.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Manifest, Policy } from '../manifest.ts';
import type { StepKey } from '../step-catalogue.ts';
import type { Waiver } from '../step-run.ts';

/** What a criterion says: met, not met, or accepted by a senior person although it is not met. */
export type CriterionVerdict = 'met' | 'unmet' | 'waived';

/** One measured line of a gate. */
export interface Criterion {
  readonly id: string;
  readonly title: string;
  readonly value: Json;
  readonly threshold: Json;
  readonly verdict: CriterionVerdict;
  /** The steps whose outputs were measured. */
  readonly measuredBy: readonly StepKey[];
  readonly waiver?: Waiver;
}

/** What a gate is decided on. Generated from the record, never typed (control C5). */
export interface GateStatement {
  readonly gate: StepKey;
  readonly policy: Policy;
  /** What the stage is judged by since it started (control C2). */
  readonly frozen?: FrozenCriteria;
  /** On the go/no-go record: every waiver the decision rests on (control C3). */
  readonly waivers?: readonly RecordedWaiver[];
  readonly criteria: readonly Criterion[];
}

/** Outputs of the settled steps, by key, and the manifest they were made from. */
export interface GateFacts {
  readonly manifest: Manifest;
  readonly outputs: ReadonlyMap<StepKey, JsonObject>;
  /** ISO time to judge ages by: the later of clock and record. What depends on it is unmet without. */
  readonly now?: string;
  /** Every waiver that stands, of steps and of the gates before; asked for by go or no-go (control C3). */
  readonly waivers?: readonly RecordedWaiver[];
  /** Amendments that wait for a second person; asked for by readiness. */
  readonly openChanges?: number;
  /** Asked for by go or no-go. */
  readonly admission?: Admission;
}

/** What was found, and why it is not enough; all in words. */
export interface AdmissionLine {
  readonly found: string;
  readonly problems: readonly string[];
}

/** What the programme says to a department that wants to cut over: why not, in words (controls C7 and C8). */
export interface Admission {
  /** The plan in force in words, with its version and hash; undefined where none was approved. */
  readonly plan: string | undefined;
  readonly waves: AdmissionLine;
  readonly capacity: AdmissionLine;
}

/** A measured value beside its threshold. */
export interface Measure {
  readonly value: Json;
  readonly threshold: Json;
  readonly met: boolean;
  readonly measuredBy: readonly StepKey[];
}

/** How one criterion is measured. */
export interface CriterionRule {
  readonly id: string;
  readonly title: string;
  measure(facts: GateFacts): Measure;
}
