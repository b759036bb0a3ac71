import { condition, setHandler } from '@temporalio/workflow';
import { parseStepKey } from '../domain/step-catalogue.ts';
import type { StepKey } from '../domain/step-catalogue.ts';
import type { QuarantineOrder } from '../domain/step-run.ts';
import type { JsonObject } from '../domain/json.ts';
import { isStage } from '../domain/stages.ts';
import type { Engine, Interrupt } from './engine.ts';
import * as messages from './messages.ts';
import type { CommandResult, Decide, Said } from './messages.ts';
import { refusal } from './refusal.ts';
import * as rules from './rules.ts';

/** Answers the commands of people. Registered before anything else runs, so that none is missed. */
export function answerCommands(engine: Engine): void {
  const { state } = engine;

  /** Who changed what runs in the stage of a step cannot approve that stage. */
  const touch = (key: StepKey, { actor }: Said): void => {
    const stage = key.split('/')[0] ?? '';
    if (!isStage(stage)) return;
    const people = state.touched[stage] ?? [];
    if (!people.includes(actor.id)) state.touched[stage] = [...people, actor.id];
  };
  /** A command has returned when its events are in the store, so that whoever gave it sees them at once. */
  const recorded = async (): Promise<CommandResult> => {
    const { version } = state;
    await engine.flush();
    return { version };
  };
  /** The same for a command that sends the journey elsewhere: the journey has taken it up. */
  const followed = async (interrupt: Interrupt): Promise<CommandResult> => {
    engine.interrupt(interrupt);
    await condition(() => !engine.interrupted);
    return await recorded();
  };
  const by = ({ actor, reason }: Said): { by: string; reason: string } => ({
    by: actor.id,
    reason,
  });

  setHandler(messages.beginUpdate, recorded, {
    validator: ({ manifest }) => {
      if (manifest !== state.manifest) {
        throw refusal(
          'manifest/conflict',
          `${state.onboarding} runs from manifest ${state.manifest.slice(0, 12)}`,
        );
      }
    },
  });

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

  const decide = async (
    args: Decide,
    type: 'step.approved' | 'step.rejected',
  ): Promise<CommandResult> => {
    await engine.landed(args.step);
    rules.mayDecide(engine, args, type === 'step.approved');
    engine.emit({ type, step: args.step, role: args.role, evidence: args.evidence, ...by(args) });
    return recorded();
  };
  setHandler(messages.approveGateUpdate, (args) => decide(args, 'step.approved'), {
    validator: (args) => rules.mayDecide(engine, args, true),
  });
  setHandler(messages.rejectGateUpdate, (args) => decide(args, 'step.rejected'), {
    validator: (args) => rules.mayDecide(engine, args, false),
  });
  const confirmation = (args: Omit<Decide, 'step'>): Decide => ({
    ...args,
    step: 'mapping/confirm',
  });
  setHandler(messages.confirmMappingUpdate, (args) => decide(confirmation(args), 'step.approved'), {
    validator: (args) => rules.mayDecide(engine, confirmation(args), true),
  });

  setHandler(
    messages.explainVarianceUpdate,
    async (args) => {
      const step = `parallel-run/explain/${args.period}`;
      await engine.landed(step);
      rules.mayExplain(engine, args);
      const said = args.explanations.map((each) => ({ ...each, by: args.actor.id }));
      const repeated = new Set(said.map((each) => each.signature));
      const earlier = (state.explanations[step] ?? []).filter(
        (each) => !repeated.has(each.signature),
      );
      state.explanations[step] = [...earlier, ...said];
      touch(step, args);
      const signatures = said.map(({ signature, decision }) => ({ signature, decision }));
      engine.emit({ type: 'step.explained', step, ...by(args), input: { signatures } });
      engine.decide(step, 'retry');
      return recorded();
    },
    { validator: (args) => rules.mayExplain(engine, args) },
  );

  const order = async (
    { dataset, ...args }: Said & { readonly dataset: string },
    decision: QuarantineOrder['decision'],
    said: JsonObject,
  ): Promise<CommandResult> => {
    const step = `migration/quarantine/${dataset}`;
    const input = { kind: decision.kind, ...said };
    engine.emit({ type: 'step.quarantine-decided', step, ...by(args), input });
    const id = String(state.version);
    state.orders = { ...state.orders, [step]: { id, ...by(args), decision } };
    engine.decide(step, 'retry');
    return await recorded();
  };
  setHandler(
    messages.redriveQuarantineUpdate,
    async (args) => {
      const { dataset, correction, rows } = args;
      await engine.landed(`migration/quarantine/${dataset}`);
      rules.mayRedrive(engine, args);
      touch(`migration/quarantine/${dataset}`, args);
      const corrected = correction === undefined ? {} : { correction };
      return order(
        args,
        { kind: 'redrive', ...corrected },
        { ...corrected, ...(rows === undefined ? {} : { rows }) },
      );
    },
    { validator: (args) => rules.mayRedrive(engine, args) },
  );
  setHandler(
    messages.acceptQuarantineUpdate,
    async (args) => {
      const { dataset, rule, count } = args;
      await engine.landed(`migration/quarantine/${dataset}`);
      rules.mayAccept(engine, args);
      const said = { ...(rule === undefined ? {} : { rule }), count };
      return order(args, { kind: 'accept', ...said }, said);
    },
    { validator: (args) => rules.mayAccept(engine, args) },
  );

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
    (args) => {
      if (parseStepKey(args.rewindTo) !== undefined) touch(args.rewindTo, args);
      return followed({ kind: 'amend', ...args });
    },
    { validator: (args) => rules.mayAmend(engine, args) },
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
