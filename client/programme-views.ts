import { z } from 'zod';
import { measurementShape, programmeShape } from '../domain/programme-shape.ts';

const window = z.object({ from: z.string(), to: z.string() });

export const planVersionSchema = z
  .object({
    version: z.number().int(),
    hash: z.string(),
    inForce: z.boolean(),
    preparedBy: z.string(),
    preparedAt: z.string(),
    reason: z.string(),
    approvedBy: z.string().nullable(),
    approvedAt: z.string().nullable(),
  })
  .meta({ id: 'ProgrammePlanVersion' });

export const programmeSchema = z
  .object({
    programme: z.string(),
    plan: programmeShape.nullable().describe('The plan in force; null where none was approved.'),
    versions: z.array(planVersionSchema).describe('Every version, the first one first.'),
    measurements: z.array(measurementShape.extend({ by: z.string(), at: z.string() })),
    savings: z.array(
      z.object({
        department: z.string(),
        number: z.number().int(),
        annual: z.number().describe('Pounds a year.'),
        claimedBy: z.string(),
        confirmedBy: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Programme' });

export const forecastSchema = z
  .object({
    departments: z.array(
      z.object({
        department: z.string(),
        wave: z.string(),
        baseline: window.describe('As the plan in force has it.'),
        original: window.nullable().describe('As the first approved plan has it.'),
        forecast: window,
        actual: z.string().nullable().describe('When it was switched.'),
        daysLate: z.number().int(),
        cause: z.string(),
      }),
    ),
    waves: z.array(
      z.object({
        wave: z.string(),
        baseline: z.string(),
        forecast: z.string(),
        daysLate: z.number().int(),
      }),
    ),
  })
  .meta({ id: 'Forecast' });

export const savingsSchema = z
  .object({
    number: z.number().int(),
    savings: z.object({
      annual: z.number().describe('Pounds a year; negative when it costs more.'),
      baselineCost: z.number(),
      actualAnnualCost: z.number(),
      kpis: z.record(z.string(), z.object({ before: z.number(), after: z.number() })),
    }),
    actuals: z.object({
      from: z.string(),
      to: z.string(),
      serviceCost: z.number(),
      kpis: z.record(z.string(), z.number()),
    }),
    hash: z.string(),
    claimedBy: z.string(),
    claimedAt: z.string(),
    confirmedBy: z.string().nullable(),
    confirmedAt: z.string().nullable(),
  })
  .meta({ id: 'SavingsClaim' });

export const heldSchema = z
  .object({
    exited: z.boolean().describe('Was the exit of hypercare approved?'),
    items: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(['system', 'team']),
        title: z.string(),
        released: z.object({ by: z.string(), at: z.string(), reason: z.string() }).nullable(),
      }),
    ),
  })
  .meta({ id: 'ReleaseHold' });

/** @see programmeSchema */
export type ProgrammeView = z.infer<typeof programmeSchema>;
/** @see forecastSchema */
export type ForecastView = z.infer<typeof forecastSchema>;
/** @see savingsSchema */
export type SavingsView = z.infer<typeof savingsSchema>;
/** @see heldSchema */
export type HeldView = z.infer<typeof heldSchema>;
