import { criteriaOf } from './controls/c02-frozen-criteria.ts';
import type { Criteria } from './controls/c02-frozen-criteria.ts';
import { withAssurance } from './controls/c12-assurance.ts';
import type { Manifest } from './manifest.ts';
import { assessableCriteria } from './readiness/criteria.ts';
import { protectedTolerances } from './protected-elements.ts';
import { rehearsalItems } from './rehearsals.ts';
import type { Actor, Quorum, Role } from './roles.ts';
import type { Stage } from './stages.ts';
import { definitionOf, stepKey, STEP_CATALOGUE } from './step-catalogue.ts';
import type { StepDefinition, StepId, StepKey } from './step-catalogue.ts';

/**
 * What the workflow knows of a manifest: references, counts and rules. Nothing personal: it enters Temporal.
 */
export interface Plan {
  readonly programme: string;
  readonly department: string;
  /** Every step of this onboarding, in the order of the journey. */
  readonly steps: readonly StepKey[];
  readonly sources: readonly string[];
  readonly datasets: readonly string[];
  /** Pay periods to compare, in order; none where no pay is in scope. */
  readonly periods: readonly string[];
  /** Consecutive clean periods that end the parallel run. */
  readonly cleanPeriods: number;
  /** Per gate and decision, who must approve. */
  readonly quorums: Readonly<Record<StepKey, Quorum>>;
  /** The named people, by reference. Nobody else can approve (control C5). */
  readonly people: readonly Actor[];
  /** What each stage is judged by (control C2). Absent in plans of earlier versions. */
  readonly criteria?: Readonly<Partial<Record<Stage, Criteria>>>;
  /** Who assesses what towards readiness; absent in plans of earlier versions. */
  readonly assessable?: ReturnType<typeof assessableCriteria>;
  /** Milliseconds after which a parked step or an open approval escalates. */
  readonly escalateAfterMs: number;
}

/** Who approves where the manifest does not say otherwise. */
const DEFAULT_QUORUMS: Readonly<Record<Stage, Quorum>> = {
  discovery: { 'data-owner': 1 },
  mapping: { 'data-owner': 1 },
  migration: { 'data-owner': 1, 'finance-lead': 1 },
  'parallel-run': { 'payroll-lead': 1 },
  cutover: { sro: 1, assurance: 1 },
};

/** The plan of a valid manifest: which steps, and who decides. Pure. */
export function planOf(manifest: Manifest): Plan {
  const sources = Object.keys(manifest.sources);
  const datasets = manifest.datasets.map((dataset) => dataset.id);
  const periods = 'notApplicable' in manifest.parallelRun ? [] : manifest.parallelRun.periods;
  const items: Record<StepDefinition['scope'], readonly (string | undefined)[]> = {
    onboarding: [undefined],
    source: sources,
    dataset: datasets,
    period: periods,
    rehearsal: rehearsalItems(manifest),
    undo: [],
  };
  const steps = stagesInOrder().flatMap((block) =>
    // A period's steps stay together; the steps of a source or dataset stand side by side.
    block[0]?.scope === 'period'
      ? periods.flatMap((period) => block.map((step) => stepKey(step.id, period)))
      : block.flatMap((step) =>
          items[step.scope]
            .filter((item) => isNeeded(manifest, step.id, item))
            .map((item) => stepKey(step.id, item)),
        ),
  );
  const quorums = quorumsOf(manifest);
  return {
    programme: manifest.programme,
    department: manifest.department.id,
    steps,
    sources,
    datasets,
    periods,
    cleanPeriods: manifest.policy.cleanPeriods,
    quorums,
    criteria: criteriaOf(manifest, quorums),
    people: manifest.people.map(({ id, roles }) => ({ id, roles })),
    assessable: assessableCriteria(manifest),
    escalateAfterMs: manifest.policy.escalateAfterHours * 3_600_000,
  };
}

type CatalogueStep = (typeof STEP_CATALOGUE)[number];

/** The catalogue in runs of steps that are repeated together (all steps of a pay period), or single steps. */
function stagesInOrder(): CatalogueStep[][] {
  const blocks: CatalogueStep[][] = [];
  for (const step of STEP_CATALOGUE) {
    const last = blocks.at(-1);
    if (step.scope === 'period' && last?.[0]?.scope === 'period') last.push(step);
    else blocks.push([step]);
  }
  return blocks;
}

function isNeeded(manifest: Manifest, id: StepId, item: string | undefined): boolean {
  const source = item === undefined ? undefined : manifest.sources[item];
  // Databases are connected to, and frozen at cutover; what is not PostgreSQL is taken in.
  if (id === 'discovery/connect' || id === 'cutover/freeze') return source?.kind !== 'files';
  if (id === 'discovery/intake') return source?.kind !== 'postgres';
  if (id === 'parallel-run/tolerances') return protectedTolerances(manifest).length > 0;
  return true;
}

function quorumsOf(manifest: Manifest): Record<StepKey, Quorum> {
  const ofStage = (stage: Stage): Quorum =>
    manifest.policy.approvals[stage] ?? stageDefault(manifest, stage);
  const quorums: Record<StepKey, Quorum> = {
    'mapping/confirm': { 'data-owner': 1 },
    'cutover/no-return': { sro: 1 },
    'cutover/exit':
      'notApplicable' in manifest.parallelRun ? { sro: 1 } : { sro: 1, 'payroll-lead': 1 },
    ...(protectedTolerances(manifest).length > 0 ? { 'parallel-run/tolerances': { sro: 1 } } : {}),
  };
  for (const step of STEP_CATALOGUE) {
    if (step.kind === 'gate' && quorums[step.id] === undefined)
      quorums[step.id] = ofStage(step.stage);
  }
  quorums['cutover/gate'] = withAssurance(quorums['cutover/gate'] ?? {});
  return quorums;
}

function stageDefault(manifest: Manifest, stage: Stage): Quorum {
  // Without pay there is no payroll lead to ask; leaving pay out is the senior owner's decision.
  return stage === 'parallel-run' && 'notApplicable' in manifest.parallelRun
    ? { sro: 1 }
    : DEFAULT_QUORUMS[stage];
}

/** The roles a plan asks for that none of its people holds, each with the step that asks. */
export function unfilledRoles(
  plan: Plan,
): { step: StepKey; role: Role; wanted: number; found: number }[] {
  return Object.entries(plan.quorums).flatMap(([step, quorum]) =>
    Object.entries(quorum).flatMap(([name, wanted]) => {
      const role = name as Role;
      const found = plan.people.filter((person) => person.roles.includes(role)).length;
      return found < wanted ? [{ step, role, wanted, found }] : [];
    }),
  );
}

/** The steps of one stage of a plan, in order. */
export function stepsOfStage(plan: Plan, stage: Stage): StepKey[] {
  return plan.steps.filter((key) => definitionOf(key).stage === stage);
}
