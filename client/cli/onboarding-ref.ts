import { SlipwayError } from '../../domain/errors.ts';
import type { OnboardingPage, StepItem, SummaryView } from '../views.ts';
import type { ApiClient } from './api-client.ts';

/** An onboarding somebody named. */
export interface OnboardingRef {
  /** As in `shared/justice`. */
  readonly name: string;
  /** Where it is in the API: `/onboardings/shared/justice`. */
  readonly path: string;
}

/**
 * Finds an onboarding by `programme/department`, `onboarding/programme/department`, or the department alone where only
 * one programme has it.
 * @throws SlipwayError `onboarding/not-found`, or `request/invalid` where it is not clear which one is meant
 */
export async function findRef(api: ApiClient, given: string | undefined): Promise<OnboardingRef> {
  const parts = (given ?? '').split('/').filter((part) => part !== '' && part !== 'onboarding');
  const [first, second] = parts;
  if (parts.length > 2)
    throw new SlipwayError('onboarding/not-found', `there is no onboarding ${given}`);
  if (first !== undefined && second !== undefined) return refOf(first, second);
  const { onboardings } = await api.get<{ onboardings: SummaryView[] }>('/onboardings');
  const found = onboardings.filter((each) => first === undefined || each.department === first);
  const [one] = found;
  if (one === undefined) {
    throw new SlipwayError(
      'onboarding/not-found',
      first === undefined ? 'there is no onboarding yet' : `there is no onboarding of ${first}`,
    );
  }
  if (found.length > 1) {
    const names = found.map((each) => `${each.programme}/${each.department}`);
    throw new SlipwayError('request/invalid', `say which onboarding: ${names.join(', ')}`);
  }
  return refOf(one.programme, one.department);
}

function refOf(programme: string, department: string): OnboardingRef {
  const path = [programme, department].map(encodeURIComponent).join('/');
  return { name: `${programme}/${department}`, path: `/onboardings/${path}` };
}

/** Where a step is in the API. */
export function stepPath(ref: OnboardingRef, step: string): string {
  return `${ref.path}/steps/${encodeURIComponent(step)}`;
}

/**
 * The step that was named, or the only one there is to choose.
 * @param fits which steps can be meant where none is named
 * @throws SlipwayError `request/invalid` naming those that can
 */
export async function findStep(
  api: ApiClient,
  ref: OnboardingRef,
  given: string | undefined,
  what: string,
  fits: (step: StepItem) => boolean,
): Promise<string> {
  if (given !== undefined) return given;
  const { steps } = await api.get<OnboardingPage>(ref.path);
  const found = steps.filter(fits);
  const [one] = found;
  if (one !== undefined && found.length === 1) return one.key;
  throw new SlipwayError(
    'request/invalid',
    found.length === 0
      ? `no step of ${ref.name} ${what}`
      : `say which step: ${found.map((step) => step.key).join(', ')}`,
  );
}
