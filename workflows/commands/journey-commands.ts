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
      // The plan, the statement and the go/no-go that waits now were made for the old window.
      const planned = engine.view('cutover/plan').status === 'succeeded';
      const { actor, reason } = args;
      return planned ? followed({ kind: 'rewind', to: 'cutover/plan', actor, reason }) : recorded();
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
