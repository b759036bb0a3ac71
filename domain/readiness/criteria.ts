import type { GateFacts, Measure } from '../gates/criterion.ts';
import { datasets, every, number, one } from '../gates/measures.ts';
import { ROLLBACK_REHEARSED } from '../gates/rollback-rehearsed.ts';
import { MAPPING_GATE } from '../gates/mapping.ts';
import { MIGRATION_GATE } from '../gates/migration.ts';
import type { Manifest } from '../manifest.ts';
import type { Role } from '../roles.ts';
import type { StepKey } from '../step-catalogue.ts';

/** How much a criterion weighs: one of high criticality that is not met denies the cutover. */
export type Criticality = 'high' | 'medium' | 'low';

/** One line of the list that readiness is judged by. */
export interface ReadinessCriterion {
  readonly id: string;
  readonly title: string;
  readonly area: 'programme' | 'organisation' | 'technology' | 'operations' | 'department';
  /** Who answers for it, and assesses it where the record cannot say. */
  readonly owner: Role;
  readonly criticality: Criticality;
  /** Computed from the record where there is such a function; otherwise assessed by its owner. */
  readonly measure?: (facts: GateFacts) => Measure;
}

function criterion(
  area: ReadinessCriterion['area'],
  id: string,
  title: string,
  owner: Role,
  criticality: Criticality,
  measure?: ReadinessCriterion['measure'],
): ReadinessCriterion {
  return { id, title, area, owner, criticality, ...(measure === undefined ? {} : { measure }) };
}

/** Criteria of a gate that must all be met. */
function gateCriteria(
  rules: readonly { id: string; measure(facts: GateFacts): Measure }[],
  ids: readonly string[],
): (facts: GateFacts) => Measure {
  return (facts) => {
    const measured = rules.filter(({ id }) => ids.includes(id)).map((rule) => rule.measure(facts));
    return {
      value: measured.filter(({ met }) => met).length,
      threshold: ids.length,
      met: measured.filter(({ met }) => met).length === ids.length,
      measuredBy: [...new Set(measured.flatMap(({ measuredBy }) => measuredBy))],
    };
  };
}

/** Steps that must have ended with an output of their own: neither skipped nor waived. */
function settled(...steps: StepKey[]): (facts: GateFacts) => Measure {
  return (facts) => {
    const done = steps.filter((step) => Object.keys(one(facts, step)).length > 0);
    return {
      value: done.length,
      threshold: steps.length,
      met: done.length === steps.length,
      measuredBy: steps,
    };
  };
}

const reconciled = every(
  '',
  '',
  'migration/reconcile',
  datasets,
  (output) => output['reconciled'] === true,
);

function configurationTested(facts: GateFacts): Measure {
  const problems = number(one(facts, 'mapping/check')['problems']);
  return {
    value: problems ?? null,
    threshold: 0,
    met: problems === 0 && Object.keys(one(facts, 'migration/preflight')).length > 0,
    measuredBy: ['mapping/check', 'migration/preflight'],
  };
}

/** The runbook fits its window, and the duration of every line is known. */
function planWithoutIssue(facts: GateFacts): Measure {
  const { fits, unknown } = one(facts, 'cutover/plan');
  const lines = number(unknown);
  return {
    value:
      lines === undefined ? null : `${fits === true ? 'fits' : 'does not fit'}, ${lines} unknown`,
    threshold: 'fits, 0 unknown',
    met: fits === true && lines === 0,
    measuredBy: ['cutover/plan'],
  };
}

/** No amendment waits for a second person. */
function changesDecided({ openChanges }: GateFacts): Measure {
  return {
    value: openChanges ?? null,
    threshold: 0,
    met: openChanges === 0,
    measuredBy: [],
  };
}

