import { z } from 'zod';
import { conditionSchema, expressionSchema } from './mapping/expression-schema.ts';
import { ROLES } from './roles.ts';
import { historySchema, joinsSchema, partsSchema } from './row-shape.ts';
import { identifier, type secret, sourceSchema } from './source-shape.ts';
import { STAGES } from './stages.ts';

const date = z.iso.date();
const dateTime = z.iso.datetime({ offset: true });
const fraction = z.number().min(0).max(1);
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

const results = z.strictObject({
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

const payPeriod = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9-]{1,20}$/),
  start: date,
  end: date,
  cutOff: date.describe('Last day on which changes enter this period.'),
  payDay: date,
});

const approvals = z.partialRecord(
  z.enum(STAGES),
  z.partialRecord(role, z.number().int().min(1).max(5)),
);

const limits = z.strictObject({
  lanes: z
    .number()
    .int()
    .min(1)
    .max(16)
    .default(2)
    .describe('Chunks read from one source at the same time, by all workers together.'),
  rowsPerSecond: z
    .number()
    .int()
    .min(100)
    .optional()
    .describe(
      'Rows read from one source a second, all lanes together. Default: as fast as it goes.',
    ),
  activeSessions: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe(
      'No chunk begins while more sessions of others are at work on the source. The account has to see them (pg_read_all_stats).',
    ),
  statementSeconds: z
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(1800)
    .describe('A statement of a load on the source that takes longer is ended.'),
});

const policy = z.strictObject({
  approvals: approvals
    .default({})
    .describe(
      'Per stage, how many people of which role must approve. Roles that are left out keep the default.',
    ),
  maxRejectRate: fraction.default(0.01).describe('Quarantined rows over rows read, per dataset.'),
  limits: limits
    .prefault({})
    .describe('What a load may ask of the legacy systems, which go on serving meanwhile.'),
  triggers: z
    .array(z.string().regex(/^[^.]+\.[^.]+\.[^.]+$/, 'schema.table.trigger'))
    .default([])
    .describe(
      'Triggers of the platform that may fire while rows are loaded; any other one stops the load.',
    ),
  freeSpaceMb: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe('Space that the platform has for the load, where Slipway cannot see its disks.'),
  maxBlockers: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('Findings of severity blocker that discovery may end with.'),
  targetCoverage: fraction
    .default(1)
    .describe('Share of mandatory target fields that must be mapped.'),
  sourceCoverage: fraction
    .default(1)
    .describe('Share of source fields that must be mapped or dropped with a reason.'),
  headcountTolerance: fraction
    .default(0.02)
    .describe('Allowed difference of people found to the declared headcount.'),
  tolerances: z
    .strictObject({
      defaultPence: z.number().int().min(0).default(0),
      elements: z.record(z.string(), z.number().int().min(0)).default({}),
    })
    .default({ defaultPence: 0, elements: {} })
    .describe('Pay differences, in pence, that count as rounding.'),
  cleanPeriods: z
    .number()
    .int()
    .min(1)
    .default(2)
    .describe('Consecutive clean pay periods before cutover (control C1).'),
  escalateAfterHours: z
    .number()
    .positive()
    .default(48)
    .describe('A parked step or an open approval escalates after this long.'),
  hypercareHours: z
    .number()
    .min(0)
    .default(24)
    .describe('How long the platform is watched after the switch.'),
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
  payCalendar: z.strictObject({ periods: z.array(payPeriod).min(1) }).optional(),
  parallelRun: z.union([
    z.strictObject({
      legacy: results,
      platform: results,
      periods: z.array(z.string()).min(1).describe('Pay periods to compare, in order.'),
    }),
    z.strictObject({
      notApplicable: z
        .string()
        .min(10)
        .describe('Why no pay is compared. Refused when a dataset loads payroll.'),
    }),
  ]),
  cutover: z.strictObject({
    window: z.strictObject({ from: dateTime, to: dateTime }),
    blackouts: z
      .array(z.strictObject({ from: date, to: date, reason: z.string().min(3) }))
      .default([])
      .describe('Days on which no cutover may run: bank holidays, year end, other departments.'),
    rollbackHours: z
      .number()
      .positive()
      .default(4)
      .describe('How long after the switch rolling back stays viable.'),
  }),
  policy: policy.prefault({}),
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
export type ResultsSource = z.output<typeof results>;
/** What a load may ask of a source. */
export type Limits = Manifest['policy']['limits'];
/** The policy of a manifest. */
export type Policy = Manifest['policy'];
/** A person in charge. */
export type Person = Manifest['people'][number];
