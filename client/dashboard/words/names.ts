import type { CommandName } from '../../../domain/permissions.ts';
import type { Role } from '../../../domain/roles.ts';
import { definitionOf, parseStepKey } from '../../../domain/step-catalogue.ts';
import type { Stage } from '../../../domain/stages.ts';
import { list, small } from './format.ts';

/** Roles as people call them. */
export const ROLE_NAMES: Readonly<Record<Role, string>> = {
  'programme-lead': 'programme lead',
  'migration-engineer': 'migration engineer',
  'data-owner': 'data owner',
  'payroll-lead': 'payroll lead',
  'finance-lead': 'finance lead',
  sro: 'senior responsible owner',
  assurance: 'independent assurance',
  viewer: 'viewer',
};

/** Stages as headings. */
export const STAGE_NAMES: Readonly<Record<Stage, string>> = {
  discovery: 'Discovery',
  mapping: 'Mapping',
  migration: 'Migration',
  'parallel-run': 'Parallel run',
  cutover: 'Cutover',
};

/** What a command does, as it follows `to`. */
export const COMMAND_NAMES: Readonly<Record<CommandName, string>> = {
  start: 'start an onboarding',
  retryStep: 'retry a step',
  skipStep: 'skip a step',
  waiveStep: 'waive a step or a criterion',
  approveGate: 'approve',
  rejectGate: 'reject',
  confirmMapping: 'confirm the mapping',
  explainVariance: 'explain variances',
  redriveQuarantine: 're-drive rows in quarantine',
  acceptQuarantine: 'accept rows in quarantine',
  assessCriterion: 'assess a criterion',
  recordFinding: 'record a finding',
  closeFinding: 'close a finding',
  acceptFinding: 'accept a finding',
  pause: 'pause the onboarding',
  resume: 'resume the onboarding',
  rewind: 'go back to an earlier step',
  reschedule: 'move the cutover window',
  amend: 'amend the onboarding',
  confirmAmendment: 'confirm an amendment',
  withdrawAmendment: 'withdraw an amendment',
  rollBack: 'roll the cutover back',
  abort: 'abort the onboarding',
};

/** `programme lead or migration engineer`. */
export function roleList(roles: readonly Role[], last = 'or'): string {
  return list(
    roles.map((role) => ROLE_NAMES[role]),
    last,
  );
}

/** The title of a step inside a sentence: `load the dataset (people)`. */
export function stepPhrase(key: string): string {
  const parsed = parseStepKey(key);
  if (parsed === undefined) return key;
  const title = small(definitionOf(key).title);
  return parsed.item === undefined ? title : `${title} (${parsed.item})`;
}

/** The title of a step with its item: `Load the dataset: people`. Keys that are no longer of the catalogue stay as they are. */
export function stepTitle(key: string): string {
  const parsed = parseStepKey(key);
  if (parsed === undefined) return key;
  const { title } = definitionOf(key);
  return parsed.item === undefined ? title : `${title}: ${parsed.item}`;
}
