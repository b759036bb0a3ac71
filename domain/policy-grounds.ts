import type { Policy } from './manifest.ts';
import type { StepId } from './step-catalogue.ts';

/** The first step that reads a member of the manifest; `here` for what only the gate ahead has to know. */
export type Ground = StepId | 'discovery' | 'parallel-run' | 'here';

/**
 * The first step that is held to a member of the policy. An amendment goes back to it, and its stage is judged by the
 * member (control C2).
 */
export const POLICY_GROUNDS: Readonly<Record<Exclude<keyof Policy, 'approvals'>, Ground>> = {
  maxBlockers: 'discovery/gate',
  headcountTolerance: 'discovery/baseline',
  targetCoverage: 'mapping/coverage',
  sourceCoverage: 'mapping/coverage',
  maxRejectRate: 'mapping/gate',
  mockLoads: 'migration/gate',
  tolerances: 'parallel-run',
  cleanPeriods: 'parallel-run',
  rehearsalValidDays: 'cutover/gate',
  evidenceDays: 'cutover/readiness',
  hypercareHours: 'cutover/hypercare',
  hypercare: 'cutover/hypercare',
  escalateAfterHours: 'here',
  // Read whenever a load begins or goes on.
  limits: 'here',
  triggers: 'migration/preflight',
  freeSpaceMb: 'migration/preflight',
};
