import { z } from 'zod';
import { identifier } from './source-shape.ts';

const dateTime = z.iso.datetime({ offset: true });
const count = z.number().int().min(1);

const department = z.strictObject({
  id: identifier,
  headcount: count.describe('People who are paid. What a manifest says counts where it is more.'),
  cutover: z
    .strictObject({ from: dateTime, to: dateTime })
    .describe('The planned cutover window: what a forecast is held against (control C11).'),
});

const limits = z
  .strictObject({
    pilotDepartments: count.max(5).default(3).describe('Departments of the first wave, at most.'),
    pilotHeadcount: count.max(20_000).default(5000).describe('People of the first wave, at most.'),
    waveDepartments: count.max(60).default(50).describe('Departments of a wave, at most.'),
    waveHeadcount: count.max(100_000).default(50_000).describe('People of a wave, at most.'),
    periodDepartments: count
      .max(60)
      .default(20)
      .describe('Departments that cut over in a tax month, at most.'),
    periodHeadcount: count
      .max(100_000)
      .default(50_000)
      .describe('People who move in a tax month, at most.'),
    cleanLiveRuns: z
      .number()
      .int()
      .min(2)
      .max(12)
      .default(2)
      .describe('Clean live pay runs of each department of a wave before the next wave cuts over.'),
    maxErrorRate: z
      .number()
      .gt(0)
      .max(0.005)
      .default(0.005)
      .describe('A live pay run with fewer errors per payment than this is clean.'),
  })
  .prefault({})
  .describe(
    'How much may move at once (control C8). A plan may ask for less than what is allowed at the most.',
  );

const capacity = z
  .strictObject({
    validDays: count
      .max(62)
      .default(45)
      .describe('For how long a measurement of the provider counts.'),
  })
  .prefault({})
  .describe('What the provider has to be able to carry (control C7).');

/** What a programme plan is made of, each part by itself. How the parts fit together is checked in `programme.ts`. */
export const programmeShape = z.strictObject({
  slipway: z.literal(1).describe('Version of this format.'),
  programme: identifier,
  name: z.string().min(1).max(200),
  waves: z
    .array(z.strictObject({ id: identifier, departments: z.array(department).min(1) }))
    .min(1)
    .max(100)
    .describe('In order. The first is the pilot.'),
  limits,
  capacity,
});

/** A programme plan whose defaults are filled in. */
export type ProgrammePlan = z.output<typeof programmeShape>;
export type ProgrammeLimits = ProgrammePlan['limits'];
export type PlannedDepartment = ProgrammePlan['waves'][number]['departments'][number];

/** What the provider has carried in a month, as independent assurance has seen it. */
export const measurementShape = z.strictObject({
  period: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'a month, as in 2027-01')
    .describe('The month it was measured in.'),
  people: z.number().int().min(0).describe('People the platform served.'),
  advisers: count.describe('Advisers who worked on cases.'),
  openBefore: z.number().int().min(0).describe('Cases open when the month began.'),
  opened: z.number().int().min(0).describe('Cases that were opened.'),
  closed: z.number().int().min(0).describe('Cases that were closed.'),
  backlog: z.number().int().min(0).describe('Cases open at the end.'),
});

/** @see measurementShape */
export type Measurement = z.output<typeof measurementShape>;
