import { z } from 'zod';
import { ROLES } from './roles.ts';
import { STAGES } from './stages.ts';

const role = z.enum(ROLES);
const fraction = z.number().min(0).max(1);

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

const hypercare = z.strictObject({
  livePeriods: z
    .number()
    .int()
    .min(1)
    .default(3)
    .describe(
      'Consecutive live pay periods that have to keep the error rate, with a falling backlog.',
    ),
  maxErrorRate: fraction
    .default(0.005)
    .describe('Wrong payments over payments; has to stay below.'),
  lookAgainHours: z
    .number()
    .positive()
    .default(24)
    .describe('How often the figures are looked at.'),
});

/** What a department is held to, and who decides. */
export const policyShape = z.strictObject({
  approvals: approvals
    .default({})
    .describe(
      'Per stage, how many people of which role must approve. Roles that are left out keep the default.',
    ),
  maxRejectRate: fraction.default(0.01).describe('Quarantined rows over rows read, per dataset.'),
  mockLoads: z
    .number()
    .int()
    .min(1)
    .max(20)
    .default(2)
    .describe(
      'Complete loads of every dataset before the migration can be approved (control C13).',
    ),
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
  rehearsalValidDays: z
    .number()
    .positive()
    .default(14)
    .describe('How old the last rehearsal with a roll-back may be at the cutover (control C9).'),
  evidenceDays: z
    .strictObject({
      discovery: z.number().positive().default(365),
      mapping: z.number().positive().default(365),
      migration: z.number().positive().default(180),
      'parallel-run': z.number().positive().default(62),
      cutover: z.number().positive().default(7),
      assessment: z.number().positive().default(62),
    })
    .prefault({})
    .describe(
      'Days for which evidence of a stage, and what a person has assessed, counts towards readiness; the readiness statement itself counts as of the cutover.',
    ),
  hypercare: hypercare
    .prefault({})
    .describe('What ends hypercare where pay is in scope, besides the time (control C15).'),
  hypercareHours: z
    .number()
    .min(0)
    .default(24)
    .describe('How long the platform is watched after the switch, at least.'),
});
