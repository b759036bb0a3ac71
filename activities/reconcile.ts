import { reconcileDataset } from '../dataplane/reconcile.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import { frozenMapping, loadId } from './compiled-mapping.ts';
import type { StepBody } from './step-activity.ts';

/** How many differing rows are named in the message; the evidence has more. */
const NAMED = 5;

/** Proves that both sides hold the same, and fails naming rows and columns when they do not. */
export const reconcileTheDataset: StepBody = async (context) => {
  const mapping = await frozenMapping(context);
  const urls = await context.urls();
  const result = await reconcileDataset(
    { mapping, dataset: context.item, urls, loadId: loadId(context) },
    context.work,
  );
  const { missing, extra, different } = result.differing;
  if (!result.reconciled) {
    const named = result.differences
      .slice(0, NAMED)
      .map(
        ({ kind, key, columns }) =>
          `${key} (${kind}${columns === undefined ? '' : ` in ${columns.join(', ')}`})`,
      );
    const unequal = result.counts
      .filter((each) => !each.equal)
      .map((each) => `${each.dataset}: rows`);
    const totals = result.totals
      .filter((each) => !each.equal)
      .map((each) => `total of ${each.column}`);
    throw new SlipwayError(
      'data/not-reconciled',
      `${result.table}: ${missing} missing, ${extra} extra, ${different} different; ${[...named, ...unequal, ...totals].join('; ')}`,
      { details: result as unknown as Record<string, unknown> },
    );
  }
  return {
    output: {
      reconciled: true,
      source: result.rows.source,
      target: result.rows.target,
      buckets: result.buckets,
      totals: result.totals.length,
    },
    evidence: [{ kind: 'reconciliation', content: result as unknown as Json }],
  };
};
