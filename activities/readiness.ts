import type { Json } from '../domain/json.ts';
import { openLines, redLines, validUntil } from '../domain/readiness/statement.ts';
import { presentTime } from '../store/present-time.ts';
import { readinessOf } from '../store/readiness.ts';
import type { StepBody } from './step-activity.ts';

/**
 * The readiness statement, measured anew from the record and never typed (control C5): the criteria of the gates before,
 * the list of criteria and the findings of assurance, the red ones first, and every step that was skipped or waived.
 */
export const generateReadiness: StepBody = async ({ run, manifest, database }) => {
  const now = await presentTime(database, run.onboarding);
  const { lines, exceptions } = await readinessOf(database, run.onboarding, manifest, now);
  const statementEnds = Date.parse(now) + manifest.policy.evidenceDays.cutover * 86_400_000;
  const ends = [validUntil(lines) ?? '', new Date(statementEnds).toISOString()];
  const until = ends.filter((end) => end !== '').toSorted((a, b) => a.localeCompare(b))[0] ?? '';
  return {
    output: {
      red: redLines(lines),
      open: openLines(lines),
      validUntil: until,
      lines: lines.length,
      exceptions: exceptions.length,
    },
    evidence: [
      {
        kind: 'readiness-statement',
        content: { at: now, validUntil: until, lines, exceptions } as unknown as Json,
      },
    ],
  };
};
