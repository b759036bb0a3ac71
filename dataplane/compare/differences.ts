import type pg from 'pg';
import { readLoadState } from '../ledger.ts';
import type { DataPlaneUrls } from '../urls.ts';
import type { Work } from '../work.ts';
import {
  addSums,
  type BucketSum,
  bucketSums,
  differingBuckets,
  rowsOfBuckets,
  type SideSums,
} from './bucket-sums.ts';
import { chooseBuckets } from './buckets.ts';
import { type Checksum, type ChecksumKind, chooseChecksum } from './checksum.ts';
import { compareRows, type Difference, type Sourced } from './compare-rows.ts';
import type { Comparison } from './comparison.ts';
import { leftOutKeys, type UnmappableRow, withoutUnmappable } from './left-out.ts';
import { Sides } from './sides.ts';

export interface Differences {
  /** What the rows were told apart by. */
  readonly checksum: ChecksumKind;
  readonly rows: { readonly source: number; readonly target: number };
  readonly buckets: number;
  readonly counts: Readonly<Record<Difference['kind'] | 'withinTolerance', number>>;
  /** The first ones, at most as many as were asked for. */
  readonly found: readonly Difference[];
  /** What the scan of each dataset's source said, and of all of them, and of the platform. */
  readonly sources: ReadonlyMap<string, SideSums>;
  readonly source: SideSums;
  readonly target: SideSums;
  /** Per dataset, the row keys that were left out of the comparison, those of `unmappable` included. */
  readonly leftOut: ReadonlyMap<string, readonly string[]>;
  readonly unmappable: ReadonlyMap<string, readonly UnmappableRow[]>;
}

/** Rows that are held in memory at a time, both sides together; a bucket is never cut. */
const ROWS_AT_A_TIME = 50_000;

export interface DifferencesRequest {
  readonly comparison: Comparison;
  readonly urls: DataPlaneUrls;
  readonly loadId: string;
  /** Differences to keep at most; all of them are counted. */
  readonly keep: number;
  /** Default `fast`, which is `sha256` where the two ends do not hash alike. */
  readonly checksum?: ChecksumKind;
  /** Reads the platform within this connection's transaction. */
  readonly target?: pg.Client;
}

/**
 * Compares a table of the platform with what its datasets make of their sources now, without the rows that the load
 * accounts for otherwise. One scan of each side, both at the same time; where buckets differ, another look at their rows.
 */
export async function findDifferences(
  { comparison, urls, loadId, keep, checksum: wanted = 'fast', target: open }: DifferencesRequest,
  work: Work,
): Promise<Differences> {
  const sides = new Sides(comparison, urls, work, open);
  const expected = await rowsLoaded(sides, comparison, loadId);
  const checksum = await commonChecksum(sides, comparison, wanted);
  const buckets = await chooseBuckets(sides, comparison, checksum, expected);
  const leftOut = new Map<string, readonly string[]>();
  const unmappable = new Map<string, readonly UnmappableRow[]>();
  const sources = new Map<string, SideSums>();
  for (const dataset of comparison.datasets) {
    const keys = await sides.onTarget(({ client }) => leftOutKeys(client, dataset, loadId));
    leftOut.set(dataset.id, keys);
  }
  const sourceSums = async (): Promise<SideSums> => {
    for (const dataset of comparison.datasets) {
      const known = leftOut.get(dataset.id) ?? [];
      const outcome = await withoutUnmappable(dataset, urls, loadId, known, work, (keys) =>
        sides.onSource(dataset, keys, (at) => bucketSums(comparison, checksum, buckets, at, work)),
      );
      sources.set(dataset.id, outcome.result);
      leftOut.set(dataset.id, [...known, ...outcome.unmappable.map(({ rowKey }) => rowKey)]);
      unmappable.set(dataset.id, outcome.unmappable);
    }
    return addSums([...sources.values()], comparison.totals.length);
  };
  const [source, target] = await both(sourceSums(), () =>
    sides.onTarget((at) => bucketSums(comparison, checksum, buckets, at, work)),
  );
  const counts = { missing: 0, extra: 0, different: 0, withinTolerance: 0 };
  const found: Difference[] = [];
  const tolerances = comparison.columns.flatMap(
    ({ name }) => comparison.tolerances.get(name) ?? [],
  );
  const differing = differingBuckets(source.buckets, target.buckets);
  let done = 0;
  for (const wantedBuckets of portions(differing, source.buckets, target.buckets)) {
    const theirRows = async (): Promise<Sourced[]> => {
      const theirs: Sourced[] = [];
      for (const dataset of comparison.datasets) {
        const rows = await sides.onSource(dataset, leftOut.get(dataset.id) ?? [], (at) =>
          rowsOfBuckets(comparison, checksum, buckets, at, wantedBuckets, work),
        );
        for (const row of rows) theirs.push({ row, dataset: dataset.id });
      }
      return theirs;
    };
    const [theirs, ours] = await both(theirRows(), () =>
      sides.onTarget((at) => rowsOfBuckets(comparison, checksum, buckets, at, wantedBuckets, work)),
    );
    const { differences, withinTolerance } = compareRows(theirs, ours, tolerances);
    counts.withinTolerance += withinTolerance;
    for (const difference of differences) {
      counts[difference.kind] += 1;
      if (found.length < keep) found.push(difference);
    }
    done += wantedBuckets.length;
    work.progress({ done, total: differing.length, unit: 'rows' });
  }
  const rows = { source: rowsOf(source), target: rowsOf(target) };
  const kind = checksum.kind;
  const sums = { sources, source, target };
  return {
    checksum: kind,
    rows,
    buckets: buckets.count,
    counts,
    found,
    ...sums,
    leftOut,
    unmappable,
  };
}

