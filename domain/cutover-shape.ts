import { z } from 'zod';
import { expressionSchema } from './mapping/expression-schema.ts';
import { ROLES } from './roles.ts';

const date = z.iso.date();
const dateTime = z.iso.datetime({ offset: true });
const id = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'lower case letters, digits and hyphens');

const rehearsal = z.strictObject({
  id,
  kind: z.enum(['dry-run', 'dress']).default('dress'),
  rollback: z.boolean().default(true).describe('It ends with a complete, timed roll-back.'),
});

const runbookLine = z.strictObject({
  id: id.describe(
    'Of its own; or go-no-go, freeze, delta, reconcile, totals, switch, smoke or no-return for what the engine does.',
  ),
  title: z.string().min(3).optional(),
  owner: z.string().min(1).describe('A role, or the id of a person.'),
  minutes: z
    .number()
    .min(0)
    .describe('Planned. Of what the engine does, only where no rehearsal has measured it.'),
  after: z.array(id).default([]).describe('Lines that must have ended before.'),
  goNoGo: z.boolean().default(false).describe('People decide here whether it goes on.'),
});

/** Where the last submission to the tax authority is, and what its columns mean (control C14). */
const lastSubmissionShape = z.strictObject({
  source: z.string().min(1).describe('A source of this manifest.'),
  from: z.string().min(1),
  person: expressionSchema.describe('The payroll id, as it was submitted.'),
  taxable: expressionSchema.describe('Taxable pay in the year to date, in pounds.'),
  tax: expressionSchema.describe('Tax in the year to date, in pounds.'),
  ni: expressionSchema.describe(
    'National Insurance of the employee in the year to date, in pounds.',
  ),
  taxCode: expressionSchema,
  basis: expressionSchema.describe('`cumulative` or `week1`.'),
  niCategory: expressionSchema,
});

/** When and how the cutover runs. */
export const cutoverShape = z.strictObject({
  window: z.strictObject({ from: dateTime, to: dateTime }),
  blackouts: z
    .array(z.strictObject({ from: date, to: date, reason: z.string().min(3) }))
    .default([])
    .describe('Further days on which no cutover may run. Bank holidays, tax and pay are known.'),
  exempt: z
    .partialRecord(
      z.enum(['bank-holiday', 'tax-month', 'tax-year-end', 'calendar-unknown']),
      z.string().min(10),
    )
    .default({})
    .describe(
      'Rules of the calendar that do not hold here, each with its reason. Whoever approves the cutover has to acknowledge each that its window breaks.',
    ),
  team: z
    .string()
    .min(1)
    .max(80)
    .default('programme')
    .describe('Who carries the cutover out. A team moves one department at a time.'),
  lastSubmission: lastSubmissionShape
    .optional()
    .describe(
      'The last submission of the legacy payroll to the tax authority. Default: the rows of the dataset that fills payroll.tax.',
    ),
  readiness: z
    .strictObject({
      notApplicable: z
        .record(id, z.string().min(10))
        .default({})
        .describe('Criteria of the list that do not apply here, each with its reason.'),
      criteria: z
        .record(
          id,
          z.strictObject({
            title: z.string().min(3),
            owner: z.enum(ROLES).describe('The role that assesses it.'),
            criticality: z.enum(['high', 'medium', 'low']).default('medium'),
          }),
        )
        .default({})
        .describe('Criteria of the department beside those of the default list.'),
    })
    .default({ notApplicable: {}, criteria: {} })
    .describe('What readiness is judged by.'),
  releaseHold: z
    .array(
      z.strictObject({
        id,
        kind: z.enum(['system', 'team']),
        title: z.string().min(3),
      }),
    )
    .max(50)
    .refine((all) => new Set(all.map((each) => each.id)).size === all.length, {
      message: 'two things that are held have the same id',
    })
    .default([])
    .describe(
      'Legacy systems and teams that are kept until the exit of hypercare is approved (controls C7 and C15).',
    ),
  rollbackHours: z
    .number()
    .positive()
    .default(4)
    .describe('How long after the switch rolling back stays viable.'),
  rehearsals: z
    .array(rehearsal)
    .max(10)
    .refine((all) => new Set(all.map((each) => each.id)).size === all.length, {
      message: 'two rehearsals have the same id',
    })
    .default([{ id: 'dress', kind: 'dress', rollback: true }])
    .describe('Rehearsals on the rehearsal platform, in order (control C9).'),
  runbook: z
    .array(runbookLine)
    .max(200)
    .refine((all) => new Set(all.map((each) => each.id)).size === all.length, {
      message: 'two lines of the runbook have the same id',
    })
    .default([])
    .describe('What people do at the cutover, besides what the engine does.'),
});
