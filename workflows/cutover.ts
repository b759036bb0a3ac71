import { stepsOfStage } from '../domain/plan.ts';
import type { Engine } from './engine.ts';
import { withPrefix } from './with-prefix.ts';

/** Cutover: ready, allowed and agreed; then freeze, delta, proof, switch; past the point of no return, hypercare. */
export async function cutover(engine: Engine): Promise<void> {
  const steps = stepsOfStage(engine.state.plan, 'cutover');
  // One part after the other, as in a cutover.
  for (const part of withPrefix(steps, 'cutover/rehearse')) await engine.run(part);
  await engine.run('cutover/plan');
  await engine.run('cutover/readiness');
  await engine.run('cutover/window');
  await engine.run('cutover/gate');
  await engine.run('cutover/wait');
  await engine.runAll(withPrefix(steps, 'cutover/freeze'));
  await engine.run('cutover/delta');
  await engine.runAll(withPrefix(steps, 'cutover/reconcile'));
  await engine.run('cutover/totals');
  await engine.run('cutover/first-run');
  await engine.run('cutover/switch');
  await engine.run('cutover/smoke');
  await engine.run('cutover/no-return');
  await engine.run('cutover/hypercare');
  await engine.run('cutover/exit');
  await engine.run('cutover/close');
}
