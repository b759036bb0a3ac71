import type { ErrorCode } from '../errors.ts';
import type { Actor, Quorum } from '../roles.ts';
import type { Control } from './control.ts';

/** What independent assurance found. References only: what was found is the reason of its event. */
export interface Finding {
  readonly id: string;
  readonly status: 'open' | 'closed' | 'accepted';
  readonly by: string;
  readonly at: string;
  readonly reason: string;
  /** Who closed or accepted it, when and why. */
  readonly settled?: { readonly by: string; readonly at: string; readonly reason: string };
}

/** Assurance is asked about go or no-go, whatever a manifest says. */
export function withAssurance(quorum: Quorum): Quorum {
  return { ...quorum, assurance: Math.max(1, quorum.assurance ?? 0) };
}

/**
 * Is the person independent? Who holds a role in the programme as well cannot speak as assurance.
 * @param named the person as the manifest names them
 */
export function independenceProblem(
  actor: Actor,
  named: Actor | undefined,
): { readonly code: ErrorCode; readonly message: string } | undefined {
  const roles = new Set([...actor.roles, ...(named?.roles ?? [])]);
  const other = [...roles].find((role) => role !== 'assurance' && role !== 'viewer');
  if (other === undefined) return undefined;
  const message = `${actor.id} also holds the role ${other}: assurance is independent of the programme`;
  return { code: 'approval/not-independent', message };
}

/** C12: independent assurance. */
export const ASSURANCE: Control = {
  id: 'C12',
  title: 'Independent assurance',
  wentWrong:
    'Findings of independent reviewers were not passed up to those who decided (Phoenix; Novopay).',
  rule: 'Assurance approves the cutover beside the senior owner, and holds no role in the programme. Its open findings block; only assurance closes one, and only the senior owner accepts one, by name and with a reason that stands in the record.',
  refuses: [
    'an approval as assurance by somebody who holds a role in the programme',
    'a manifest that leaves assurance out of the go/no-go',
    'an approval while a finding is open',
    'the closing of a finding by anybody but assurance',
  ],
  codes: ['approval/not-independent', 'access/not-permitted', 'approval/red-criteria'],
  usedBy: ['recordFinding', 'closeFinding', 'acceptFinding', 'cutover/readiness', 'cutover/gate'],
  evidence: ['readiness-statement'],
};
