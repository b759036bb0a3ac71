import type { Engine } from './engine.ts';

/**
 * Datasets in levels: all of a level may be loaded at the same time, after those of the levels before. The order
 * follows from the platform's foreign keys, which the compile step has read. Without it (the step was waived)
 * datasets are loaded one by one in the order of the manifest.
 */
export function loadOrder(engine: Engine): readonly (readonly string[])[] {
  const order = engine.output('mapping/compile')['order'] as
    | readonly (readonly string[])[]
    | undefined;
  return order ?? engine.state.plan.datasets.map((dataset) => [dataset]);
}
