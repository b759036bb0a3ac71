import type pg from 'pg';
import { withConnection } from '../connections.ts';
import type { CompiledDataset } from '../mapping/compiled-dataset.ts';
import type { DataPlaneUrls } from '../urls.ts';
import type { Work } from '../work.ts';
import {
  addSums,
  bucketCount,
  type BucketSums,
  bucketSums,
  type ComparedRow,
  type ComparedSide,
  differingBuckets,
  rowsOfBuckets,
  valuesOfRows,
} from './bucket-sums.ts';
import { type Comparison, sourceSide, targetSide } from './comparison.ts';
import { leftOutKeys, type UnmappableRow, withoutUnmappable } from './left-out.ts';

/** A row that the two sides do not hold alike: `missing` on the platform, `extra` there, or `different`. */
export interface Difference {
  readonly kind: 'missing' | 'extra' | 'different';
  /** The row's key on the platform: as it is told apart, and as people see it. */
  readonly key: string;
  readonly shown: string;
  /** The source row; absent for a row that is only on the platform. */
  readonly source?: {
    readonly dataset: string;
    readonly rowKey: string;
    readonly shown: string;
  };
}

export interface Differences {
  readonly rows: { readonly source: number; readonly target: number };
  readonly buckets: number;
  readonly counts: Readonly<Record<Difference['kind'], number>>;
  /** The first ones, at most as many as were asked for. */
  readonly found: readonly Difference[];
  /** Per dataset, the row keys that were left out of the comparison, those of `unmappable` included. */
  readonly leftOut: ReadonlyMap<string, readonly string[]>;
  readonly unmappable: ReadonlyMap<string, readonly UnmappableRow[]>;
}

/** Buckets whose rows are fetched at a time. */
const BUCKETS_AT_A_TIME = 50;

export interface DifferencesRequest {
  readonly comparison: Comparison;
  readonly urls: DataPlaneUrls;
  readonly loadId: string;
  /** Differences to keep at most; all of them are counted. */
  readonly keep: number;
  /** Reads the platform within this connection's transaction. */
  readonly target?: pg.Client;
}

/**
 * Compares a table of the platform with what its datasets make of their sources now, without the rows that the load
 * accounts for otherwise. One scan of each side; only buckets whose checksums differ are fetched.
 */
export async function findDifferences(
  { comparison, urls, loadId, keep, target: open }: DifferencesRequest,
  work: Work,
): Promise<Differences> {
  const sides = new Sides(comparison, urls, work, open);
  const buckets = bucketCount(await sides.onTarget(countRows));
  const leftOut = new Map<string, readonly string[]>();
  const unmappable = new Map<string, readonly UnmappableRow[]>();
  for (const dataset of comparison.datasets) {
    const keys = await sides.onTarget(({ client }) => leftOutKeys(client, dataset, loadId));
    leftOut.set(dataset.id, keys);
  }
  const sourceSums = async (): Promise<BucketSums> => {
    const parts: BucketSums[] = [];
    for (const dataset of comparison.datasets) {
      const known = leftOut.get(dataset.id) ?? [];
      const outcome = await withoutUnmappable(dataset, urls, loadId, known, work, (keys) =>
        sides.onSource(dataset, keys, (at) => bucketSums(comparison, at, buckets, work)),
      );
      parts.push(outcome.result);
      const bad = outcome.unmappable.map(({ rowKey }) => rowKey);
      leftOut.set(dataset.id, [...known, ...bad]);
      unmappable.set(dataset.id, outcome.unmappable);
    }
    return addSums(parts);
  };
  const [source, target] = await Promise.all([
    sourceSums(),
    sides.onTarget((at) => bucketSums(comparison, at, buckets, work)),
  ]);
  const counts = { missing: 0, extra: 0, different: 0 };
  const found: Difference[] = [];
  const differing = differingBuckets(source, target);
  for (let start = 0; start < differing.length; start += BUCKETS_AT_A_TIME) {
    const wanted = differing.slice(start, start + BUCKETS_AT_A_TIME);
    const theirs: Sourced[] = [];
    for (const dataset of comparison.datasets) {
      const rows = await sides.onSource(dataset, leftOut.get(dataset.id) ?? [], (at) =>
        rowsOfBuckets(comparison, at, buckets, wanted, work),
      );
      for (const row of rows) theirs.push({ row, dataset: dataset.id });
    }
    const ours = await sides.onTarget((at) => rowsOfBuckets(comparison, at, buckets, wanted, work));
    for (const difference of compareRows(theirs, ours)) {
      counts[difference.kind] += 1;
      if (found.length < keep) found.push(difference);
    }
    work.progress({ done: start + wanted.length, total: differing.length, unit: 'rows' });
  }
  const rows = { source: rowsOf(source), target: rowsOf(target) };
  return { rows, buckets, counts, found, leftOut, unmappable };
}

