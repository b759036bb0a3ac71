import { isSettled } from '../../domain/step-view.ts';
import type { Engine } from '../engine.ts';
import type { Amend, Reschedule, Rewind, Said } from '../messages.ts';
import { refusal } from '../refusal.ts';
import { knownStep, mayCommand, mustBeFree, mustBeUndone } from './common.ts';

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
