import { z } from 'zod';
import { conditionSchema, expressionSchema } from './mapping/expression-schema.ts';

const date = z.iso.date();

/** Where the pay results of one side are, and what their columns mean. */
export const resultsShape = z.strictObject({
  source: z.string().min(1).describe('A source of this manifest, or `platform`.'),
  from: z.string().min(1),
  period: expressionSchema,
  person: expressionSchema,
  element: expressionSchema
    .optional()
    .describe('Long results, one row per person and element: which element it is.'),
  amount: expressionSchema.optional().describe('Long results: pounds; compared to the penny.'),
  columns: z
    .record(z.string().min(1), expressionSchema)
    .optional()
    .describe(
      'Wide results, one row per person: element to the column of its pounds. No value is no line.',
    ),
  payGroup: expressionSchema
    .optional()
    .describe('What the control records are told apart by, as it is in the results.'),
  where: conditionSchema.optional(),
  control: z
    .strictObject({
      from: z.string().min(1),
      period: expressionSchema,
      people: expressionSchema,
      gross: expressionSchema.optional().describe('Pounds.'),
      net: expressionSchema.optional().describe('Pounds.'),
      payGroup: expressionSchema.optional(),
      where: conditionSchema.optional(),
    })
    .optional()
    .describe(
      'One record per period, or one per pay group, that says how many people the results hold and what they are paid: the side is complete when all agree.',
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

const elements = (name: string) => z.array(z.string().min(1)).min(1).default([name]);

/** Elements of pay that may not differ by a penny, as both sides' results call them. */
const protectedShape = z.strictObject({
  net: elements('NET').describe('Net pay.'),
  tax: elements('PAYE').describe('Income tax.'),
  nationalInsurance: elements('NI').describe('National Insurance of the employee.'),
  pension: elements('PENSION').describe('Pension contributions of the employee.'),
});

const scenarioShape = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  elements: z
    .array(z.string().min(1))
    .min(1)
    .describe('Elements of pay that only a case of this scenario has.'),
  notPresent: z
    .string()
    .min(10)
    .optional()
    .describe('Why nobody is paid so. Refused by the gate when somebody is.'),
});

/** Scenarios that the platform's own elements tell apart. */
const SCENARIOS = [
  { id: 'retro', elements: ['ARREARS'] },
  { id: 'court-order', elements: ['COURT-ORDER'] },
  { id: 'student-loan', elements: ['STUDENT-LOAN'] },
  { id: 'overtime', elements: ['OVERTIME'] },
  { id: 'shift-work', elements: ['SHIFT'] },
];

/** What the parallel run compares, or why it compares nothing. */
export const parallelRunShape = z.union([
  z.strictObject({
    legacy: resultsShape,
    platform: resultsShape,
    periods: z.array(z.string()).min(1).describe('Pay periods to compare, in order.'),
    identifiers: z
      .strictObject({
        source: z.string().min(1).describe('A source of this manifest, or `platform`.'),
        from: z.string().min(1),
        legacy: expressionSchema.describe('The person as the legacy results call them.'),
        platform: expressionSchema.describe('The same person as the platform calls them.'),
      })
      .optional()
      .describe(
        'Which legacy payroll id is which person of the platform, such as hr.person. Default: both sides use the same ids.',
      ),
    gross: elements('GROSS').describe('Elements that a control record adds up as gross pay.'),
    protected: protectedShape
      .prefault({})
      .describe(
        'Elements whose tolerance is zero unless a senior person signs another. All must occur in the results of both sides.',
      ),
    scenarios: z
      .array(scenarioShape)
      .default(SCENARIOS)
      .describe(
        'The scope ledger: ways of being paid of which at least one case must be compared in a clean period, where they occur.',
      ),
  }),
  z.strictObject({
    notApplicable: z
      .string()
      .min(10)
      .describe('Why no pay is compared. Refused when a dataset loads payroll.'),
  }),
]);
