import { z } from 'zod';
import type { StepId } from './step-catalogue.ts';

/**
 * What can be corrected when a step is retried. Every member is optional: what is left out comes from the manifest.
 * Policy, criteria and tolerances are not inputs: they are changed by amending the onboarding (control C2).
 */
const nothing = z.strictObject({});

const load = z.strictObject({
  chunkRows: z.number().int().min(100).max(1_000_000).optional().describe('Rows per chunk.'),
  parallel: z.number().int().min(1).max(16).optional().describe('Chunks loaded at the same time.'),
});

/** By file entry. Which of them fit depends on the entry's format. */
const files = z.record(
  z.string(),
  z.strictObject({
    paths: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('Files, relative to the manifest.'),
    encoding: z.string().optional().describe('Of text files.'),
    delimiter: z.string().length(1).optional().describe('Of delimited text.'),
    sheet: z
      .union([z.string().min(1), z.number().int().min(1).max(1000)])
      .optional()
      .describe('Of a workbook: name, or place from 1.'),
    headerRow: z.number().int().min(1).max(1_048_576).optional().describe('Of a workbook.'),
  }),
);

/** The input schema of the steps that take one. */
const INPUTS: Partial<Record<StepId, z.ZodType>> = {
  'discovery/intake': z.strictObject({ files: files.optional() }),
  'migration/transfer': load,
  'cutover/delta': z.strictObject({ files: z.record(z.string(), files).optional() }),
  'cutover/window': z.strictObject({
    from: z.iso.datetime({ offset: true }).optional(),
    to: z.iso.datetime({ offset: true }).optional(),
  }),
};

/** The schema of a step's input. Steps that take none accept only an empty object. */
export function stepInputSchema(id: StepId): z.ZodType {
  return INPUTS[id] ?? nothing;
}

/** Input of `discovery/intake`. */
export type IntakeInput = { files?: z.output<typeof files> | undefined };
/** What can be corrected about the files of an entry. */
export type FileCorrections = z.output<typeof files>[string];
/** Input of `cutover/delta`: corrections by source and file entry. */
export type DeltaInput = { files?: Readonly<Record<string, z.output<typeof files>>> | undefined };
/** Input of `migration/transfer`. */
export type LoadInput = z.output<typeof load>;
/** Input of `cutover/window`. */
export type WindowInput = { from?: string | undefined; to?: string | undefined };