/** The columns in which each `different` row differs, by its key. */
export async function differingColumns(
  { comparison, urls }: Pick<DifferencesRequest, 'comparison' | 'urls'>,
  { found, leftOut }: Pick<Differences, 'found' | 'leftOut'>,
  work: Work,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const different = found.filter(({ kind }) => kind === 'different');
  const columns = new Map<string, string[]>();
  if (different.length === 0) return columns;
  const sides = new Sides(comparison, urls, work);
  const ours = await sides.onTarget((at) =>
    valuesOfRows(
      comparison,
      at,
      different.map(({ key }) => key),
      work,
    ),
  );
  for (const dataset of comparison.datasets) {
    const keys = different.filter(({ source }) => source?.dataset === dataset.id);
    if (keys.length === 0) continue;
    const theirs = await sides.onSource(dataset, leftOut.get(dataset.id) ?? [], (at) =>
      valuesOfRows(
        comparison,
        at,
        keys.map(({ key }) => key),
        work,
      ),
    );
    for (const { key } of keys) {
      const [one, other] = [theirs.get(key) ?? [], ours.get(key) ?? []];
      const names = comparison.columns.map(({ name }) => name);
      columns.set(
        key,
        names.filter((_, index) => one[index] !== other[index]),
      );
    }
  }
  return columns;
}

interface Sourced {
  readonly row: ComparedRow;
  readonly dataset: string;
}

function compareRows(theirs: readonly Sourced[], ours: readonly ComparedRow[]): Difference[] {
  const differences: Difference[] = [];
  const there = new Map(ours.map((row) => [row.key, row]));
  for (const { row, dataset } of theirs) {
    const { key, shown } = row;
    const source = { dataset, rowKey: row.sourceRowKey ?? '', shown: row.sourceShown ?? '' };
    const other = there.get(key);
    // A second source row of the same key finds its place taken.
    there.delete(key);
    if (other === undefined) differences.push({ kind: 'missing', key, shown, source });
    else if (other.checksum !== row.checksum) {
      differences.push({ kind: 'different', key, shown, source });
    }
  }
  for (const { key, shown } of there.values()) differences.push({ kind: 'extra', key, shown });
  return differences;
}

function rowsOf(sums: BucketSums): number {
  return [...sums.values()].reduce((total, { rows }) => total + rows, 0);
}

async function countRows({ client, rows }: ComparedSide): Promise<number> {
  const counted = await client.query<{ rows: string }>(`select count(*) as rows from (${rows}) t`);
  return Number(counted.rows[0]?.rows);
}

/** Opens a connection for each look at a side: a scan may take minutes, and what follows it as well. */
class Sides {
  readonly #comparison: Comparison;
  readonly #urls: DataPlaneUrls;
  readonly #work: Work;
  readonly #target: pg.Client | undefined;

  constructor(comparison: Comparison, urls: DataPlaneUrls, work: Work, target?: pg.Client) {
    this.#comparison = comparison;
    this.#urls = urls;
    this.#work = work;
    this.#target = target;
  }

  async onTarget<T>(use: (at: ComparedSide) => Promise<T>): Promise<T> {
    const url = this.#urls.target;
    const rows = targetSide(this.#comparison);
    if (this.#target !== undefined) return use({ client: this.#target, url, side: 'target', rows });
    return withConnection(url, 'target', this.#work.signal, (client) =>
      use({ client, url, side: 'target', rows }),
    );
  }

  async onSource<T>(
    dataset: CompiledDataset,
    leftOut: readonly string[],
    use: (at: ComparedSide) => Promise<T>,
  ): Promise<T> {
    const { url, side } = dataset.relation;
    const rows = sourceSide(this.#comparison, dataset, { leftOut });
    return withConnection(url, side, this.#work.signal, (client) =>
      use({ client, url, side, rows }),
    );
  }
}
