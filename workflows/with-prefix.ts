import type { StepId, StepKey } from '../domain/step-catalogue.ts';

/** The keys of one kind of step, in their order. */
export function withPrefix(keys: readonly StepKey[], id: StepId): StepKey[] {
  return keys.filter((key) => key.startsWith(`${id}/`));
}
