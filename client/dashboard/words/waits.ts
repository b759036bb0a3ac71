import { ERRORS } from '../../../domain/errors.ts';
import { PERMISSIONS } from '../../../domain/permissions.ts';
import type { Quorum } from '../../../domain/roles.ts';
import type { StepView } from '../../../domain/step-view.ts';
import { OPERATOR_ROLES } from '../../../domain/roles.ts';
import type { Role } from '../../../domain/roles.ts';
import { definitionOf } from '../../../domain/step-catalogue.ts';
import { dateTime } from './format.ts';
import { roleList, stepTitle } from './names.ts';

/** What an onboarding waits for. */
export interface Wait {
  readonly kind: 'parked' | 'approval' | 'decision' | 'timer';
  readonly step: string;
  /** `Load the dataset: people`. */
  readonly what: string;
  /** `A chunk could not be loaded`, or what is asked. */
  readonly why: string;
  /** Whom it waits for, or `the clock`. */
  readonly who: string;
  /** ISO time. */
  readonly since: string | undefined;
}

/** What a parked or waiting step waits for; undefined for a step that does not wait. */
export function waitOf(step: StepView): Wait | undefined {
  const facts = { step: step.key, what: stepTitle(step.key), since: step.waitingSince };
  if (step.status === 'parked') {
    const why = step.failure === undefined ? 'The step failed' : ERRORS[step.failure.code].title;
    return { ...facts, kind: 'parked', why, who: roleList(OPERATOR_ROLES) };
  }
  if (step.status !== 'waiting') return undefined;
  const { id, kind } = definitionOf(step.key);
  if (kind === 'timer' || (step.until !== undefined && step.quorum === undefined)) {
    const why =
      step.until === undefined ? 'Its time has not come' : `Until ${dateTime(step.until)}`;
    return { ...facts, kind: 'timer', why, who: 'the clock' };
  }
  if (id === 'parallel-run/explain') {
    return {
      ...facts,
      kind: 'decision',
      why: 'Variances over tolerance need an explanation',
      who: roleList(PERMISSIONS.explainVariance),
    };
  }
  if (id === 'migration/quarantine') {
    return {
      ...facts,
      kind: 'decision',
      why: 'Rows in quarantine have to be corrected or accepted',
      who: roleList(PERMISSIONS.redriveQuarantine),
    };
  }
  return { ...facts, kind: 'approval', ...approvalWait(step) };
}

/** Whom a gate waits for: those who have not approved yet, or, when it cannot be approved, those who can change that. */
function approvalWait(step: StepView): { why: string; who: string } {
  if (step.decisions.some((decision) => !decision.approved))
    return { why: 'Rejected: it has to be measured again', who: roleList(OPERATOR_ROLES) };
  const red = (step.output?.['red'] as readonly string[] | undefined) ?? [];
  if (red.length > 0) {
    return {
      why: red.length === 1 ? '1 criterion is red' : `${red.length} criteria are red`,
      who: roleList([...OPERATOR_ROLES, 'sro']),
    };
  }
  return { why: 'Approval', who: roleList(missingRoles(step.quorum ?? {}, step), 'and') };
}

/** The roles that a step still asks for. */
function missingRoles(quorum: Quorum, step: Pick<StepView, 'decisions'>): Role[] {
  return (Object.entries(quorum) as [Role, number][])
    .filter(
      ([role, wanted]) =>
        step.decisions.filter((decision) => decision.role === role).length < wanted,
    )
    .map(([role]) => role);
}
