import type { Engine } from './engine.ts';
import { loadOrder } from './load-order.ts';

/** Migration: load in dependency order, decide about what could not be loaded, prove that both sides hold the same. */
export async function migration(engine: Engine): Promise<void> {
  await engine.run('migration/preflight');
  await engine.run('migration/prepare');
  await engine.runOrdered(loadOrder(engine));
  const { datasets } = engine.state.plan;
  // A correction in one dataset may be what rows of another one wait for, so all of them are open together.
  await engine.runAll(datasets.map((dataset) => `migration/quarantine/${dataset}`));
  await engine.runAll(datasets.map((dataset) => `migration/reconcile/${dataset}`));
  await engine.run('migration/gate');
}
