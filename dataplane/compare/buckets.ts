import type { CompiledDataset, CompiledField } from '../mapping/compiled-dataset.ts';
import { MAPPED } from '../mapping/source-rows.ts';
import { quoteColumns, quoteTable } from '../quote.ts';
import type { Checksum } from './checksum.ts';
import type { Comparison } from './comparison.ts';
import type { Sides } from './sides.ts';
import { type ComparedSide, hashed, type SideSql } from './side.ts';

/** How the rows of both sides are cut into buckets: by the key alone, so that a changed row stays in its bucket. */
export interface Buckets {
  readonly count: number;
  /** SQL of the number of a row's bucket, from 0; for rows that are compared only. */
  of(sql: SideSql): string;
  /** SQL of the condition that a row is compared and in one of these buckets. */
  among(sql: SideSql, wanted: readonly number[]): string;
}

/** About this many rows per bucket: few enough to fetch, many enough that the sums are small. */
const ROWS_PER_BUCKET = 1000;

/** Numbers that are no further apart than this, on average, are cut by their range: the buckets are still well filled. */
const SPARSEST = 20n;

const INTEGER = /^(smallint|integer|bigint)$/;

/** How many buckets to cut so many rows into. */
function bucketCount(rows: number): number {
  return Math.max(1, Math.ceil(rows / ROWS_PER_BUCKET));
}

/**
 * By the range of the key where it is one column of whole numbers that stand close together and come to the platform as
 * they are: no hash has to be computed, and the rows of a bucket are found by an index. Otherwise by the key's hash.
 */
export async function chooseBuckets(
  sides: Sides,
  comparison: Comparison,
  checksum: Checksum,
  rows: number,
): Promise<Buckets> {
  const count = bucketCount(rows);
  const [key, ...others] = comparison.key;
  const isPlain = key !== undefined && others.length === 0 && isPlainNumber(comparison, key);
  if (!isPlain) return hashBuckets(comparison, checksum, count);
  const range = await rangeOf(sides, comparison, key);
  if (range === undefined || range.to - range.from >= BigInt(rows) * SPARSEST)
    return hashBuckets(comparison, checksum, count);
  return rangeBuckets(key, range, count);
}

function isPlainNumber({ datasets }: Comparison, key: CompiledField): boolean {
  return datasets.every((dataset) => {
    const column = plainColumn(dataset, key.name);
    if (column === undefined) return false;
    const { schema, table, sql } = dataset.relation;
    return (
      // Rows that are made of others, or corrected, have no index to be found by.
      sql === quoteTable(schema, table) && INTEGER.test(dataset.sourceColumns.get(column) ?? '')
    );
  });
}

/** The source column that is taken as it is, if one is. */
function plainColumn(dataset: CompiledDataset, name: string): string | undefined {
  const field = dataset.fields.find((each) => each.name === name);
  if (field === undefined || !INTEGER.test(field.wireType)) return undefined;
  return [...dataset.sourceColumns.keys()].find((column) => {
    const plain = quoteColumns([column], 's');
    return [plain, `${plain}::${field.wireType}`, `(${plain})::${field.wireType}`].includes(
      field.sql,
    );
  });
}

interface Range {
  readonly from: bigint;
  readonly to: bigint;
}

async function rangeOf(
  sides: Sides,
  { datasets }: Comparison,
  key: CompiledField,
): Promise<Range | undefined> {
  const ends: bigint[] = [];
  const look = async ({ client, sql }: ComparedSide): Promise<void> => {
    const { relation, alias, where } = sql.at;
    const value = sql.value(key.name);
    const { rows } = await client.query<{ low: string | null; high: string | null }>(
      `select min(${value})::text as low, max(${value})::text as high from ${relation} ${alias} where ${where}`,
    );
    for (const end of [rows[0]?.low, rows[0]?.high]) {
      if (typeof end === 'string') ends.push(BigInt(end));
    }
  };
  await sides.onTarget(look);
  for (const dataset of datasets) await sides.onSource(dataset, [], look);
  const [first, ...others] = ends;
  if (first === undefined) return undefined;
  return others.reduce<Range>(
    ({ from, to }, end) => ({ from: end < from ? end : from, to: end > to ? end : to }),
    { from: first, to: first },
  );
}

function hashBuckets({ key }: Comparison, checksum: Checksum, count: number): Buckets {
  const of = (sql: SideSql): string =>
    checksum.bucket(
      key.map((field) => hashed(sql.value(field.name), field, checksum.bucketForm)),
      count,
    );
  return {
    count,
    of,
    // A row that is not compared may be one whose key cannot be computed.
    among: (sql, wanted) =>
      `case when ${sql.out} = ${MAPPED} then ${of(sql)} end in (${wanted.join(', ')})`,
  };
}

/** Rows that came after the range was taken belong to the buckets at its ends. */
function rangeBuckets(key: CompiledField, { from, to }: Range, atMost: number): Buckets {
  const width = (to - from) / BigInt(atMost) + 1n;
  const last = Number((to - from) / width);
  const of = (sql: SideSql): string =>
    `coalesce((least(${to}, greatest(${from}, (${sql.value(key.name)})::bigint)) - (${from})) / ${width}, 0)`;
  const between = (value: string, first: number, end: number): string => {
    const low = first === 0 ? [] : [`${value} >= ${from + BigInt(first) * width}`];
    const high = end === last ? [] : [`${value} < ${from + BigInt(end + 1) * width}`];
    const inside = [...low, ...high].join(' and ');
    if (inside === '') return 'true';
    return first === 0 ? `(${inside} or ${value} is null)` : `(${inside})`;
  };
  return {
    count: last + 1,
    of,
    among: (sql, wanted) => {
      const value = sql.value(key.name);
      const ranges = runs(wanted).map(([first, end]) => between(value, first, end));
      return `(${ranges.join(' or ')}) and ${sql.out} = ${MAPPED}`;
    },
  };
}

/** First and last of each run of neighbours. */
function runs(numbers: readonly number[]): [number, number][] {
  const found: [number, number][] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const before = found.at(-1);
    if (before !== undefined && number === before[1] + 1) before[1] = number;
    else found.push([number, number]);
  }
  return found;
}
