/** The roles people hold on a programme or department. A person may hold several. */
export const ROLES = [
  'programme-lead',
  'migration-engineer',
  'data-owner',
  'payroll-lead',
  'finance-lead',
  'sro',
  'assurance',
  'viewer',
] as const;

/** One of the roles. `sro` is the senior responsible owner, `assurance` is independent of the programme. */
export type Role = (typeof ROLES)[number];

/** How many people of which role must approve. */
export type Quorum = Partial<Record<Role, number>>;

/** Roles senior enough to waive a mandatory step or an unmet criterion (control C3). */
export const SENIOR_ROLES: readonly Role[] = ['sro'];

/** Roles that may change what runs: retry, skip, pause, resume, rewind. */
export const OPERATOR_ROLES: readonly Role[] = ['programme-lead', 'migration-engineer'];

/**
 * Who gives a command. `id` is the identity's reference in the store, never a name or an address: it
 * enters Temporal. `roles` are those the identity holds for this department.
 */
export interface Actor {
  readonly id: string;
  readonly roles: readonly Role[];
}

/** Does the actor hold at least one of these roles? */
export function holdsAny(actor: Actor, roles: readonly Role[]): boolean {
  return actor.roles.some((role) => roles.includes(role));
}
