import type { FrozenCriteria } from '../domain/controls/c02-frozen-criteria.ts';
import type { Stage } from '../domain/stages.ts';
import type { OnboardingState } from './onboarding-state.ts';

/**
 * What a stage is judged by is what the plan said when it first started, or what two people agreed on since (control
 * C2). Undefined for a plan of an earlier version.
 */
export function freezeCriteria(state: OnboardingState, stage: Stage): FrozenCriteria | undefined {
  const criteria = state.plan.criteria?.[stage];
  if (criteria === undefined) return undefined;
  const frozen = state.frozen?.[stage] ?? { version: 1, criteria };
  state.frozen = { ...state.frozen, [stage]: frozen };
  return frozen;
}
