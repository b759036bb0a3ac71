import { setHandler } from '@temporalio/workflow';
import * as messages from '../messages.ts';
import { by } from './handling.ts';
import type { Handling } from './handling.ts';
import { mergeExplanations } from '../../domain/merge-explanations.ts';
import type { QuarantineOrder } from '../../domain/step-run.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { CommandResult, Decide, Said } from '../messages.ts';
import * as rules from '../rules/decision-rules.ts';

/** What people decide: gates, the mapping, variances, the quarantine. */
export function answerDecisions({ engine, touch, recorded }: Handling): void {
  const { state } = engine;
  const decide = async (
    args: Decide,
    type: 'step.approved' | 'step.rejected',
  ): Promise<CommandResult> => {
    await engine.landed(args.step);
    rules.mayDecide(engine, args, type === 'step.approved');
    const { step, role, evidence, acknowledge = [] } = args;
    const seen = acknowledge.length === 0 ? {} : { acknowledged: acknowledge };
    engine.emit({ type, step, role, evidence, ...by(args), ...seen });
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
      state.explanations[step] = mergeExplanations(state.explanations[step] ?? [], said);
      touch(step, args);
      // References only: causes and notes are in the store.
      const signatures = said.map(({ signature, decision, cases, owner, due, status, notes }) => ({
        signature,
        ...(decision === undefined ? {} : { decision }),
        ...(cases === undefined ? {} : { cases }),
        ...(owner === undefined ? {} : { owner }),
        ...(due === undefined ? {} : { due }),
        ...(status === undefined ? {} : { status }),
        ...(notes === undefined ? {} : { notes: notes.length }),
      }));
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
}
