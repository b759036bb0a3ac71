import { allHandlersFinished, condition } from '@temporalio/workflow';
import { stepsOfStage } from '../domain/plan.ts';
import { isSettled } from '../domain/step-view.ts';
import { STAGES } from '../domain/stages.ts';
import type { Stage } from '../domain/stages.ts';
import { answerCommands } from './commands.ts';
import { cutover } from './cutover.ts';
import { discovery } from './discovery.ts';
import { Engine } from './engine.ts';
import type { Interrupt } from './engine.ts';
import { mapping } from './mapping.ts';
import type { OnboardingArguments } from './messages.ts';
import { migration } from './migration.ts';
import { newState } from './onboarding-state.ts';
import type { OnboardingState } from './onboarding-state.ts';
import { parallelRun } from './parallel-run.ts';
import { rewind } from './rewind.ts';
import { rollBack } from './roll-back.ts';
import { criteriaChanges } from './rules/journey-rules.ts';

const JOURNEY: Record<Stage, (engine: Engine) => Promise<void>> = {
  discovery,
  mapping,
  migration,
  'parallel-run': parallelRun,
  cutover,
};

/** One department's journey through all five stages. Runs for months; ends closed or aborted, never because a step failed. */
export async function onboarding(args: OnboardingArguments | OnboardingState): Promise<void> {
  const engine = new Engine('progress' in args ? args : newState(args));
  if (!('progress' in args)) begin(engine, args);
  // Nothing has been waited for yet, so no command can have been missed.
  answerCommands(engine);
  const { rollingBack } = engine.state;
  let part = (): Promise<void> =>
    rollingBack === undefined ? journey(engine) : rollBack(engine, rollingBack);
  for (;;) {
    const interrupt = await engine.untilInterrupted(part);
    if (interrupt === undefined) {
      engine.emit({ type: 'onboarding.closed' });
      break;
    }
    if (interrupt.kind === 'abort') {
      engine.emit({ type: 'onboarding.aborted', by: interrupt.actor.id, reason: interrupt.reason });
      break;
    }
    part = follow(engine, interrupt);
  }
  await engine.flush();
  await condition(allHandlersFinished);
}

function begin(engine: Engine, { plan, startedBy, afterVersion }: OnboardingArguments): void {
  engine.emit({
    type: 'onboarding.started',
    by: startedBy,
    programme: plan.programme,
    department: plan.department,
    manifest: engine.state.manifest,
    steps: plan.steps,
  });
  // What an earlier, aborted onboarding did to these steps no longer counts.
  if (afterVersion === 0) return;
  const to = plan.steps[0] ?? '';
  for (const step of plan.steps)
    engine.emit({ type: 'step.rewound', step, to, by: startedBy, reason: 'started anew' });
}

/** What to do after a command that ended what ran. */
function follow(
  engine: Engine,
  interrupt: Exclude<Interrupt, { kind: 'abort' }>,
): () => Promise<void> {
  const { state } = engine;
  const command = { by: interrupt.actor.id, reason: interrupt.reason };
  if (interrupt.kind === 'roll-back') return () => rollBack(engine, command);
  if (interrupt.kind === 'amend') {
    const criteria = criteriaChanges(engine, interrupt);
    for (const { stage, after } of criteria) state.frozen = { ...state.frozen, [stage]: after };
    state.manifest = interrupt.manifest;
    state.plan = interrupt.plan;
    engine.emit({
      type: 'onboarding.amended',
      manifest: interrupt.manifest,
      steps: interrupt.plan.steps,
      ...(criteria.length === 0 ? {} : { criteria }),
      ...command,
    });
  }
  const to = interrupt.kind === 'amend' ? interrupt.rewindTo : interrupt.to;
  const from = Math.max(0, state.plan.steps.indexOf(to));
  rewind(engine, state.plan.steps.slice(from), to, command);
  return () => journey(engine);
}

/** The stages in their order, each with a fresh history. Those behind us have settled steps only and are passed over. */
async function journey(engine: Engine): Promise<void> {
  const isOpen = (stage: Stage): boolean =>
    stepsOfStage(engine.state.plan, stage).some((key) => !isSettled(engine.view(key).status));
  for (const [index, stage] of STAGES.entries()) {
    if (!isOpen(stage)) continue;
    engine.enterStage(stage);
    await JOURNEY[stage](engine);
    const next = STAGES.slice(index + 1).find(isOpen);
    if (next !== undefined) await engine.continueAsNew(next);
  }
}
