import { z } from 'zod';
import { RECONCILING_STAGES } from '../domain/reconciliation.ts';

/** What people see of a reconciliation. Totals are decimal text; what is not there is null. */

const count = z.number().int();
const text = z.string().nullable();

const rows = z.object({ legacy: count, platform: count });
const sums = z.object({ column: z.string(), legacy: z.string(), platform: z.string() });

const differingColumnSchema = z.object({
  column: z.string().describe('Of the platform.'),
  legacy: text.describe('What the row of the legacy system is mapped to.'),
  platform: text.describe('What the platform holds.'),
});

const differingRowSchema = z.object({
  kind: z
    .enum(['missing', 'extra', 'different'])
    .describe('`missing` on the platform, `extra` there, or `different` on both sides.'),
  key: z.string().describe('On the platform, parts joined by `|`.'),
  dataset: text,
  sourceKey: text.describe('Of the row of the legacy system, where it has one.'),
  columns: z
    .array(differingColumnSchema)
    .describe(
      'Those whose values differ; masked, they are named of `different` rows only. Unmasked they are read now, and none are left of a row that has become the same.',
    ),
});

export const differencesSchema = z
  .object({
    dataset: z.string(),
    stage: z.enum(RECONCILING_STAGES),
    table: z.string().describe('`schema.table` of the platform.'),
    datasets: z.array(z.string()).describe('All that load the table: they are compared together.'),
    at: z.string().describe('When both sides were compared. ISO 8601 time.'),
    checksum: z.string().describe('`fast` or `sha256`: what rows were told apart by.'),
    reconciled: z.boolean(),
    rows,
    differing: z.object({ missing: count, extra: count, different: count }),
    withinTolerance: count.describe('Rows that differ by no more than the tolerances allow.'),
    tolerances: z.record(z.string(), z.string()),
    named: z.array(differingRowSchema).describe('The first of the rows that differ.'),
    unmappable: z
      .array(z.string())
      .describe('Source keys of rows that changed so that they cannot be mapped any more.'),
    counts: z
      .array(
        z.object({
          dataset: z.string(),
          legacy: z.object({ read: count, excluded: count, quarantined: count }),
          ledger: z.object({ read: count, loaded: count, excluded: count, quarantined: count }),
          equal: z.boolean(),
        }),
      )
      .describe('What became of the rows: in the source now, and as the load has written it down.'),
    totals: z.array(sums.extend({ ledger: text, equal: z.boolean() })),
    groups: z.object({
      by: z.array(z.string()),
      compared: count,
      differing: count,
      named: z
        .array(
          z.object({
            group: z
              .array(text)
              .nullable()
              .describe(
                'Null for a group of fewer than five rows: it could be a person, and its totals are masked.',
              ),
            rows,
            totals: z.array(sums).describe('Those that differ.'),
          }),
        )
        .describe('The first of the groups that differ.'),
    }),
    notCompared: z.array(z.string()).describe('Columns that are left to the platform’s default.'),
    unmasked: z.boolean(),
  })
  .meta({ id: 'Differences' });
/** In what legacy system and platform differ, by rows, columns and totals. */
export type DifferencesView = z.output<typeof differencesSchema>;
