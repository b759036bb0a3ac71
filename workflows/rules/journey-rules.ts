import { changedCriteria, reopensAt } from '../../domain/controls/c02-frozen-criteria.ts';
import type { CriteriaChange } from '../../domain/controls/c02-frozen-criteria.ts';
import { SENIOR_ROLES } from '../../domain/roles.ts';
import { isSettled } from '../../domain/step-view.ts';
import type { Engine } from '../engine.ts';
import type { Amend, JudgeAmendment, Reschedule, Rewind, Said } from '../messages.ts';
import { refusal } from '../refusal.ts';
import { knownStep, mayCommand, mustBeFree, mustBeNamed, mustBeUndone } from './common.ts';

export function mayPause(engine: Engine, args: Said): void {
  mayCommand('pause', args);
  if (engine.state.paused) throw refusal('command/not-now', 'it is paused already');
}

export function mayResume(engine: Engine, args: Said): void {
  mayCommand('resume', args);
  if (!engine.state.paused) throw refusal('command/not-now', 'it is not paused');
}

export function mayRewind(engine: Engine, args: Rewind): void {
  knownStep(engine, args.to);
  mayCommand('rewind', args);
  mustBeFree(engine);
  mustBeUndone(engine);
  const before = engine.state.plan.steps.slice(0, engine.state.plan.steps.indexOf(args.to));
  const open = before.find((key) => !isSettled(engine.view(key).status));
  if (open !== undefined)
    throw refusal('command/not-now', `${args.to} has not been reached yet: ${open} comes first`);
}

export function mayAmend(engine: Engine, args: Amend): void {
  mayCommand('amend', args);
  mustBeFree(engine);
  mustBeUndone(engine);
  if (engine.state.proposed !== undefined) {
    throw refusal(
      'command/not-now',
      'an amendment waits to be confirmed: confirm or withdraw it first',
    );
  }
  mustReopen(engine, args);
}

/** What a plan changes of what started stages are judged by. */
export function criteriaChanges(engine: Engine, { plan }: Amend): CriteriaChange[] {
  // An onboarding that began before criteria were frozen has none that could differ.
  return plan.criteria === undefined && engine.state.frozen === undefined
    ? []
    : changedCriteria(engine.state.frozen ?? {}, plan.criteria ?? {});
}

/** Nothing that was decided under other criteria stays decided, whatever the caller asks for. */
function mustReopen(engine: Engine, args: Amend): void {
  const { steps } = args.plan;
  const latest = reopensAt(steps, criteriaChanges(engine, args));
  if (latest !== undefined && !(steps.indexOf(args.rewindTo) <= steps.indexOf(latest))) {
    throw refusal(
      'request/invalid',
      `what was decided by other criteria does not stand: go back to ${latest} at least, not to ${args.rewindTo}`,
    );
  }
}

/** A second person, senior and named, who looked at this very proposal. */
export function mayConfirmAmendment(engine: Engine, args: JudgeAmendment): Amend {
  mayCommand('confirmAmendment', args);
  mustBeFree(engine);
  mustBeUndone(engine);
  mustBeNamed(engine, args.actor, SENIOR_ROLES);
  const proposed = theProposed(engine, args);
  if (args.actor.id === proposed.actor.id || args.actor.id === engine.state.startedBy) {
    throw refusal(
      'approval/four-eyes',
      `${args.actor.id} proposed the amendment or started this onboarding`,
    );
  }
  mustReopen(engine, proposed);
  return proposed;
}

export function mayWithdrawAmendment(engine: Engine, args: JudgeAmendment): void {
  mayCommand('withdrawAmendment', args);
  theProposed(engine, args);
}

function theProposed(engine: Engine, { manifest }: JudgeAmendment): Amend {
  const { proposed } = engine.state;
  if (proposed === undefined)
    throw refusal('command/not-now', 'no amendment waits to be confirmed');
  if (proposed.manifest !== manifest) {
    throw refusal(
      'approval/stale-evidence',
      `the amendment that waits is ${proposed.manifest.slice(0, 12)}`,
    );
  }
  return proposed;
}

export function mayReschedule(engine: Engine, args: Reschedule): void {
  mayCommand('reschedule', args);
  mustBeFree(engine);
  if (engine.view('cutover/gate').status === 'succeeded') {
    throw refusal(
      'command/not-now',
      'go was decided for this window; rewind to cutover/window first',
    );
  }
  if (!(Date.parse(args.to) > Date.parse(args.from))) {
    throw refusal('request/invalid', 'the window must end after it starts');
  }
}

export function mayRollBack(engine: Engine, args: Said): void {
  mayCommand('rollBack', args);
  mustBeFree(engine);
  if (engine.undoable().length === 0)
    throw refusal('command/not-now', 'there is nothing to roll back');
}

export function mayAbort(engine: Engine, args: Said): void {
  mayCommand('abort', args);
  mustBeFree(engine);
  mustBeUndone(engine);
}
