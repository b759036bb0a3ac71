import type { Engine } from './engine.ts';

/** Parallel run: both systems pay, every person and element is compared, until enough periods in a row are clean. */
export async function parallelRun(engine: Engine): Promise<void> {
  const { periods, cleanPeriods, steps: planned } = engine.state.plan;
  if (planned.includes('parallel-run/tolerances')) await engine.run('parallel-run/tolerances');
  let cleanInARow = 0;
  for (const period of periods) {
    const steps = (['await', 'compare', 'explain', 'verdict'] as const).map(
      (name) => `parallel-run/${name}/${period}`,
    );
    if (cleanInARow >= cleanPeriods) {
      const because = `${cleanPeriods} consecutive periods are clean`;
      for (const step of steps) engine.notNeeded(step, because);
      continue;
    }
    for (const step of steps) await engine.run(step);
    cleanInARow =
      engine.output(`parallel-run/verdict/${period}`)['clean'] === true ? cleanInARow + 1 : 0;
  }
  await engine.run('parallel-run/gate');
}
