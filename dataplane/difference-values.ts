import { comparisonOf } from './compare/comparison.ts';
import { Sides } from './compare/sides.ts';
import { type DifferingValue, differingValues } from './compare/values.ts';
import { withConnection } from './connections.ts';
import { correctedMapping } from './corrections.ts';
import { hidingValues } from './data-error.ts';
import type { CompiledMapping } from './mapping/compile-mapping.ts';
import type { NamedDifference } from './reconcile.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

export interface DifferenceValuesRequest {
  readonly mapping: CompiledMapping;
  /** A dataset of the reconciled table. */
  readonly dataset: string;
  readonly urls: DataPlaneUrls;
  readonly loadId: string;
  /** As the reconciliation named them. */
  readonly differences: readonly NamedDifference[];
}

/**
 * What both sides hold now in the columns in which rows differ; for a row that one side lacks, all compared columns of
 * the other. The evidence of a reconciliation has only what values look like; this is for a person who may see them. They
 * are personal data: nothing of the answer belongs into events, evidence or Temporal.
 * @returns in the order of the request; empty for a row that holds the same meanwhile
 * @throws SlipwayError `data/source-changed` when a row cannot be mapped any more; or a database cannot be reached
 */
export async function differenceValues(
  { mapping, dataset, urls, loadId, differences }: DifferenceValuesRequest,
  work: Work,
): Promise<(readonly DifferingValue[])[]> {
  const corrected = await withConnection(urls.target, 'target', work.signal, (target) =>
    correctedMapping(target, mapping, loadId),
  );
  const comparison = comparisonOf(corrected, dataset);
  const found = differences.map((each, place) => ({
    kind: each.kind,
    key: String(place),
    shown: each.key,
    parts: each.parts,
    ...(each.dataset === undefined || each.sourceParts === undefined
      ? {}
      : {
          source: {
            dataset: each.dataset,
            rowKey: '',
            shown: each.sourceKey ?? '',
            parts: each.sourceParts,
          },
        }),
  }));
  const values = await hidingValues(`reading rows of ${dataset}`, () =>
    differingValues(comparison, new Sides(comparison, urls, work), found, work),
  );
  return found.map(({ key }) => values.get(key) ?? []);
}
