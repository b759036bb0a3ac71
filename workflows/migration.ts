import type { Engine } from './engine.ts';
import { loadOrder } from './load-order.ts';

/** Migration: load in dependency order, then prove that both sides hold the same. */
export async function migration(engine: Engine): Promise<void> {
  await engine.run('migration/preflight');
  await engine.run('migration/prepare');
  await engine.runOrdered(loadOrder(engine));
  await engine.runAll(
    engine.state.plan.datasets.map((dataset) => `migration/reconcile/${dataset}`),
  );
  await engine.run('migration/gate');
}
