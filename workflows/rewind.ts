import type { StepKey } from '../domain/step-catalogue.ts';
import type { Engine } from './engine.ts';

/**
 * Marks steps as not done. Approvals among them no longer count. When the transfer is among them, what it loaded is
 * superseded: the next load has a new number, and `migration/prepare` clears the old one away.
 */
export function rewind(
  engine: Engine,
  steps: readonly StepKey[],
  to: StepKey,
  command: { readonly by: string; readonly reason: string },
): void {
  const done = steps.filter((key) => engine.state.progress.steps[key] !== undefined);
  for (const step of done) engine.emit({ type: 'step.rewound', step, to, ...command });
  for (const step of steps) {
    delete engine.state.waivers[step];
    delete engine.state.explanations[step];
    delete engine.state.orders?.[step];
  }
  if (done.some((key) => key.startsWith('migration/prepare')))
    engine.state.load = engine.state.version;
}
