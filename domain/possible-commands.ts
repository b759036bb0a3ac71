import type { CommandName } from './permissions.ts';
import { PERMISSIONS } from './permissions.ts';
import { isSettled } from './step-view.ts';
import type { StepView } from './step-view.ts';
import type { OnboardingStatus, Proposal } from './onboarding-view.ts';
import type { Actor, Role } from './roles.ts';
import { holdsAny, SENIOR_ROLES } from './roles.ts';
import { definitionOf } from './step-catalogue.ts';

/** What has to be known of an onboarding to say what somebody can do now. */
export interface Situation {
  readonly status: OnboardingStatus;
  readonly startedBy: string | undefined;
  /** An amendment that waits for a second person. */
  readonly proposal?: Proposal | undefined;
  /** The people its manifest names, with their roles. */
  readonly people: readonly Actor[];
  /** In the order of the journey. */
  readonly steps: readonly StepView[];
}

/**
 * The commands to offer an actor for a step. It is what the read model can tell: the workflow has the last word, because
 * it also knows who changed what runs.
 */
export function possibleForStep(situation: Situation, step: StepView, actor: Actor): CommandName[] {
  if (hasEnded(situation)) return [];
  const { status, key } = step;
  const definition = definitionOf(key);
  const gate = definition.kind === 'gate';
  const asked = status === 'parked' || status === 'waiting';
  const independent = actor.id !== situation.startedBy;
  const senior = independent && isNamed(situation, actor, SENIOR_ROLES);
  const red = redCriteria(step);
  const decides =
    status === 'waiting' &&
    independent &&
    rolesToDecide(situation, step, actor).length > 0 &&
    !step.decisions.some((decision) => decision.by === actor.id);
  return offered(actor, {
    retryStep: asked,
    skipStep: status === 'parked' && definition.optional,
    waiveStep: senior && (gate ? status === 'waiting' && red.length > 0 : status === 'parked'),
    approveGate: decides && red.length === 0,
    rejectGate: decides,
    explainVariance: asked && definition.id === 'parallel-run/explain',
    redriveQuarantine: asked && definition.id === 'migration/quarantine',
    acceptQuarantine:
      status === 'waiting' &&
      definition.id === 'migration/quarantine' &&
      independent &&
      isNamed(situation, actor, PERMISSIONS.acceptQuarantine),
    rewind: canTurnBack(situation) && isReached(situation, step),
  });
}

/** The commands to offer an actor for the onboarding as a whole. */
export function possibleForOnboarding(situation: Situation, actor: Actor): CommandName[] {
  if (hasEnded(situation)) return [];
  const paused = situation.status === 'paused';
  const decided = statusOf(situation, 'cutover/gate') === 'succeeded';
  return offered(actor, {
    pause: !paused,
    resume: paused,
    reschedule: !isPastReturn(situation) && !decided,
    amend: canTurnBack(situation) && situation.proposal === undefined,
    confirmAmendment:
      canTurnBack(situation) &&
      situation.proposal !== undefined &&
      ![situation.proposal.by, situation.startedBy].includes(actor.id) &&
      isNamed(situation, actor, SENIOR_ROLES),
    withdrawAmendment: situation.proposal !== undefined,
    rollBack: !isPastReturn(situation) && tookEffect(situation),
    abort: canTurnBack(situation),
  });
}

/** The unmet criteria that a gate shows, or the failed checks that a parked step names. */
export function redCriteria(
  step: Pick<StepView, 'output' | 'status' | 'failure'>,
): readonly string[] {
  const shown = step.status === 'parked' ? step.failure?.details : step.output;
  return (shown?.['red'] as readonly string[] | undefined) ?? [];
}

/** The roles of a step's quorum that the actor holds and is named for in the manifest. */
export function rolesToDecide(situation: Situation, step: StepView, actor: Actor): Role[] {
  const asked = Object.keys(step.quorum ?? {}) as Role[];
  return asked.filter((role) => actor.roles.includes(role) && isNamed(situation, actor, [role]));
}

function offered(actor: Actor, fits: Partial<Record<CommandName, boolean>>): CommandName[] {
  return (Object.keys(fits) as CommandName[]).filter((command) => {
    const allowed = PERMISSIONS[command];
    return fits[command] === true && (allowed === 'by-quorum' || holdsAny(actor, allowed));
  });
}

function hasEnded({ status }: Situation): boolean {
  return status === 'closed' || status === 'aborted';
}

function isNamed({ people }: Situation, actor: Actor, roles: readonly Role[]): boolean {
  return people.some((person) => person.id === actor.id && holdsAny(person, roles));
}

function statusOf({ steps }: Situation, key: string): string | undefined {
  return steps.find((step) => step.key === key)?.status;
}

function isPastReturn(situation: Situation): boolean {
  return statusOf(situation, 'cutover/no-return') === 'succeeded';
}

/** Something outside Slipway was changed, and only a roll-back leads back. */
function tookEffect({ steps }: Situation): boolean {
  return steps.some((step) => definitionOf(step.key).undoable && step.attempts.length > 0);
}

function canTurnBack(situation: Situation): boolean {
  return !isPastReturn(situation) && !tookEffect(situation);
}

/** Every step before it is settled, so that the journey can go on from it. */
function isReached({ steps }: Situation, step: StepView): boolean {
  const before = steps.slice(
    0,
    steps.findIndex((each) => each.key === step.key),
  );
  return step.status !== 'pending' && before.every((each) => isSettled(each.status));
}
