import { z } from 'zod';
import { conditionSchema, expressionSchema } from './mapping/expression-schema.ts';

const date = z.iso.date();

/** Where the pay results of one side are, and what their columns mean. */
export const resultsShape = z.strictObject({
  source: z.string().min(1).describe('A source of this manifest, or `platform`.'),
  from: z.string().min(1),
  period: expressionSchema,
  person: expressionSchema,
  element: expressionSchema,
  amount: expressionSchema.describe('Pounds; compared to the penny.'),
  where: conditionSchema.optional(),
  control: z
    .strictObject({
      from: z.string().min(1),
      period: expressionSchema,
      people: expressionSchema,
      where: conditionSchema.optional(),
    })
    .optional()
    .describe(
      'One record per period that says how many people the results hold: the side is complete when it agrees.',
    ),
});

/** One pay period of the calendar. */
export const payPeriodShape = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9-]{1,20}$/),
  start: date,
  end: date,
  cutOff: date.describe('Last day on which changes enter this period.'),
  payDay: date,
});

/** What the parallel run compares, or why it compares nothing. */
export const parallelRunShape = z.union([
  z.strictObject({
    legacy: resultsShape,
    platform: resultsShape,
    periods: z.array(z.string()).min(1).describe('Pay periods to compare, in order.'),
  }),
  z.strictObject({
    notApplicable: z
      .string()
      .min(10)
      .describe('Why no pay is compared. Refused when a dataset loads payroll.'),
  }),
]);
