import type { ReconcilingStage } from '../domain/reconciliation.ts';
import type { StoredReconciliation } from '../store/reconciliations.ts';
import type { DifferencesView } from './difference-views.ts';

/** The differences of which dataset, found in which stage. */
export interface DifferencesQuery {
  readonly dataset: string;
  readonly stage?: ReconcilingStage | undefined;
  /** Values as both sides hold them instead of what they look like. Needs a role, and is written down. */
  readonly unmasked?: boolean | undefined;
}

/** What a worker answers to somebody who may see values: those of each named row, in their order. */
export interface UnmaskedReconciliation extends StoredReconciliation {
  readonly values: readonly (readonly DifferingValue[])[];
}

interface DifferingValue {
  readonly column: string;
  readonly source: string | null;
  readonly target: string | null;
}

interface Sides<T> {
  readonly source: T;
  readonly target: T;
}

/** A reconciliation as people see it; with the values of the rows where they were asked for. */
export function differencesView(
  { dataset, stage }: { readonly dataset: string; readonly stage: ReconcilingStage },
  { at, reconciliation: kept }: StoredReconciliation,
  values?: UnmaskedReconciliation['values'],
): DifferencesView {
  return {
    dataset,
    stage,
    table: kept.table,
    datasets: [...kept.datasets],
    at,
    checksum: kept.checksum,
    reconciled: kept.reconciled,
    rows: sides(kept.rows),
    differing: kept.differing,
    withinTolerance: kept.withinTolerance,
    tolerances: kept.tolerances,
    named: kept.differences.map(({ kind, key, dataset: from, sourceKey, masked = [] }, place) => ({
      kind,
      key,
      dataset: from ?? null,
      sourceKey: sourceKey ?? null,
      columns: (values === undefined ? masked : (values[place] ?? [])).map(columnOf),
    })),
    unmappable: [...kept.unmappable],
    counts: kept.counts.map(({ dataset: of, source, ledger, equal }) => ({
      dataset: of,
      legacy: source,
      ledger,
      equal,
    })),
    totals: kept.totals.map((each) => ({
      ...columnOf(each),
      ledger: each.ledger,
      equal: each.equal,
    })),
    groups: {
      ...kept.groups,
      by: [...kept.groups.by],
      named: kept.groups.named.map(({ group, rows, totals }) => ({
        group: group === null ? null : [...group],
        rows: sides(rows),
        totals: totals.map(columnOf),
      })),
    },
    notCompared: [...kept.notCompared],
    unmasked: values !== undefined,
  };
}

function sides<T>({ source, target }: Sides<T>): { legacy: T; platform: T } {
  return { legacy: source, platform: target };
}

function columnOf<T>({ column, source, target }: Sides<T> & { readonly column: string }) {
  return { column, legacy: source, platform: target };
}
