import type { Role } from './roles.ts';
import { OPERATOR_ROLES, SENIOR_ROLES } from './roles.ts';

/**
 * Which role may give which command. The one table: the API checks it at the door and the workflow checks it again,
 * so that a direct Temporal client cannot get around it. `by-quorum` means the roles that the step asks for.
 */
export const PERMISSIONS = {
  start: ['programme-lead'],
  retryStep: OPERATOR_ROLES,
  skipStep: ['programme-lead'],
  waiveStep: SENIOR_ROLES,
  approveGate: 'by-quorum',
  rejectGate: 'by-quorum',
  confirmMapping: 'by-quorum',
  explainVariance: ['payroll-lead'],
  redriveQuarantine: [...OPERATOR_ROLES, 'data-owner'],
  acceptQuarantine: ['data-owner'],
  // The owner role of each criterion: asked inside the workflow.
  assessCriterion: [
    'programme-lead',
    'migration-engineer',
    'data-owner',
    'payroll-lead',
    'finance-lead',
    'sro',
    'assurance',
  ],
  recordFinding: ['assurance'],
  closeFinding: ['assurance'],
  acceptFinding: SENIOR_ROLES,
  pause: [...OPERATOR_ROLES, ...SENIOR_ROLES],
  resume: [...OPERATOR_ROLES, ...SENIOR_ROLES],
  rewind: OPERATOR_ROLES,
  reschedule: ['programme-lead'],
  amend: ['programme-lead'],
  confirmAmendment: SENIOR_ROLES,
  withdrawAmendment: ['programme-lead', ...SENIOR_ROLES],
  rollBack: ['programme-lead', ...SENIOR_ROLES],
  abort: ['programme-lead', ...SENIOR_ROLES],
} as const satisfies Record<string, readonly Role[] | 'by-quorum'>;

/** Who may see values of rows that are in quarantine or differ: those who correct them. Each look is written down. */
export const UNMASK_ROLES: readonly Role[] = ['migration-engineer', 'data-owner'];

/**
 * Which role may write what into the record of a programme, or of a department after its journey: no workflow is asked. Who
 * plans a programme holds the role for all its departments.
 */
export const RECORD_PERMISSIONS = {
  registerProgramme: ['programme-lead'],
  approveProgramme: SENIOR_ROLES,
  // Independent of those who want to go on (control C12).
  measureProvider: ['assurance'],
  claimSavings: ['programme-lead'],
  confirmSavings: ['finance-lead', ...SENIOR_ROLES],
  releaseLegacy: SENIOR_ROLES,
} as const satisfies Record<string, readonly Role[]>;

/** @see RECORD_PERMISSIONS */
export type RecordCommand = keyof typeof RECORD_PERMISSIONS;

/** A command people give. */
export type CommandName = keyof typeof PERMISSIONS;
