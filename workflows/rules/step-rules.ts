import { unwaivable, waiverProblem } from '../../domain/controls/c03-waivers.ts';
import { timeToJudgeBy } from '../../domain/present-time.ts';
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
  const problem = waiverProblem(
    args,
    timeToJudgeBy(Date.now(), engine.view(args.step).waitingSince),
  );
  const kept = problem ?? unwaivable(args.criterion);
  if (kept !== undefined) throw refusal(kept.code, kept.message);
  const gate = definition.kind === 'gate';
  const parted = gate || definition.checks;
  if (parted !== (args.criterion !== undefined)) {
    throw refusal(
      'request/invalid',
      parted
        ? `${gate ? 'a gate' : args.step} is waived criterion by criterion: name one`
        : `${args.step} has no criteria`,
    );
  }
  if (engine.isExecuting(args.step)) return;
  if (args.criterion !== undefined && !redCriteria(engine, args.step).includes(args.criterion)) {
    throw refusal('request/invalid', `${args.criterion} is not an unmet criterion of ${args.step}`);
  }
  mustBe(engine, args.step, gate ? ['waiting'] : ['parked'], 'waive');
}
