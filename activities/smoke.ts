import { runSmokeChecks } from '../dataplane/smoke.ts';
import type { SmokeCheck } from '../dataplane/smoke.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import { frozenMapping, loadId } from './compiled-mapping.ts';
import type { StepBody, StepContext } from './step-activity.ts';

/** Asks the platform what its users will ask first. A check that fails parks the cutover: correct, or roll back. */
export const smokeThePlatform: StepBody = async (context) => {
  const checks = await passingChecks(context);
  return {
    output: { checks: checks.length, failed: 0 },
    evidence: [{ kind: 'smoke-checks', content: checks as unknown as Json }],
  };
};

/** The smoke checks. @throws SlipwayError `cutover/smoke-failed` naming those that fail */
export async function passingChecks(context: StepContext): Promise<SmokeCheck[]> {
  const checks = await runSmokeChecks(
    {
      mapping: await frozenMapping(context),
      urls: await context.urls(),
      department: context.manifest.department.id,
      loadId: loadId(context),
    },
    context.work,
  );
  const failed = checks.filter((check) => !check.ok);
  if (failed.length > 0) {
    const message = failed.map(({ check, detail }) => `${check}: ${detail}`).join('; ');
    throw new SlipwayError('cutover/smoke-failed', message, { details: { checks } });
  }
  return checks;
}
