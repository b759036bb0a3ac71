import type { Engine } from './engine.ts';

/** Mapping: from manifest to a compiled, simulated and confirmed mapping, which the gate freezes by its hash. */
export async function mapping(engine: Engine): Promise<void> {
  await engine.run('mapping/suggest');
  await engine.run('mapping/check');
  await engine.run('mapping/coverage');
  await engine.run('mapping/compile');
  await engine.run('mapping/simulate');
  await engine.run('mapping/confirm');
  await engine.run('mapping/gate');
}
