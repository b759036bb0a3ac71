import { z } from 'zod';
import { conditionSchema, expressionSchema } from './mapping/expression-schema.ts';

/*
 * What a dataset adds to its source row before the fields are mapped. Its expressions then know more columns than the
 * source has: `JOIN.COLUMN` of another table, `part.NAME` of each part a row is cut into, `history.NAME` of its place in time.
 */

const name = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,19}$/,
    'lower-case letters, digits and hyphens, starting with a letter, at most 20',
  )
  .refine(
    (each) => each !== 'part' && each !== 'history',
    'part and history are names of their own',
  );

const aggregate = z.union([
  z.strictObject({ sum: expressionSchema }),
  z.strictObject({ min: expressionSchema }),
  z.strictObject({ max: expressionSchema }),
  z.strictObject({ count: z.literal(true) }),
]);

const join = z.strictObject({
  from: z.string().min(1).describe('schema.table or file entry of the same source.'),
  on: z
    .array(z.strictObject({ theirs: expressionSchema, ours: expressionSchema }))
    .min(1)
    .describe('What identifies the other rows, and the same in the row of the dataset.'),
  where: conditionSchema.optional().describe('Which of the other rows count; over their columns.'),
  take: z
    .enum(['only', 'first', 'last'])
    .default('only')
    .describe('`only`: several rows that fit break the rule ambiguous:JOIN.'),
  order: z
    .array(expressionSchema)
    .default([])
    .describe('By what `first` and `last` are told; over their columns.'),
  missing: z
    .enum(['quarantine', 'nothing'])
    .optional()
    .describe('When no row fits: the rule not-found:JOIN (the default), or no value.'),
  values: z
    .record(z.string().regex(/^[a-z][a-z0-9_]{0,19}$/), aggregate)
    .optional()
    .describe('Instead of the columns of one row: figures over all rows that fit.'),
  drop: z
    .record(z.string(), z.string().min(3))
    .default({})
    .describe('Their columns that go nowhere, each with its reason.'),
});

/** Other tables that a dataset takes values from, by the name it calls them. */
export const joinsSchema = z.record(name, join).optional();

const part = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,19}$/),
  values: z
    .record(z.string().regex(/^[a-z][a-z0-9_]{0,19}$/), expressionSchema)
    .describe('What differs from part to part; expressions that cannot fail.'),
});

/** The parts that each source row is cut into. */
export const partsSchema = z
  .array(part)
  .min(2)
  .optional()
  .describe(
    'One row for each part of a source row, such as PHONE1 and PHONE2. Every part counts as read; exclude those that are empty.',
  );

/** What makes rows a history. */
export const historySchema = z
  .strictObject({
    per: z
      .array(z.string().min(1))
      .min(1)
      .describe('Columns: one history for each of their values.'),
    start: expressionSchema.describe('The first day of a row; a date.'),
    end: expressionSchema
      .optional()
      .describe(
        'The last day of a row. Without it, or where it is empty: the day before the next row.',
      ),
    sequence: expressionSchema
      .optional()
      .describe(
        'Of rows that start on one day only the last by this counts; the others are excluded.',
      ),
    gaps: z
      .enum(['allowed', 'quarantine'])
      .default('allowed')
      .describe('Days between two rows: of no concern, or the rule gap:history for the later row.'),
    take: z
      .enum(['all', 'latest'])
      .default('all')
      .describe('`latest`: only the last row of each history; the others are excluded.'),
  })
  .optional();

/** One join of a dataset. */
export type Join = z.output<typeof join>;
/** One part of a source row. */
export type Part = z.output<typeof part>;
/** What makes the rows of a dataset a history. */
export type History = NonNullable<z.output<typeof historySchema>>;
