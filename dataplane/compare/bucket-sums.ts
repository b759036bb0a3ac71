import type pg from 'pg';
import { longQuery } from '../long-query.ts';
import { quoteColumns } from '../quote.ts';
import type { Side } from '../driver-errors.ts';
import type { Work } from '../work.ts';
import type { Comparison } from './comparison.ts';

/** Rows of a bucket, and the sum of their checksums. */
export interface BucketSum {
  readonly rows: number;
  readonly sum: bigint;
}

/** Number of the bucket to its sum; buckets without rows are left out. */
export type BucketSums = ReadonlyMap<number, BucketSum>;

/** About this many rows per bucket: few enough to fetch, many enough that the sums are small. */
const ROWS_PER_BUCKET = 1000;

/** How many buckets to cut so many rows into. */
export function bucketCount(rows: number): number {
  return Math.max(1, Math.ceil(rows / ROWS_PER_BUCKET));
}

/**
 * The checksum of a row: 60 bits of SHA-256 over the text of the whole row. PostgreSQL's own text of a row quotes and
 * escapes its values and tells null from an empty text, so different rows have different texts.
 */
function checksumSql(columns: string): string {
  const digest = `sha256(convert_to(row(${columns})::text, 'UTF8'))`;
  return `('x' || substr(encode(substring(${digest} for 8), 'hex'), 1, 15))::bit(60)::bigint`;
}

/** The bucket of a row, from its key alone: a row whose values differ is in the same bucket on both sides. */
function bucketSql(key: string, buckets: number): string {
  return `(hashtextextended(row(${key})::text collate "C", 0) & 9223372036854775807) % ${buckets}`;
}

/** The rows as a subquery `m` whose columns are computed once, however often they are used. */
function fenced(rows: string): string {
  return `(${rows} offset 0) m`;
}

/** One end of a comparison. */
export interface ComparedSide {
  readonly client: pg.Client;
  readonly url: string;
  readonly side: Side;
  /** SELECT of the compared columns, from `sourceSide` or `targetSide`. */
  readonly rows: string;
}

/** Adds up the checksums of all rows by bucket, in one scan. */
export async function bucketSums(
  comparison: Comparison,
  at: ComparedSide,
  buckets: number,
  work: Work,
): Promise<BucketSums> {
  const { key, columns } = namesOf(comparison);
  const sql = `select bucket::text, count(*) as rows, sum(checksum)::text as sum from (
      select ${bucketSql(key, buckets)} as bucket, ${checksumSql(columns)} as checksum from ${fenced(at.rows)}
    ) x group by bucket`;
  const { rows } = await longQuery(at.client, at, work, { done: 0, unit: 'rows' }, () =>
    at.client.query<{ bucket: string; rows: string; sum: string }>(sql),
  );
  return new Map(
    rows.map((row) => [Number(row.bucket), { rows: Number(row.rows), sum: BigInt(row.sum) }]),
  );
}

/** Sums of several sources of one table, added up. */
export function addSums(parts: readonly BucketSums[]): BucketSums {
  const total = new Map<number, BucketSum>();
  for (const [bucket, { rows, sum }] of parts.flatMap((part) => [...part])) {
    const before = total.get(bucket);
    total.set(bucket, { rows: rows + (before?.rows ?? 0), sum: sum + (before?.sum ?? 0n) });
  }
  return total;
}

/** The buckets in which two sides differ, in order. */
export function differingBuckets(one: BucketSums, other: BucketSums): number[] {
  const all = new Set([...one.keys(), ...other.keys()]);
  return [...all]
    .filter((bucket) => {
      const [a, b] = [one.get(bucket), other.get(bucket)];
      return a?.rows !== b?.rows || a?.sum !== b?.sum;
    })
    .toSorted((a, b) => a - b);
}

/** A row of a differing bucket. Keys of the source row are null on the platform. */
export interface ComparedRow {
  /** The row's key on the platform: as it is told apart, and as people see it. */
  readonly key: string;
  readonly shown: string;
  readonly checksum: string;
  readonly sourceRowKey: string | null;
  readonly sourceShown: string | null;
}

/** The rows of some buckets. */
export async function rowsOfBuckets(
  comparison: Comparison,
  at: ComparedSide,
  buckets: number,
  wanted: readonly number[],
  work: Work,
): Promise<ComparedRow[]> {
  const { key, columns } = namesOf(comparison);
  const sql = `select row(${key})::text as key, concat_ws('|', ${key}) as shown, ${checksumSql(columns)}::text as checksum,
      m."_slipway_key" as "sourceRowKey", m."_slipway_shown" as "sourceShown"
    from ${fenced(at.rows)} where ${bucketSql(key, buckets)} = any($1::bigint[])`;
  const { rows } = await longQuery(at.client, at, work, { done: 0, unit: 'rows' }, () =>
    at.client.query<ComparedRow>(sql, [wanted]),
  );
  return rows;
}

/** The compared values, as text, of the rows with the given keys, by key. */
export async function valuesOfRows(
  comparison: Comparison,
  at: ComparedSide,
  keys: readonly string[],
  work: Work,
): Promise<ReadonlyMap<string, readonly (string | null)[]>> {
  const { key } = namesOf(comparison);
  const values = comparison.columns.map(({ name }) => `${quoteColumns([name], 'm')}::text`);
  const sql = `select row(${key})::text as key, array[${values.join(', ')}] as values
    from ${fenced(at.rows)} where row(${key})::text = any($1::text[])`;
  const { rows } = await longQuery(at.client, at, work, { done: 0, unit: 'rows' }, () =>
    at.client.query<{ key: string; values: (string | null)[] }>(sql, [keys]),
  );
  return new Map(rows.map((row) => [row.key, row.values]));
}

function namesOf(comparison: Comparison): { key: string; columns: string } {
  return {
    key: quoteColumns(comparison.key, 'm'),
    columns: quoteColumns(
      comparison.columns.map(({ name }) => name),
      'm',
    ),
  };
}
