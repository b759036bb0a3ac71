import { z } from 'zod';

const ms = z.number().describe('Milliseconds.');

/** The runbook as the step `cutover/plan` left it in the evidence. */
export const storedRunbook = z.object({
  lines: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      owner: z.string(),
      ms,
      from: z.enum(['rehearsed', 'planned', 'unknown']),
      after: z.array(z.string()),
      goNoGo: z.boolean(),
      earliestStart: ms,
      earliestFinish: ms,
      slack: ms,
      critical: z.boolean(),
    }),
  ),
  criticalPath: z.array(z.string()),
  total: ms,
  rollback: ms.nullable(),
  window: z.object({ from: z.string(), to: z.string(), length: ms }),
  fits: z.boolean(),
  unknown: z.array(z.string()),
});

/** What is known of a department's cutover: its rehearsals and its runbook. */
export const cutoverSchema = z.object({
  rehearsals: z.array(
    z.object({
      rehearsal: z.string(),
      part: z.string(),
      step: z.string(),
      status: z.string(),
      ms: ms.nullable().describe('Milliseconds; null as long as it has not ended well.'),
      endedAt: z.string().nullable(),
    }),
  ),
  runbook: storedRunbook.extend({ hash: z.string() }).nullable(),
  clock: z
    .object({
      liveFrom: z.string(),
      viableUntil: z.string().describe('A roll-back that begins until then ends in time.'),
      state: z.enum(['running', 'out', 'decided']),
    })
    .nullable()
    .describe('The roll-back clock; null as long as nothing is live.'),
  next: z.string().nullable().describe('What people can do now: roll back, or decide.'),
});

/** @see cutoverSchema */
export type CutoverView = z.infer<typeof cutoverSchema>;
