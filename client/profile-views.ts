import { z } from 'zod';
import { DRIFT_KINDS } from '../domain/drift.ts';
import { FINDINGS, type FindingCode } from '../domain/findings.ts';

/** What people see of profiles. Evidence of older versions may lack what is optional. */

const count = z.number().int();
const names = z.array(z.string());
const keys = z.array(z.string()).describe('Keys of the rows, at most 1,000.');
const severity = z.enum(['blocker', 'major', 'minor']);

const countedSchema = z
  .object({
    value: z.string(),
    rows: count,
    upTo: count.optional().describe('Where `rows` is a lower bound: not more than this.'),
  })
  .meta({ id: 'ProfileCount' });
const misfits = { rows: count, values: z.array(countedSchema).optional(), keys };
const outliersSchema = z
  .object({
    ...misfits,
    kind: z.enum(['number', 'date', 'length', 'pattern']),
    expected: z.string().describe('What the other values are.'),
  })
  .meta({ id: 'ProfileOutliers' });

export const columnProfileSchema = z
  .object({
    name: z.string(),
    declaredType: z.string(),
    nulls: count,
    empty: count,
    distinct: count,
    distinctError: z
      .number()
      .optional()
      .describe(
        'Relative standard error of `distinct`, an estimate by HyperLogLog. Absent: exact.',
      ),
    min: z.string().optional(),
    max: z.string().optional(),
    minLength: count.optional(),
    maxLength: count.optional(),
    patterns: z.array(countedSchema),
    topValues: z.array(countedSchema).optional().describe('Absent for personal columns.'),
    personal: z.string().optional(),
    personalFacts: z
      .object({
        by: z.enum(['name', 'content', 'both']),
        sign: z.string().optional(),
        rate: z.number().optional().describe('Rows whose value matches, over rows with a value.'),
        sampled: z.boolean(),
      })
      .optional(),
    personalTraces: z.array(z.object({ sign: z.string(), rate: z.number() })).optional(),
    inferred: z.object({ type: z.string(), format: z.string().optional(), share: z.number() }),
    misfits: z.object(misfits).optional(),
    outliers: z.array(outliersSchema).optional(),
    quartiles: z.array(z.string()).optional(),
    histogram: z.array(z.object({ from: z.string(), to: z.string(), rows: count })).optional(),
    sample: count
      .optional()
      .describe('Different values that quartiles, histogram and rates rest on. Absent: all.'),
    spellings: z.array(z.object({ value: z.string(), others: names, rows: count })),
  })
  .meta({ id: 'ColumnProfile' });
/** One column of a profiled table. */
export type ColumnProfileView = z.output<typeof columnProfileSchema>;

const keyCheckSchema = z
  .object({
    table: z.string(),
    columns: names,
    origin: z.enum(['declared', 'constraint', 'found']),
    unique: z.boolean(),
    repeatedValues: count,
    repeatedRows: count,
    repeatedKeys: keys,
    incompleteRows: count,
    incompleteKeys: keys,
  })
  .meta({ id: 'KeyCheck' });
const referenceSchema = z
  .object({
    table: z.string(),
    column: z.string(),
    parentTable: z.string(),
    parentColumn: z.string(),
    within: names,
    evidence: z.enum(['constraint', 'name', 'values']),
    inclusion: z.number(),
    unknownRows: count,
    unknownKeys: keys,
    selfRows: count,
    selfKeys: keys,
  })
  .meta({ id: 'Reference' });
const dependencySchema = z
  .object({
    table: z.string(),
    column: z.string(),
    determines: z.string(),
    values: count,
    brokenValues: count,
    brokenRows: count,
    brokenKeys: keys,
  })
  .meta({ id: 'Dependency' });
const findingSchema = z
  .object({
    code: z.enum(Object.keys(FINDINGS) as [FindingCode, ...FindingCode[]]),
    severity,
    table: z.string(),
    column: z.string().optional(),
    count,
    examples: keys,
    message: z.string(),
  })
  .meta({ id: 'Finding' });
const driftSchema = z
  .object({
    kind: z.enum(DRIFT_KINDS),
    severity,
    table: z.string(),
    column: z.string().optional(),
    before: z.string(),
    after: z.string(),
    message: z.string(),
  })
  .meta({ id: 'ProfileDrift' });
/** One difference between two profiles. */
export type DriftView = z.output<typeof driftSchema>;

const tableProfileSchema = z
  .object({
    table: z.string().describe('`schema.table`'),
    rows: count,
    columns: z.array(columnProfileSchema),
  })
  .meta({ id: 'TableProfile' });
/** One profiled table. */
export type TableProfileView = z.output<typeof tableProfileSchema>;

const runSchema = z
  .object({ hash: z.string(), at: z.string().describe('ISO 8601 time.') })
  .meta({ id: 'ProfileRun' });

export const profileListSchema = z
  .object({
    profiles: z.array(
      z.object({
        source: z.string(),
        ...runSchema.shape,
        tables: z.array(
          z.object({
            table: z.string(),
            rows: count,
            columns: count,
            personal: count.describe('Columns that hold personal data.'),
          }),
        ),
        runs: z.array(runSchema).describe('All profiles of the source, the newest first.'),
      }),
    ),
  })
  .meta({ id: 'ProfileList' });
/** The profiled sources of an onboarding. */
export type ProfileList = z.output<typeof profileListSchema>;

export const profileSchema = z
  .object({
    source: z.string(),
    ...runSchema.shape,
    tables: z.array(tableProfileSchema),
    keys: z.array(keyCheckSchema),
    references: z.array(referenceSchema),
    dependencies: z.array(dependencySchema),
    findings: z.array(findingSchema),
    since: runSchema.nullable().describe('The profile that this one is compared with.'),
    drift: z.array(driftSchema).nullable().describe('What changed since.'),
    runs: z.array(runSchema).describe('All profiles of the source, the newest first.'),
  })
  .meta({ id: 'Profile' });
/** The profile of a source, with everything that discovery knows of its tables. */
export type ProfileView = z.output<typeof profileSchema>;

/** Documents of the store as they are read. */
export const storedProfile = z.array(tableProfileSchema);
export const storedKeys = z.object({
  keys: z.array(keyCheckSchema),
  references: z.array(referenceSchema),
  dependencies: z.array(dependencySchema).default([]),
});
export const storedFindings = z.array(findingSchema);
