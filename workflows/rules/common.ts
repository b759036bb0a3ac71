import { independenceProblem } from '../../domain/controls/c12-assurance.ts';
import type { CommandName } from '../../domain/permissions.ts';
import { PERMISSIONS } from '../../domain/permissions.ts';
import type { Actor, Role } from '../../domain/roles.ts';
import { holdsAny } from '../../domain/roles.ts';
import { definitionOf, parseStepKey } from '../../domain/step-catalogue.ts';
import type { StepDefinition, StepKey } from '../../domain/step-catalogue.ts';
import type { Engine } from '../engine.ts';
import type { Said } from '../messages.ts';
import { refusal } from '../refusal.ts';

/**
 * The rules a command has to pass inside the workflow: synchronous, because the SDK does not wait for a validator.
 * The API checks roles as well; here nobody gets around them.
 */

/** The actor must hold a role of the permission table, and must say why. */
export function mayCommand(command: CommandName, { actor, reason }: Said): void {
  const allowed = PERMISSIONS[command];
  if (allowed !== 'by-quorum' && !holdsAny(actor, allowed)) {
    throw refusal(
      'access/not-permitted',
      `${command} needs the role ${allowed.join(' or ')}; ${actor.id} does not hold it`,
    );
  }
  if (reason.trim() === '') throw refusal('command/reason-required', `${command} needs a reason`);
}

/** The step must be one of this onboarding. */
export function knownStep(engine: Engine, key: StepKey): StepDefinition {
  const known = engine.state.plan.steps.includes(key) || parseStepKey(key)?.id === 'cutover/undo';
  if (!known || parseStepKey(key) === undefined) {
    throw refusal('command/unknown-step', `${engine.state.onboarding} has no step ${key}`);
  }
  return definitionOf(key);
}

export function mustBe(
  engine: Engine,
  key: StepKey,
  statuses: readonly string[],
  command: string,
): void {
  // Judged when the activity has ended: the handler waits for it and asks again.
  if (engine.isExecuting(key)) return;
  const { status } = engine.view(key);
  if (!statuses.includes(status)) {
    throw refusal(
      'command/not-now',
      `${command} needs a step that is ${statuses.join(' or ')}; ${key} is ${status}`,
    );
  }
  if (engine.interrupted) throw refusal('command/not-now', 'another command is being carried out');
}

/** The unmet criteria that a gate shows, or the failed checks that a parked step names. */
export function redCriteria(engine: Engine, key: StepKey): readonly string[] {
  const { status, output, failure } = engine.view(key);
  const shown = status === 'parked' ? failure?.details : output;
  return (shown?.['red'] as readonly string[] | undefined) ?? [];
}

/** Only the named people of the manifest decide; nobody by proxy (control C5). */
export function mustBeNamed(engine: Engine, actor: Actor, roles: readonly Role[]): void {
  const person = engine.state.plan.people.find((each) => each.id === actor.id);
  if (person === undefined || !holdsAny(person, roles)) {
    throw refusal(
      'access/not-permitted',
      `${actor.id} is not named as ${roles.join(' or ')} in the manifest`,
    );
  }
}

/** Assurance holds no role in the programme (control C12). */
export function mustBeIndependent(engine: Engine, actor: Actor): void {
  const named = engine.state.plan.people.find((each) => each.id === actor.id);
  const problem = independenceProblem(actor, named);
  if (problem !== undefined) throw refusal(problem.code, problem.message);
}

/** Who started the onboarding, or changed what runs in the stage, does not approve it. */
export function mustNotHavePrepared(
  engine: Engine,
  actor: Actor,
  definition: StepDefinition,
): void {
  const { startedBy, touched } = engine.state;
  if (actor.id === startedBy)
    throw refusal('approval/four-eyes', `${actor.id} started this onboarding`);
  if (touched[definition.stage]?.includes(actor.id) === true) {
    throw refusal(
      'approval/four-eyes',
      `${actor.id} changed what runs in stage ${definition.stage}`,
    );
  }
}

/** Nothing else is being carried out, and the point of no return is ahead. */
export function mustBeFree(engine: Engine): void {
  if (engine.interrupted) throw refusal('command/not-now', 'another command is being carried out');
  if (engine.view('cutover/no-return').status === 'succeeded') {
    throw refusal('cutover/past-no-return', 'the point of no return was passed');
  }
}

/** While the legacy side is frozen or the platform live, only a roll-back leads back. */
export function mustBeUndone(engine: Engine): void {
  if (engine.state.rollingBack !== undefined)
    throw refusal('command/not-now', 'it is being rolled back, and that is not proven yet');
  const undoable = engine.undoable();
  if (undoable.length > 0) {
    throw refusal(
      'command/not-now',
      `roll back first: ${undoable.join(', ')} took effect outside Slipway`,
    );
  }
}
