import type { CommandName } from '../../../domain/permissions.ts';
import { PERMISSIONS } from '../../../domain/permissions.ts';
import type { Actor, Role } from '../../../domain/roles.ts';
import { holdsAny, SENIOR_ROLES } from '../../../domain/roles.ts';
import type { OnboardingPage, StepItem } from '../../views.ts';
import { list } from './format.ts';
import { COMMAND_NAMES, roleList } from './names.ts';
import type { People } from './people.ts';

/** Who asks, about what. */
export interface Question {
  readonly actor: Actor;
  readonly onboarding: Pick<OnboardingPage, 'status' | 'startedBy'>;
  readonly people: People;
}

/** Why the reader may not give a command to the onboarding, or undefined where the role allows it. */
export function whyNotCommand(command: CommandName, { actor }: Question): string | undefined {
  const allowed = PERMISSIONS[command];
  if (allowed === 'by-quorum' || holdsAny(actor, allowed)) return undefined;
  return `Only the ${roleList(allowed)} may ${COMMAND_NAMES[command]}. ${youAre(actor)}`;
}

/** Why the reader may not waive, or undefined. The workflow also knows who changed what runs, and has the last word. */
export function whyNotWaive(question: Question): string | undefined {
  const { actor, onboarding, people } = question;
  const role = whyNotCommand('waiveStep', question);
  if (role !== undefined) return role;
  if (actor.id === onboarding.startedBy)
    return 'You started this onboarding, so another senior person has to decide on a waiver (four eyes).';
  return people.isNamed(actor.id, SENIOR_ROLES) ? undefined : notNamed(SENIOR_ROLES, people);
}

/** Why the reader may not decide on what a step asks, or undefined. */
export function whyNotDecide(step: StepItem, question: Question): string | undefined {
  const { actor, onboarding, people } = question;
  const asked = step.quorum.map(({ role }) => role);
  const held = asked.filter((role) => actor.roles.includes(role));
  if (step.decisions.some((decision) => decision.by === actor.id))
    return 'You have decided already. Another person has to give the other approvals.';
  if (held.length === 0) {
    const who = list(
      [...new Set(asked.flatMap((role) => people.inRole(role)))].map((id) => people.name(id)),
      'or',
    );
    return `Only the ${roleList(asked)} may decide${who === '' ? '' : `: ${who}`}. ${youAre(actor)}`;
  }
  if (actor.id === onboarding.startedBy)
    return 'You started this onboarding, so another person has to decide (four eyes).';
  return people.isNamed(actor.id, held) ? undefined : notNamed(held, people);
}

function notNamed(roles: readonly Role[], people: People): string {
  const who = list(
    [...new Set(roles.flatMap((role) => people.inRole(role)))].map((id) => people.name(id)),
    'or',
  );
  return `You are not named as ${roleList(roles)} in the manifest of this department${who === '' ? '' : `. ${who} may decide`}.`;
}

function youAre({ roles }: Actor): string {
  return `You are signed in as ${roles.length === 0 ? 'nobody here' : roleList(roles, 'and')}.`;
}
