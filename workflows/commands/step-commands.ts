import { setHandler } from '@temporalio/workflow';
import * as messages from '../messages.ts';
import { by } from './handling.ts';
import type { Handling } from './handling.ts';
import * as rules from '../rules/step-rules.ts';

/** Retry, skip and waive. */
export function answerStepCommands({ engine, touch, recorded }: Handling): void {
  const { state } = engine;
  setHandler(
    messages.retryStepUpdate,
    async (args) => {
      await engine.landed(args.step);
      rules.mayRetry(engine, args);
      if (args.input !== undefined) state.inputs[args.step] = args.input;
      touch(args.step, args);
      const input = args.input === undefined ? {} : { input: args.input };
      engine.emit({ type: 'step.retry-requested', step: args.step, ...by(args), ...input });
      engine.decide(args.step, 'retry');
      return recorded();
    },
    { validator: (args) => rules.mayRetry(engine, args) },
  );

  setHandler(
    messages.skipStepUpdate,
    async (args) => {
      await engine.landed(args.step);
      rules.maySkip(engine, args);
      touch(args.step, args);
      engine.emit({ type: 'step.skipped', step: args.step, ...by(args) });
      engine.decide(args.step, 'skip');
      return recorded();
    },
    { validator: (args) => rules.maySkip(engine, args) },
  );

  setHandler(
    messages.waiveStepUpdate,
    async (args) => {
      await engine.landed(args.step);
      rules.mayWaive(engine, args);
      const { step, impact, expires, criterion } = args;
      if (criterion === undefined) {
        engine.emit({ type: 'step.waived', step, impact, expires, ...by(args) });
        engine.decide(step, 'waive');
      } else {
        const waiver = { criterion, impact, expires, ...by(args) };
        state.waivers[step] = [...(state.waivers[step] ?? []), waiver];
        // The gate is evaluated again: the waiver stands in its record, and earlier approvals no longer count.
        engine.emit({
          type: 'step.retry-requested',
          step,
          ...by(args),
          input: { waived: criterion, impact, expires },
        });
        engine.decide(step, 'retry');
      }
      return recorded();
    },
    { validator: (args) => rules.mayWaive(engine, args) },
  );
}
