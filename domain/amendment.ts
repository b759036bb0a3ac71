import { canonicalJson } from './json.ts';
import type { Json } from './json.ts';
import type { Dataset, Manifest } from './manifest.ts';
import { planOf, stepsOfStage } from './plan.ts';
import type { Plan } from './plan.ts';
import { POLICY_GROUNDS } from './policy-grounds.ts';
import type { Ground } from './policy-grounds.ts';
import { STAGES } from './stages.ts';
import type { Stage } from './stages.ts';
import type { StepKey } from './step-catalogue.ts';

/** What an amendment changes and where the journey has to go on from. */
export interface AmendmentImpact {
  /** Plan of the new manifest. */
  readonly plan: Plan;
  /** The first step whose ground the amendment changes. */
  readonly rewindTo: StepKey;
  /** What is different, as paths of the manifest, each with the first step it concerns. */
  readonly changes: readonly { readonly path: string; readonly step: StepKey }[];
}

/** Members of a dataset. What the discovery looks at is done again from its beginning. */
const DATASET: Record<Exclude<keyof Dataset, 'id'>, Ground> = {
  source: 'discovery',
  from: 'discovery',
  key: 'discovery',
  onePer: 'discovery',
  exclude: 'discovery',
  joins: 'discovery',
  parts: 'discovery',
  history: 'mapping/suggest',
  target: 'mapping/suggest',
  fields: 'mapping/suggest',
  drop: 'mapping/suggest',
  totals: 'mapping/check',
  totalsBy: 'mapping/check',
  tolerances: 'mapping/check',
  after: 'migration/preflight',
  // A ledger of other chunks than those it has is no ledger: load from the beginning.
  chunkRows: 'migration/preflight',
};

const DEPARTMENT: Record<Exclude<keyof Manifest['department'], 'id'>, Ground> = {
  headcount: 'discovery/baseline',
  nation: 'cutover/readiness',
  name: 'here',
  wave: 'here',
};

const TOP: Record<
  Exclude<
    keyof Manifest,
    'slipway' | 'programme' | 'department' | 'datasets' | 'policy' | 'baseline' | 'cutover'
  >,
  Ground
> = {
  sources: 'discovery',
  codeLists: 'mapping/suggest',
  payCalendar: 'parallel-run',
  parallelRun: 'parallel-run',
  people: 'here',
};

/** What was rehearsed counts for another window as well. */
const CUTOVER: Record<keyof Manifest['cutover'], Ground> = {
  rehearsals: 'cutover/rehearse',
  runbook: 'cutover/plan',
  window: 'cutover/readiness',
  blackouts: 'cutover/readiness',
  exempt: 'cutover/readiness',
  readiness: 'cutover/readiness',
  team: 'cutover/readiness',
  lastSubmission: 'cutover/readiness',
  rollbackHours: 'cutover/readiness',
  releaseHold: 'cutover/readiness',
};

const BASELINE: Record<keyof Manifest['baseline'], Ground> = {
  controlTotals: 'discovery',
  annualServiceCost: 'discovery/baseline',
  kpis: 'discovery/baseline',
};

/**
 * What it means to go on with another manifest: evidence gathered on what has changed no longer counts, and the gates
 * behind it are decided again (control C2). Where in doubt it goes back further. Pure.
 * @param stage the stage the onboarding is in
 */
export function amendmentImpact(before: Manifest, after: Manifest, stage: Stage): AmendmentImpact {
  const plan = planOf(after);
  const changes = [
    ...compare('', before, after, TOP),
    ...compare('department.', before.department, after.department, DEPARTMENT),
    ...compare('cutover.', before.cutover, after.cutover, CUTOVER),
    ...compare('policy.', before.policy, after.policy, POLICY_GROUNDS),
    ...compare('baseline.', before.baseline, after.baseline, BASELINE),
    ...datasetChanges(before, after),
  ].map(({ path, ground }) => ({ path, step: firstStep(plan, ground, stage) }));
  changes.push(...quorumChanges(planOf(before), plan));
  const order = new Map(plan.steps.map((step, index) => [step, index]));
  const earliest = changes
    .map((change) => change.step)
    .toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0))[0];
  return { plan, rewindTo: earliest ?? firstStep(plan, 'here', stage), changes };
}

interface Difference {
  readonly path: string;
  readonly ground: Ground;
}

function compare<T extends object, K extends keyof T & string>(
  prefix: string,
  before: T,
  after: T,
  grounds: Record<K, Ground>,
): Difference[] {
  return Object.entries<Ground>(grounds).flatMap(([name, ground]) =>
    same(before[name as K], after[name as K]) ? [] : [{ path: `${prefix}${name}`, ground }],
  );
}

function datasetChanges(before: Manifest, after: Manifest): Difference[] {
  const old = new Map(before.datasets.map((dataset) => [dataset.id, dataset]));
  const changes = after.datasets.flatMap((dataset): Difference[] => {
    const earlier = old.get(dataset.id);
    const prefix = `datasets.${dataset.id}`;
    return earlier === undefined
      ? [{ path: prefix, ground: 'discovery' }]
      : compare(`${prefix}.`, earlier, dataset, DATASET);
  });
  const kept = new Set(after.datasets.map((dataset) => dataset.id));
  for (const dataset of before.datasets) {
    if (!kept.has(dataset.id))
      changes.push({ path: `datasets.${dataset.id}`, ground: 'discovery' });
  }
  return changes;
}

/** A gate that asks other people is decided again, also when it is behind. */
function quorumChanges(before: Plan, after: Plan): { path: string; step: StepKey }[] {
  return Object.entries(after.quorums).flatMap(([step, quorum]) =>
    same(before.quorums[step], quorum) ? [] : [{ path: `approvals of ${step}`, step }],
  );
}

function same(a: unknown, b: unknown): boolean {
  if (a === undefined || b === undefined) return a === b;
  return canonicalJson(a as Json) === canonicalJson(b as Json);
}

function firstStep(plan: Plan, ground: Ground, stage: Stage): StepKey {
  if (ground === 'here') return `${stage}/gate`;
  const whole = STAGES.find((name) => name === ground);
  const first =
    whole === undefined
      ? plan.steps.find((step) => step === ground || step.startsWith(`${ground}/`))
      : stepsOfStage(plan, whole)[0];
  return first ?? plan.steps[0] ?? '';
}
