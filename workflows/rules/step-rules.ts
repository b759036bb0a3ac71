import { SENIOR_ROLES } from '../../domain/roles.ts';
import type { Engine } from '../engine.ts';
import type { RetryStep, SkipStep, WaiveStep } from '../messages.ts';
import { refusal } from '../refusal.ts';
import {
  knownStep,
  mayCommand,
  mustBe,
  mustBeNamed,
  mustNotHavePrepared,
  redCriteria,
} from './common.ts';

export function mayRetry(engine: Engine, args: RetryStep): void {
  knownStep(engine, args.step);
  mayCommand('retryStep', args);
  mustBe(engine, args.step, ['parked', 'waiting'], 'retry');
}

export function maySkip(engine: Engine, args: SkipStep): void {
  const definition = knownStep(engine, args.step);
  mayCommand('skipStep', args);
  if (!definition.optional) throw refusal('command/step-mandatory', `${args.step} is mandatory`);
  mustBe(engine, args.step, ['parked'], 'skip');
}

export function mayWaive(engine: Engine, args: WaiveStep): void {
  const definition = knownStep(engine, args.step);
  mayCommand('waiveStep', args);
  mustBeNamed(engine, args.actor, SENIOR_ROLES);
  mustNotHavePrepared(engine, args.actor, definition);
  if (args.impact.trim() === '')
    throw refusal('command/reason-required', 'a waiver says what the impact is');
  if (!(Date.parse(args.expires) > Date.now())) {
    throw refusal('request/invalid', `a waiver expires in the future; found ${args.expires}`);
  }
  const gate = definition.kind === 'gate';
  if (gate !== (args.criterion !== undefined)) {
    throw refusal(
      'request/invalid',
      gate ? 'a gate is waived criterion by criterion' : `${args.step} has no criteria`,
    );
  }
  if (engine.isExecuting(args.step)) return;
  if (args.criterion !== undefined && !redCriteria(engine, args.step).includes(args.criterion)) {
    throw refusal('request/invalid', `${args.criterion} is not an unmet criterion of ${args.step}`);
  }
  mustBe(engine, args.step, gate ? ['waiting'] : ['parked'], 'waive');
}
