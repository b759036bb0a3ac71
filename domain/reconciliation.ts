import { z } from 'zod';

/** The stages that prove that both sides hold the same, each with a step for every dataset. */
export const RECONCILING_STAGES = ['migration', 'cutover'] as const;
/** A stage that reconciles. */
export type ReconcilingStage = (typeof RECONCILING_STAGES)[number];

/** The step that reconciles a dataset. */
export function reconcileStep(stage: ReconcilingStage, dataset: string): string {
  return `${stage}/reconcile/${dataset}`;
}

const count = z.number().int();
const text = z.string().nullable();
const list = <T extends z.ZodType>(of: T) => z.array(of).readonly();

const bothRows = z.object({ source: count, target: count });
const bothSums = z.object({ column: z.string(), source: z.string(), target: z.string() });

const namedDifferenceSchema = z.object({
  kind: z.enum(['missing', 'extra', 'different']),
  key: z.string(),
  parts: list(z.string()),
  dataset: z.string().exactOptional(),
  sourceKey: z.string().exactOptional(),
  sourceParts: list(z.string()).exactOptional(),
  masked: list(z.object({ column: z.string(), source: text, target: text })).exactOptional(),
});

/**
 * What stays of a reconciliation: evidence where both sides hold the same, the details of the failure where they do not.
 * `source` is the legacy system, `target` the platform. Of values it has no more than what they look like.
 */
export const keptReconciliationSchema = z.object({
  reconciled: z.boolean(),
  table: z.string(),
  datasets: list(z.string()),
  counts: list(
    z.object({
      dataset: z.string(),
      source: z.object({ read: count, excluded: count, quarantined: count }),
      ledger: z.object({ read: count, loaded: count, excluded: count, quarantined: count }),
      equal: z.boolean(),
    }),
  ),
  rows: bothRows,
  totals: list(bothSums.extend({ ledger: text, equal: z.boolean() })),
  groups: z.object({
    by: list(z.string()),
    compared: count,
    differing: count,
    named: list(z.object({ group: list(text).nullable(), rows: bothRows, totals: list(bothSums) })),
  }),
  differing: z.object({ missing: count, extra: count, different: count }),
  withinTolerance: count,
  tolerances: z.record(z.string(), z.string()),
  differences: list(namedDifferenceSchema),
  unmappable: list(z.string()),
  checksum: z.string(),
  notCompared: list(z.string()),
});
/** A reconciliation as it is kept. */
export type KeptReconciliation = z.output<typeof keptReconciliationSchema>;
