import { stepsOfStage } from '../domain/plan.ts';
import type { Engine } from './engine.ts';
import { withPrefix } from './with-prefix.ts';

/** Discovery: what is there, and how good is it? Sources are looked at side by side. */
export async function discovery(engine: Engine): Promise<void> {
  const steps = stepsOfStage(engine.state.plan, 'discovery');
  await engine.runAll([
    ...withPrefix(steps, 'discovery/connect'),
    ...withPrefix(steps, 'discovery/intake'),
  ]);
  await engine.runAll(withPrefix(steps, 'discovery/profile'));
  await engine.runAll(withPrefix(steps, 'discovery/keys'));
  await engine.run('discovery/assess');
  await engine.run('discovery/baseline');
  await engine.run('discovery/gate');
}
