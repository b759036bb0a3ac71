import { reconcileDataset } from '../dataplane/reconcile.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { KeptReconciliation } from '../domain/reconciliation.ts';
import { frozenMapping, loadId } from './compiled-mapping.ts';
import type { StepBody } from './step-activity.ts';

/** How many differing rows are named in the message; the evidence has more. */
const NAMED = 5;

/**
 * Proves that both sides hold the same, and fails naming rows and columns when they do not. Loads are tried again and
 * again: PostgreSQL's own hash proves them at the speed of a scan. The proof that a cutover rests on is one that an
 * auditor can compute again without PostgreSQL's internals: SHA-256. The evidence says which it was.
 */
export const reconcileTheDataset: StepBody = async (context) => {
  const mapping = await frozenMapping(context);
  const urls = await context.urls();
  const checksum = context.run.step.startsWith('cutover/') ? 'sha256' : 'fast';
  const result = await reconcileDataset(
    { mapping, dataset: context.item, urls, loadId: loadId(context), checksum },
    context.work,
  );
  // Whoever looks later reads it in this shape.
  const kept: KeptReconciliation = result;
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
    const { by, differing } = result.groups;
    const groups = differing === 0 ? [] : [`totals of ${differing} groups by ${by.join(', ')}`];
    throw new SlipwayError(
      'data/not-reconciled',
      `${result.table}: ${missing} missing, ${extra} extra, ${different} different; ${[...named, ...unequal, ...totals, ...groups].join('; ')}`,
      { details: { ...kept } },
    );
  }
  return {
    output: {
      reconciled: true,
      source: result.rows.source,
      target: result.rows.target,
      buckets: result.buckets,
      totals: result.totals.length,
      // Sums over all rows are the proof: they stay clear.
      sums: Object.fromEntries(
        result.totals.flatMap(({ column, loaded }) => {
          const sum = loaded[context.item];
          return sum === undefined ? [] : [[column, sum]];
        }),
      ),
      groups: result.groups.compared,
      withinTolerance: result.withinTolerance,
      checksum: result.checksum,
    },
    evidence: [{ kind: 'reconciliation', content: kept }],
  };
};