/** The tollgate before a cutover of the M3 Playbook (GSA, public domain), phase 4, in short. */
export const M3_CRITERIA: readonly ReadinessCriterion[] = [
  criterion(
    'programme',
    'schedule',
    'Tasks are on schedule within 10 %',
    'programme-lead',
    'medium',
  ),
  criterion('programme', 'risks', 'No high risk is without mitigation', 'programme-lead', 'high'),
  criterion('programme', 'governance', 'Governance is defined', 'sro', 'medium'),
  criterion(
    'programme',
    'contingency',
    'Contingency and rollback plans are rehearsed',
    'sro',
    'high',
    (facts) => ROLLBACK_REHEARSED.measure(facts),
  ),
  criterion('organisation', 'unions', 'Agreement of the unions', 'sro', 'medium'),
  criterion('organisation', 'training-scheduled', 'Training is scheduled', 'programme-lead', 'low'),
  criterion(
    'organisation',
    'process-changes',
    'Changes of processes are documented',
    'data-owner',
    'medium',
  ),
  criterion(
    'organisation',
    'communications',
    'Communications are delivered',
    'programme-lead',
    'low',
  ),
  criterion(
    'technology',
    'requirements',
    'Requirements are baselined',
    'data-owner',
    'high',
    settled('discovery/baseline', 'discovery/gate'),
  ),
  criterion(
    'technology',
    'mappings',
    'Code structure and mappings are approved',
    'data-owner',
    'high',
    gateCriteria(MAPPING_GATE, ['mapping-confirmed', 'mapping-valid']),
  ),
  criterion(
    'technology',
    'configuration',
    'The configuration is tested',
    'migration-engineer',
    'high',
    configurationTested,
  ),
  criterion(
    'technology',
    'interfaces',
    'Interfaces have no critical issue after the mock load',
    'migration-engineer',
    'high',
    (facts) => reconciled.measure(facts),
  ),
  criterion(
    'technology',
    'tests',
    'All rows that were refused are corrected or accepted',
    'data-owner',
    'high',
    gateCriteria(MIGRATION_GATE, ['rows-accounted', 'quarantine-decided']),
  ),
  criterion(
    'technology',
    'mock-loads',
    'Mock loads meet their exit criteria',
    'data-owner',
    'high',
    gateCriteria(MIGRATION_GATE, [
      'reject-rate',
      'reject-rate-not-worse',
      'control-totals',
      'mapping-frozen',
    ]),
  ),
  criterion(
    'technology',
    'cutover-plan',
    'The cutover plan has no issue',
    'programme-lead',
    'high',
    planWithoutIssue,
  ),
  criterion(
    'technology',
    'change-requests',
    'Change requests are decided',
    'programme-lead',
    'medium',
    changesDecided,
  ),
  criterion(
    'operations',
    'customer-training',
    'Staff of the department are trained',
    'payroll-lead',
    'medium',
  ),
  criterion(
    'operations',
    'provider-staffing',
    'The provider is staffed for the volumes',
    'payroll-lead',
    'high',
  ),
  criterion('operations', 'service-levels', 'Service levels are agreed', 'finance-lead', 'medium'),
  criterion('operations', 'procedures', 'Procedures are written', 'payroll-lead', 'medium'),
  criterion('operations', 'help-desk', 'The help desk is ready', 'payroll-lead', 'medium'),
  criterion('operations', 'reports', 'Reports are tested', 'finance-lead', 'medium'),
  criterion('operations', 'privacy-notices', 'Privacy notices are given', 'data-owner', 'high'),
  criterion('operations', 'security', 'Security is authorised', 'sro', 'high'),
  criterion('operations', 'continuity', 'Continuity and recovery are proven', 'sro', 'high'),
  criterion(
    'operations',
    'data-transfer',
    'Protocols for the transfer of personal data are agreed',
    'data-owner',
    'high',
  ),
];

/** The list a department is judged by: the default one and what its manifest adds. */
export function readinessCriteria({ cutover }: Pick<Manifest, 'cutover'>): ReadinessCriterion[] {
  const own = Object.entries(cutover.readiness.criteria).map(
    ([id, { title, owner, criticality }]) => criterion('department', id, title, owner, criticality),
  );
  return [...M3_CRITERIA, ...own];
}

/** Who assesses what: the criteria that apply, each with its owner and whether the record computes it. */
export function assessableCriteria(
  manifest: Pick<Manifest, 'cutover'>,
): Record<string, { owner: Role; computed: boolean }> {
  const { notApplicable } = manifest.cutover.readiness;
  return Object.fromEntries(
    readinessCriteria(manifest)
      .filter(({ id, measure }) => measure !== undefined || notApplicable[id] === undefined)
      .map(({ id, owner, measure }) => [id, { owner, computed: measure !== undefined }]),
  );
}