/** Both at the same time; neither is still running when this fails. */
async function both<A, B>(one: Promise<A>, other: () => Promise<B>): Promise<[A, B]> {
  const [a, b] = await Promise.allSettled([one, other()]);
  if (a.status === 'rejected') throw a.reason;
  if (b.status === 'rejected') throw b.reason;
  return [a.value, b.value];
}

/** How many rows to expect: the ledger knows without a scan, unless all of the rows came from elsewhere. */
async function rowsLoaded(sides: Sides, comparison: Comparison, loadId: string): Promise<number> {
  const ids = new Set(comparison.datasets.map(({ id }) => id));
  return sides.onTarget(async ({ client, sql }) => {
    const state = await readLoadState(client, comparison.department, loadId);
    const loaded = state
      .filter(({ dataset }) => ids.has(dataset))
      .reduce((sum, each) => sum + each.loaded, 0);
    if (loaded > 0) return loaded;
    const { rows } = await client.query<{ rows: string }>(
      `select count(*) as rows from ${sql.from} where ${sql.where}`,
    );
    return Number(rows[0]?.rows);
  });
}

/** What every server of the comparison computes alike. */
async function commonChecksum(
  sides: Sides,
  { datasets }: Comparison,
  wanted: ChecksumKind,
): Promise<Checksum> {
  const servers = new Map(datasets.map((dataset) => [dataset.relation.url, dataset]));
  const others = [...servers.values()];
  const choose = async (clients: readonly pg.Client[]): Promise<Checksum> => {
    const next = others[clients.length];
    return next === undefined
      ? sides.onTarget(({ client }) => chooseChecksum([...clients, client], wanted))
      : sides.onSource(next, [], ({ client }) => choose([...clients, client]));
  };
  return choose([]);
}

/** Buckets in portions whose rows fit in memory. */
function* portions(
  buckets: readonly number[],
  one: ReadonlyMap<number, BucketSum>,
  other: ReadonlyMap<number, BucketSum>,
): Iterable<readonly number[]> {
  let portion: number[] = [];
  let rows = 0;
  for (const bucket of buckets) {
    const size = (one.get(bucket)?.rows ?? 0) + (other.get(bucket)?.rows ?? 0);
    if (portion.length > 0 && rows + size > ROWS_AT_A_TIME) {
      yield portion;
      portion = [];
      rows = 0;
    }
    portion.push(bucket);
    rows += size;
  }
  if (portion.length > 0) yield portion;
}

function rowsOf({ buckets }: SideSums): number {
  return [...buckets.values()].reduce((total, { rows }) => total + rows, 0);
}
