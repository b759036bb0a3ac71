import { z } from 'zod';
import { conditionSchema, expressionSchema } from './mapping/expression-schema.ts';
import { ROLES } from './roles.ts';
import { cutoverShape } from './cutover-shape.ts';
import { type resultsShape, parallelRunShape, payPeriodShape } from './pay-shape.ts';
import { policyShape } from './policy-shape.ts';
import { historySchema, joinsSchema, partsSchema } from './row-shape.ts';
import { identifier, type secret, sourceSchema } from './source-shape.ts';

const pounds = z.number().multipleOf(0.01);
const role = z.enum(ROLES);

const person = z.strictObject({
  id: identifier.describe(
    'Reference used in events and approvals. Enters Temporal: not a name or an address.',
  ),
  name: z.string().min(1),
  email: z.email().optional(),
  roles: z.array(role).min(1),
});

const codeList = z.strictObject({
  description: z.string().optional(),
  values: z.record(z.string(), z.string()).describe('Source code to target code, value by value.'),
});

const dataset = z.strictObject({
  id: identifier,
  target: z
    .string()
    .regex(/^[a-z_]+\.[a-z_]+$/, 'schema.table of the platform')
    .describe('The table on the platform.'),
  source: identifier,
  from: z
    .string()
    .min(1)
    .describe(
      'schema.table of a database source (database.table of MariaDB), or the name of a file entry.',
    ),
  key: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe(
      'Columns that identify a source row. Default for files: the row itself (file and line).',
    ),
  onePer: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe(
      'Take only the first row (by key) for each value of these columns; the others are excluded.',
    ),
  joins: joinsSchema,
  parts: partsSchema,
  history: historySchema,
  exclude: z
    .array(z.strictObject({ when: conditionSchema, reason: z.string().min(3) }))
    .default([])
    .describe('Rows that are out of scope, each with its reason.'),
  fields: z.record(z.string(), expressionSchema).describe('Target column to expression.'),
  drop: z
    .record(z.string(), z.string().min(3))
    .default({})
    .describe('Source columns that go nowhere, each with its reason.'),
  totals: z.array(z.string()).default([]).describe('Target columns whose sums are control totals.'),
  totalsBy: z
    .array(z.string())
    .default([])
    .describe('Target columns by whose values the control totals are compared group by group.'),
  tolerances: z
    .record(z.string(), z.number().min(0.000_001))
    .default({})
    .describe(
      'Target columns of numbers that may differ by so much in a reconciliation; such rows are counted by themselves.',
    ),
  after: z
    .array(identifier)
    .default([])
    .describe('Datasets that must be loaded first, beside those the platform requires.'),
  chunkRows: z.number().int().min(100).max(1_000_000).default(50_000),
});

/**
 * What a manifest is made of, each part by itself. Whether the parts fit together is checked in `manifest-checks.ts`.
 */
export const manifestShape = z.strictObject({
  slipway: z.literal(1).describe('Version of this format.'),
  programme: identifier,
  department: z.strictObject({
    id: identifier,
    name: z.string().min(1),
    headcount: z.number().int().min(1),
    wave: z.number().int().min(1).default(1),
    nation: z
      .enum(['england-and-wales', 'scotland', 'northern-ireland'])
      .default('england-and-wales'),
  }),
  people: z.array(person).min(1).describe('The people in charge, by role.'),
  sources: z.record(identifier, sourceSchema),
  codeLists: z.record(identifier, codeList).default({}),
  datasets: z.array(dataset).min(1),
  payCalendar: z.strictObject({ periods: z.array(payPeriodShape).min(1) }).optional(),
  parallelRun: parallelRunShape,
  cutover: cutoverShape,
  policy: policyShape.prefault({}),
  baseline: z
    .strictObject({
      annualServiceCost: pounds
        .positive()
        .describe('Pounds a year that the service costs today (control C16).'),
      kpis: z.record(identifier, z.number()).default({}),
      controlTotals: z
        .record(
          identifier,
          z.strictObject({
            rows: z.number().int().min(0).optional(),
            totals: z.record(z.string(), z.number()).default({}),
          }),
        )
        .default({})
        .describe(
          'What the department declares to have, per dataset: rows, and sums of target columns.',
        ),
    })
    .describe('No onboarding starts without a cost baseline.'),
});

/** A manifest whose defaults are filled in. */
export type Manifest = z.output<typeof manifestShape>;
/** One dataset of a manifest. */
export type Dataset = Manifest['datasets'][number];
/** One source of a manifest. */
export type Source = Manifest['sources'][string];
/** Where a secret is. */
export type SecretReference = z.output<typeof secret>;
/** Where the pay results of one side are. */
export type ResultsSource = z.output<typeof resultsShape>;
/** What a load may ask of a source. */
export type Limits = Manifest['policy']['limits'];
/** Where the last submission to the tax authority is. */
export type LastSubmission = NonNullable<Manifest['cutover']['lastSubmission']>;
/** The policy of a manifest. */
export type Policy = Manifest['policy'];
/** A person in charge. */
export type Person = Manifest['people'][number];
