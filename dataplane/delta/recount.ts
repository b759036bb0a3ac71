import type pg from 'pg';
import { SlipwayError } from '../../domain/errors.ts';
import { subtractDecimals } from '../../domain/decimal.ts';
import type { Comparison } from '../compare/comparison.ts';
import { leftOutKeys } from '../compare/left-out.ts';
import { withConnection } from '../connections.ts';
import type { DatasetLoad } from '../ledger.ts';
import type { CompiledDataset } from '../mapping/compiled-dataset.ts';
import { countLoadedElsewhere } from '../loaded-elsewhere.ts';
import { LOADED_BY_ANOTHER } from '../mapping/source-rows.ts';
import { type SourceSummary, sourceSummary } from '../source-summary.ts';
import { PLATFORM } from '../target-places.ts';
import { DEPARTMENT, tableName } from '../target-table.ts';
import type { Work } from '../work.ts';

/** By how much the figures of a dataset have changed since its ledger was written. */
export interface Change {
  readonly read: number;
  readonly loaded: number;
  readonly quarantined: number;
  readonly excluded: number;
  readonly excludedBy: Readonly<Record<string, number>>;
  readonly totals: Readonly<Record<string, string>>;
}

/**
 * Counts the rows of a table's datasets anew, and checks that the platform now holds as many as they give.
 * @throws SlipwayError `data/source-changed` when the source is being written to
 */
export async function recount(
  target: pg.Client,
  comparison: Comparison,
  loadId: string,
  ledger: readonly DatasetLoad[],
  work: Work,
): Promise<ReadonlyMap<string, Change>> {
  const changes = new Map<string, Change>();
  let mapped = 0;
  for (const dataset of comparison.datasets) {
    const { url, side } = dataset.relation;
    const leftOut = await leftOutKeys(target, dataset, loadId);
    const summary = await withConnection(url, side, work.signal, (source) =>
      sourceSummary(source, dataset, { leftOut }, work),
    );
    mapped += summary.mapped;
    const elsewhere = await countLoadedElsewhere(target, dataset, loadId);
    const before = ledger.find((each) => each.dataset === dataset.id);
    if (summary.left !== leftOut.length) throw notQuiet(comparison);
    changes.set(dataset.id, changeOf(dataset, summary, elsewhere, before));
  }
  const { rows } = await target.query<{ rows: string }>(
    `select count(*) as rows from ${PLATFORM.table(comparison.table)} where ${DEPARTMENT} = $1`,
    [comparison.department],
  );
  if (Number(rows[0]?.rows) !== mapped) throw notQuiet(comparison);
  return changes;
}

/** Is there nothing to write down? */
export function isNothing(change: Change): boolean {
  const numbers = [change.read, change.loaded, change.quarantined, change.excluded];
  const reasons = Object.values(change.excludedBy);
  const sums = Object.values(change.totals).map(Number);
  return [...numbers, ...reasons, ...sums].every((each) => each === 0);
}

function changeOf(
  dataset: CompiledDataset,
  summary: SourceSummary,
  elsewhere: number,
  before: DatasetLoad | undefined,
): Change {
  const now: Record<string, number> = { ...summary.excludedBy };
  if (elsewhere > 0) now[LOADED_BY_ANOTHER] = elsewhere;
  const then = before?.excludedBy ?? {};
  const reasons = [...new Set([...Object.keys(now), ...Object.keys(then)])]
    .map((reason) => [reason, (now[reason] ?? 0) - (then[reason] ?? 0)] as const)
    .filter(([, count]) => count !== 0);
  return {
    read: summary.read - (before?.read ?? 0),
    loaded: summary.mapped - (before?.loaded ?? 0),
    quarantined: summary.left - elsewhere - (before?.quarantined ?? 0),
    excluded: summary.excluded + elsewhere - (before?.excluded ?? 0),
    excludedBy: Object.fromEntries(reasons),
    totals: Object.fromEntries(
      dataset.totals.map((name) => [
        name,
        subtractDecimals(summary.totals[name] ?? '0', before?.totals[name] ?? '0'),
      ]),
    ),
  };
}

function notQuiet(comparison: Comparison): SlipwayError {
  const names = comparison.datasets.map(({ id }) => id).join(', ');
  return new SlipwayError(
    'data/source-changed',
    `the source of ${names} changed while the delta was applied to ${tableName(comparison.table)}`,
  );
}
