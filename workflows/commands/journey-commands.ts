import { setHandler } from '@temporalio/workflow';
import * as messages from '../messages.ts';
import { by } from './handling.ts';
import type { Handling } from './handling.ts';
import { parseStepKey } from '../../domain/step-catalogue.ts';
import * as rules from '../rules/journey-rules.ts';

/** What changes the course of the onboarding as a whole. */
export function answerJourneyCommands({ engine, touch, recorded, followed }: Handling): void {
  const { state } = engine;
  setHandler(
    messages.pauseUpdate,
    (args) => {
      state.paused = true;
      engine.emit({ type: 'onboarding.paused', ...by(args) });
      return recorded();
    },
    { validator: (args) => rules.mayPause(engine, args) },
  );
  setHandler(
    messages.resumeUpdate,
    (args) => {
      state.paused = false;
      engine.emit({ type: 'onboarding.resumed', ...by(args) });
      return recorded();
    },
    { validator: (args) => rules.mayResume(engine, args) },
  );

  setHandler(
    messages.rescheduleUpdate,
    (args) => {
      const step = 'cutover/window';
      engine.emit({ type: 'onboarding.rescheduled', from: args.from, to: args.to, ...by(args) });
      const input = { from: args.from, to: args.to };
      state.inputs[step] = input;
      touch(step, args);
      const { status } = engine.view(step);
      if (status === 'waiting' || status === 'parked') {
        engine.emit({ type: 'step.retry-requested', step, ...by(args), input });
        engine.decide(step, 'retry');
      } else if (status === 'succeeded') {
        // The go/no-go that waits now was asked about the old window.
        return followed({ kind: 'rewind', to: step, actor: args.actor, reason: args.reason });
      }
      return recorded();
    },
    { validator: (args) => rules.mayReschedule(engine, args) },
  );

  setHandler(
    messages.rewindUpdate,
    (args) => {
      touch(args.to, args);
      return followed({ kind: 'rewind', ...args });
    },
    { validator: (args) => rules.mayRewind(engine, args) },
  );
  setHandler(
    messages.amendUpdate,
    async (args) => {
      if (parseStepKey(args.rewindTo) !== undefined) touch(args.rewindTo, args);
      const criteria = rules.criteriaChanges(engine, args);
      if (criteria.length === 0) return followed({ kind: 'amend', ...args });
      for (const { stage } of criteria) touch(`${stage}/gate`, args);
      state.proposed = args;
      const { manifest } = args;
      engine.emit({
        type: 'onboarding.amendment-proposed',
        manifest,
        criteria,
        ...by(args),
      });
      return { ...(await recorded()), proposed: true };
    },
    { validator: (args) => rules.mayAmend(engine, args) },
  );
  setHandler(
    messages.confirmAmendmentUpdate,
    (args) => {
      const proposed = rules.mayConfirmAmendment(engine, args);
      state.proposed = undefined;
      const { manifest } = args;
      engine.emit({ type: 'onboarding.amendment-confirmed', manifest, ...by(args) });
      return followed({ kind: 'amend', ...proposed });
    },
    {
      validator: (args) => {
        rules.mayConfirmAmendment(engine, args);
      },
    },
  );
  setHandler(
    messages.withdrawAmendmentUpdate,
    (args) => {
      state.proposed = undefined;
      const { manifest } = args;
      engine.emit({ type: 'onboarding.amendment-withdrawn', manifest, ...by(args) });
      return recorded();
    },
    { validator: (args) => rules.mayWithdrawAmendment(engine, args) },
  );
  setHandler(
    messages.rollBackUpdate,
    (args) => {
      touch('cutover/gate', args);
      return followed({ kind: 'roll-back', ...args });
    },
    { validator: (args) => rules.mayRollBack(engine, args) },
  );
  setHandler(
    messages.abortUpdate,
    (args) => {
      return followed({ kind: 'abort', ...args });
    },
    { validator: (args) => rules.mayAbort(engine, args) },
  );
}
