import { condition } from '@temporalio/workflow';
import { stepsOfStage } from '../domain/plan.ts';
import type { Engine } from './engine.ts';
import { rewind } from './rewind.ts';

/**
 * Takes the cutover back, in reverse order, each part as a step of its own that parks when it fails. Afterwards the
 * legacy side serves as before, which is proven, and the onboarding waits for a rewind, an amendment or its end.
 */
export async function rollBack(
  engine: Engine,
  command: { readonly by: string; readonly reason: string },
): Promise<void> {
  if (engine.state.rollingBack === undefined)
    engine.emit({ type: 'onboarding.rolling-back', ...command });
  engine.state.rollingBack = command;
  for (const step of engine.undoable().toReversed()) {
    const undo = `cutover/undo/${step}`;
    if (engine.state.progress.steps[undo] !== undefined) {
      engine.emit({ type: 'step.rewound', step: undo, to: undo, ...command });
    }
    await engine.run(undo);
    engine.emit({ type: 'step.rewound', step, to: step, ...command });
  }
  const proof = 'cutover/undo/proof';
  if (engine.state.progress.steps[proof] !== undefined) {
    engine.emit({ type: 'step.rewound', step: proof, to: proof, ...command });
  }
  await engine.run(proof);
  // What was rehearsed counts until it is too old, and so does the plan made of it.
  const steps = stepsOfStage(engine.state.plan, 'cutover');
  rewind(engine, steps.slice(steps.indexOf('cutover/readiness')), 'cutover/readiness', command);
  delete engine.state.rollingBack;
  engine.emit({ type: 'onboarding.rolled-back' });
  await engine.flush();
  // Only an interrupt leads on; it cancels this wait.
  await condition(() => false);
}
