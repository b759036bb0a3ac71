import { canonicalJson } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Manifest } from '../manifest.ts';
import { POLICY_GROUNDS } from '../policy-grounds.ts';
import type { Quorum } from '../roles.ts';
import { STAGES } from '../stages.ts';
import type { Stage } from '../stages.ts';
import type { StepKey } from '../step-catalogue.ts';
import type { Control } from './control.ts';

/** What a stage is judged by, member by member: limits, tolerances, who approves. Nothing personal. */
export type Criteria = Readonly<Record<string, Json>>;

/** What a stage that has started is judged by, with the number of times that was decided. */
export interface FrozenCriteria {
  /** From 1. Each confirmed amendment of these criteria makes the next. */
  readonly version: number;
  readonly criteria: Criteria;
}

/** A change of what a started stage is judged by: both versions. */
export interface CriteriaChange {
  readonly stage: Stage;
  readonly before: FrozenCriteria;
  readonly after: FrozenCriteria;
}

/** How a load is run, not what it is judged by. */
const OPERATION = new Set(['limits', 'triggers', 'freeSpaceMb', 'escalateAfterHours']);

/** The members of a manifest that each stage is judged by. Pure. */
export function criteriaOf(
  manifest: Manifest,
  quorums: Readonly<Record<StepKey, Quorum>>,
): Readonly<Record<Stage, Criteria>> {
  const { policy, baseline, department, parallelRun, datasets, cutover } = manifest;
  const declared = { headcount: department.headcount, ...baseline };
  const tolerances = datasets.flatMap((dataset) =>
    dataset.tolerances === undefined ? [] : [[dataset.id, dataset.tolerances] as const],
  );
  const own: Readonly<Record<Stage, object>> = {
    discovery: { baseline: declared },
    mapping: {},
    migration: {
      maxRejectRate: policy.maxRejectRate,
      controlTotals: baseline.controlTotals,
      tolerances: Object.fromEntries(tolerances),
    },
    'parallel-run': comparedBy(parallelRun),
    cutover: {
      blackouts: cutover.blackouts,
      exempt: cutover.exempt,
      readiness: cutover.readiness,
      rollbackHours: cutover.rollbackHours,
    },
  };
  const ofStage = (stage: Stage): Criteria => {
    const members = Object.entries(POLICY_GROUNDS).filter(
      ([name, ground]) => !OPERATION.has(name) && ground.split('/')[0] === stage,
    );
    const approvals = Object.entries(quorums).filter(([step]) => step.startsWith(`${stage}/`));
    return plain({
      ...own[stage],
      ...Object.fromEntries(members.map(([name]) => [name, policy[name as keyof typeof policy]])),
      approvals: Object.fromEntries(approvals),
    });
  };
  return Object.fromEntries(STAGES.map((stage) => [stage, ofStage(stage)])) as Record<
    Stage,
    Criteria
  >;
}

/** What is compared: a month, a scenario or a row that is left out cannot be dirty. */
function comparedBy(parallelRun: Manifest['parallelRun']): object {
  if ('notApplicable' in parallelRun) return parallelRun;
  const { legacy, platform, ...judged } = parallelRun;
  return { ...judged, where: { legacy: legacy.where, platform: platform.where } };
}

/** As it is after a way through JSON, so that both sides of a comparison have taken it. */
function plain(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

/**
 * What an amendment changes of what started stages are judged by; none when it may be carried out at once.
 * @param frozen the criteria of the stages that have started
 * @param next what each stage would be judged by
 */
export function changedCriteria(
  frozen: Readonly<Partial<Record<Stage, FrozenCriteria>>>,
  next: Readonly<Partial<Record<Stage, Criteria>>>,
): CriteriaChange[] {
  return STAGES.flatMap((stage) => {
    const before = frozen[stage];
    if (before === undefined) return [];
    const criteria = next[stage] ?? {};
    if (canonicalJson(before.criteria) === canonicalJson(criteria)) return [];
    return [{ stage, before, after: { version: before.version + 1, criteria } }];
  });
}

/** The names of the members that differ, such as `tolerances`. */
export function changedMembers({ before, after }: CriteriaChange): string[] {
  const names = new Set([...Object.keys(before.criteria), ...Object.keys(after.criteria)]);
  const text = (criteria: Criteria, name: string): string => canonicalJson(criteria[name] ?? null);
  return [...names].filter((name) => text(before.criteria, name) !== text(after.criteria, name));
}

/**
 * The latest step the journey may go on from after a change: what was decided, and in the parallel run what was
 * measured, under the old version no longer counts. Undefined when the change reaches nothing that has started.
 */
export function reopensAt(
  steps: readonly StepKey[],
  changes: readonly CriteriaChange[],
): StepKey | undefined {
  const first = changes.map((change): StepKey | undefined => {
    const measured = changedMembers(change).some((name) => name !== 'approvals');
    const whole = change.stage === 'parallel-run' && measured;
    const of = (key: StepKey): boolean => key.startsWith(`${change.stage}/`);
    return whole ? steps.find(of) : steps.find((key) => key === `${change.stage}/gate`);
  });
  return first
    .filter((key) => key !== undefined)
    .toSorted((a, b) => steps.indexOf(a) - steps.indexOf(b))[0];
}

/**
 * Is the stage judged by what was frozen when it started? Members that only a later version of Slipway knows are not
 * asked about: nobody changed them.
 * @returns the names of the members that differ
 */
export function thawedMembers(frozen: FrozenCriteria, now: Criteria): string[] {
  return Object.keys(frozen.criteria).filter(
    (name) => canonicalJson(frozen.criteria[name] ?? null) !== canonicalJson(now[name] ?? null),
  );
}

/** Control C2. */
export const C02_FROZEN_CRITERIA: Control = {
  id: 'C2',
  title: 'Criteria are frozen when a stage starts',
  wentWrong:
    'Queensland Health redefined severity 1 and 2 so that its exit criteria passed (Queensland Audit Office, report 7 of 2010; commission of inquiry, 2013).',
  rule: 'Limits, tolerances, declared totals and approvals are frozen, with a version, when their stage starts. A change needs a reason and a second, senior person; then the stage is open again and what was decided under the old version no longer counts.',
  refuses: [
    'An amendment of what a started stage is judged by, until a senior person who neither proposed it nor started the onboarding confirms it.',
    'A confirmation of another proposal than the one that waits.',
    'An amendment that would leave a decision standing that was taken under the old version.',
    'A gate whose manifest is not what its stage was frozen with.',
  ],
  codes: ['criteria/changed', 'approval/four-eyes', 'approval/stale-evidence', 'request/invalid'],
  usedBy: [
    'discovery/gate',
    'mapping/gate',
    'migration/gate',
    'parallel-run/gate',
    'cutover/gate',
    'amend',
    'confirmAmendment',
    'withdrawAmendment',
  ],
  evidence: ['gate-statement', 'stage.entered', 'onboarding.amendment-proposed'],
};
