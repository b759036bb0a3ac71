import { SlipwayError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import { parseStepKey } from '../domain/step-catalogue.ts';
import type { StepKey } from '../domain/step-catalogue.ts';
import { stepInputSchema } from '../domain/step-inputs.ts';
import { describeExpected } from './manifest/describe.ts';

/** Holds corrected input against the schema of its step. @throws SlipwayError `command/unknown-step`, `step/input-invalid` */
export function checkInput(step: StepKey, input: JsonObject): void {
  const kind = parseStepKey(step)?.id;
  if (kind === undefined)
    throw new SlipwayError('command/unknown-step', `there is no step ${step}`);
  const checked = stepInputSchema(kind).safeParse(input);
  if (checked.success) return;
  const problems = checked.error.issues.map((issue) => {
    const expected = describeExpected(issue);
    const message = expected === undefined ? issue.message : `expected ${expected}`;
    return [issue.path.join('.'), message].filter((part) => part !== '').join(': ');
  });
  throw new SlipwayError('step/input-invalid', `${step}: ${problems.join('; ')}`, {
    details: { problems },
  });
}
