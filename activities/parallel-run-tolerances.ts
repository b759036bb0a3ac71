import {
  effectiveTolerances,
  PROTECTED_WORDS,
  protectedTolerances,
} from '../domain/protected-elements.ts';
import type { Tolerances } from '../domain/variance.ts';
import type { StepBody, StepContext } from './step-activity.ts';

const STEP = 'parallel-run/tolerances';

/** Shows the senior owner what would pass of net pay, tax, National Insurance and pension, and asks for a signature. */
export const askForTolerances: StepBody = async ({ manifest }) => {
  const asked = protectedTolerances(manifest);
  const content = {
    elements: asked.map(({ element, kind, pence }) => ({
      element,
      is: PROTECTED_WORDS[kind],
      pence,
    })),
    means:
      'Differences up to these amounts count as rounding. They count as zero until a senior person signs.',
  };
  return {
    output: {
      elements: asked.length,
      highestPence: Math.max(0, ...asked.map((each) => each.pence)),
    },
    evidence: [{ kind: 'tolerances-to-sign', content }],
    waits: true,
  };
};

/**
 * The tolerances a period is compared with. A tolerance of a protected element counts only when the step that asks for it
 * was approved: one that was waived or never asked has signed nothing.
 */
export async function countingTolerances({
  manifest,
  outputs,
}: Pick<StepContext, 'manifest' | 'outputs'>): Promise<Tolerances> {
  if (protectedTolerances(manifest).length === 0) return manifest.policy.tolerances;
  const output = (await outputs()).get(STEP) ?? {};
  return effectiveTolerances(manifest, Object.keys(output).length > 0);
}
