import { z } from 'zod';

/** What people see of the variances of a pay period: schemas that API, dashboard and CLI share. What is not there is null. */

const text = z.string().nullable();
const count = z.number().int();

export const varianceGroupSchema = z
  .object({
    signature: z.string(),
    element: z.string(),
    class: z.string(),
    lines: count,
    people: count,
    totalPence: z.number(),
    overTolerance: z.boolean(),
    decision: text,
    cause: text,
    explainedBy: text,
    status: z.enum(['open', 'in-progress', 'explained', 'carried']).nullable(),
    owner: text,
    due: text,
    notes: z.array(z.string()).readonly(),
    openLines: count,
    caseLines: count,
    testedLines: count.nullable(),
    testedPence: z.number().nullable(),
    carriedFrom: text,
    reopened: text,
  })
  .meta({ id: 'VarianceGroup' });

export const varianceTrendSchema = z
  .object({
    period: z.string(),
    classes: z.record(z.string(), count),
    open: count,
    inProgress: count,
    explained: count,
    carried: count,
    lines: count,
    totalPence: z.number(),
  })
  .meta({ id: 'VarianceTrend' });

/** Somebody with pay on one side only; `side` has it. */
export const unmatchedSchema = z
  .object({ person: z.string(), side: z.enum(['legacy', 'platform']) })
  .meta({ id: 'UnmatchedPerson' });

export const varianceSchema = z
  .object({
    period: z.string(),
    person: z.string(),
    element: z.string(),
    legacyPence: z.number().nullable(),
    platformPence: z.number().nullable(),
    differencePence: z.number(),
    class: z.string(),
    signature: z.string(),
    overTolerance: z.boolean(),
  })
  .meta({ id: 'Variance' });
