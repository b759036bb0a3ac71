import { setHandler } from '@temporalio/workflow';
import * as messages from '../messages.ts';
import type { CommandResult, Said, SettleFinding } from '../messages.ts';
import * as rules from '../rules/readiness-rules.ts';
import { by } from './handling.ts';
import type { Handling } from './handling.ts';

/** What people say towards readiness: assessments, and findings of independent assurance. */
export function answerReadinessCommands({ engine, recorded, followed }: Handling): void {
  const { state } = engine;

  /** A statement that does not say what was said since is generated anew, and what was decided on it with it. */
  const remeasured = async (args: Said): Promise<CommandResult> => {
    const result = await recorded();
    const generated = engine.view('cutover/readiness').status === 'succeeded';
    if (!generated || engine.interrupted || engine.undoable().length > 0) return result;
    await followed({ kind: 'rewind', to: 'cutover/readiness', ...args });
    return result;
  };

  setHandler(
    messages.assessCriterionUpdate,
    async (args) => {
      for (const assessment of args.assessments)
        engine.emit({ type: 'criterion.assessed', ...assessment, ...by(args) });
      return await remeasured({ actor: args.actor, reason: args.reason });
    },
    { validator: (args) => rules.mayAssess(engine, args) },
  );

  setHandler(
    messages.recordFindingUpdate,
    async (args) => {
      const finding = String(state.version + 1);
      state.findings = { ...state.findings, [finding]: 'open' };
      engine.emit({ type: 'finding.recorded', finding, ...by(args) });
      return await remeasured({ actor: args.actor, reason: args.reason });
    },
    { validator: (args) => rules.mayRecordFinding(engine, args) },
  );

  const settle = async (
    { finding, ...said }: SettleFinding,
    status: 'closed' | 'accepted',
  ): Promise<CommandResult> => {
    state.findings = { ...state.findings, [finding]: status };
    engine.emit({ type: `finding.${status}`, finding, ...by(said) });
    return await remeasured({ actor: said.actor, reason: said.reason });
  };
  setHandler(messages.closeFindingUpdate, (args) => settle(args, 'closed'), {
    validator: (args) => rules.mayCloseFinding(engine, args),
  });
  setHandler(messages.acceptFindingUpdate, (args) => settle(args, 'accepted'), {
    validator: (args) => rules.mayAcceptFinding(engine, args),
  });
}
