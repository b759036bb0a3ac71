import { SlipwayError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import { planRunbook } from '../domain/runbook.ts';
import type { Runbook } from '../domain/runbook.ts';
import type { StepBody } from './step-activity.ts';

/** Builds the runbook of the cutover. Its durations come from the rehearsals. */
export const planTheCutover: StepBody = async ({ manifest, outputs }) => {
  const runbook = runbookOf(manifest, await outputs());
  const { lines, criticalPath, total, rollback, window, fits, unknown } = runbook;
  return {
    output: {
      lines: lines.length,
      critical: criticalPath.length,
      totalMs: total,
      rollbackMs: rollback,
      windowMs: window.length,
      fits,
      unknown: unknown.length,
    },
    evidence: [{ kind: 'runbook', content: runbook as unknown as Json }],
  };
};

function runbookOf(...args: Parameters<typeof planRunbook>): Runbook {
  try {
    return planRunbook(...args);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SlipwayError('manifest/invalid', error.message, { cause: error });
  }
}
