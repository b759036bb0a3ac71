import { z } from 'zod';

/** What people see of quarantine, provenance and loads. Times are ISO texts; what is not there is null. */

const count = z.number().int();
const text = z.string().nullable();

const decidedRuleSchema = z.object({
  dataset: z.string(),
  rule: z.string(),
  field: text.describe('The column of the platform at fault.'),
  inWords: z.string(),
  open: count.describe('Rows nobody has decided about.'),
  accepted: count.describe('Rows a named person has accepted: they stay off the platform.'),
  examples: z.array(z.string()).describe('Source keys: `file.csv:12`, or the key of the row.'),
});

const quarantinedRowSchema = z.object({
  id: z.string(),
  dataset: z.string(),
  chunk: count,
  sourceKey: z.string(),
  rule: z.string(),
  field: text,
  rules: z.array(z.string()),
  raw: z
    .record(z.string(), z.unknown())
    .describe(
      'The row of the legacy system; what its values look like unless they were asked for.',
    ),
});

export const quarantineSchema = z
  .object({
    load: z.string(),
    rules: z.array(decidedRuleSchema),
    rows: z.array(quarantinedRowSchema),
    next: text.describe('`after` of the next page.'),
    unmasked: z.boolean(),
  })
  .meta({ id: 'Quarantine' });
/** The quarantine of an onboarding, or a page of it. */
export type QuarantineView = z.output<typeof quarantineSchema>;

export const importedSchema = z
  .object({
    hash: text.describe('Of the corrections, to re-drive with; null when no cell was changed.'),
    rows: count.describe('Rows with changed cells.'),
    cells: count,
    unchanged: count.describe('Rows that came back as they were.'),
  })
  .meta({ id: 'ImportedCorrections' });
/** Corrections that were imported. */
export type ImportedView = z.output<typeof importedSchema>;

export const provenanceSchema = z
  .object({
    table: z.string(),
    key: z.string(),
    status: z.enum(['loaded', 'quarantined', 'accepted', 'excluded', 'unknown']),
    load: z
      .object({
        loadId: z.string().describe('The run.'),
        dataset: z.string(),
        chunk: count,
        kind: z.string().describe('`load`, `delta` or `redrive`.'),
        mapping: z.string().describe('Hash of the mapping.'),
        at: z.string(),
        by: text.describe('Who asked for the re-drive.'),
        reason: text,
      })
      .nullable()
      .describe('Null where the row is not there, or the platform has changed it since.'),
    source: z
      .object({
        dataset: z.string(),
        sourceKey: z.string(),
        file: text,
        line: count.nullable(),
        correctedColumns: z.array(z.string()),
      })
      .nullable(),
    because: text.describe('Why it is not there.'),
  })
  .meta({ id: 'Provenance' });
/** Where a row of the platform comes from. */
export type ProvenanceView = z.output<typeof provenanceSchema>;

const counts = z.object({ read: count, loaded: count, quarantined: count, excluded: count });

const historicLoadSchema = counts.extend({
  loadId: z.string(),
  dataset: z.string(),
  complete: z.boolean(),
  rejectRate: z.number().describe('Of the load itself: quarantined rows of those read.'),
  mappings: z.array(z.string()),
  startedAt: z.string(),
  finishedAt: text,
  supersededAt: text,
  now: counts.describe('With what re-drives and deltas have changed since.'),
  decisions: z.array(
    z.object({
      id: z.string(),
      by: z.string(),
      reason: z.string(),
      at: z.string(),
      result: z.record(z.string(), z.unknown()),
    }),
  ),
});

export const loadHistorySchema = z
  .object({ loads: z.array(historicLoadSchema) })
  .meta({ id: 'LoadHistory' });
/** Every load of an onboarding's department. */
export type LoadHistoryView = z.output<typeof loadHistorySchema>;

export const looksSchema = z
  .object({
    looks: z.array(
      z.object({
        by: z.string(),
        at: z.string(),
        what: z.string(),
        dataset: text,
        rule: text,
      }),
    ),
  })
  .meta({ id: 'UnmaskedLooks' });
/** Who has seen raw values. */
export type LooksView = z.output<typeof looksSchema>;
