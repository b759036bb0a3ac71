import type pg from 'pg';
import { addDecimals } from '../../domain/decimal.ts';
import { longQuery } from '../long-query.ts';
import { MAPPED } from '../mapping/source-rows.ts';
import { quoteIdentifier } from '../quote.ts';
import type { Work } from '../work.ts';
import type { Buckets } from './buckets.ts';
import type { Checksum } from './checksum.ts';
import type { Comparison } from './comparison.ts';
import { type ComparedSide, comparableText, hashed, type SideSql } from './side.ts';

/** Rows of a bucket, and the sum of their checksums. */
export interface BucketSum {
  readonly rows: number;
  readonly sum: bigint;
}

/** Rows of a group, and their control totals as decimal text, in the order of the comparison's. */
export interface GroupSum {
  readonly rows: number;
  readonly totals: readonly string[];
}

/** What one scan of one side says. */
export interface SideSums {
  /** Number of the bucket to its sum; buckets without rows are left out. */
  readonly buckets: ReadonlyMap<number, BucketSum>;
  /** Rows that are not compared, by what they count as (`out` of `sourceRows`). */
  readonly others: ReadonlyMap<number, number>;
  readonly totals: readonly string[];
  /** By the group's values, as a JSON array of texts; empty when the totals are not taken apart. */
  readonly groups: ReadonlyMap<string, GroupSum>;
}

interface SumRow {
  readonly bucket: string | null;
  readonly group: string[] | null;
  readonly rows: string;
  readonly sum: string | null;
  readonly totals: readonly string[];
}

/** Counts the rows and adds up their checksums by bucket, and the control totals by group, in one scan. */
export async function bucketSums(
  comparison: Comparison,
  checksum: Checksum,
  buckets: Buckets,
  at: ComparedSide,
  work: Work,
): Promise<SideSums> {
  const { sql } = at;
  const { totals, totalsBy } = comparison;
  const ifCompared = (what: string): string =>
    sql.out === String(MAPPED) ? what : `case when ${sql.out} = ${MAPPED} then ${what} end`;
  // What a row counts as that is not compared, below zero: LEFT_OUT is -1 already, the reasons count from 1.
  const bucket =
    sql.out === String(MAPPED)
      ? buckets.of(sql)
      : `case when ${sql.out} = ${MAPPED} then ${buckets.of(sql)} when ${sql.out} < 0 then ${sql.out} else -1 - ${sql.out} end`;
  const columns = [
    `${bucket} as bucket`,
    `${ifCompared(rowOf(checksum, sql, comparison.columns))} as checksum`,
    ...totals.map((name, index) => `${ifCompared(sql.value(name))} as t${index}`),
    ...(totalsBy.length === 0 ? [] : [`${ifCompared(groupOf(comparison, sql))} as "group"`]),
  ];
  const sums = totals.map((_, index) => `coalesce(sum(t${index}), 0)::text`);
  const by = totalsBy.length === 0 ? 'bucket' : 'grouping sets ((bucket), ("group"))';
  const query = `select bucket::text as bucket, ${totalsBy.length === 0 ? 'null::text[]' : '"group"'} as "group",
      count(*) as rows, sum(checksum)::text as sum, array[${sums.join(', ')}]::text[] as totals
    from (select ${columns.join(', ')} from ${sql.from} where ${sql.where}) x group by ${by}`;
  const { rows } = await withoutSorting(at.client, () =>
    longQuery(at.client, at, work, { done: 0, unit: 'rows' }, () => at.client.query<SumRow>(query)),
  );
  return gathered(rows, totals.length);
}

/**
 * The planner cannot know how few buckets there are: it takes every row for a group of its own and sorts all rows on
 * disk, which takes as long as the hashing.
 */
async function withoutSorting<T>(client: pg.Client, run: () => Promise<T>): Promise<T> {
  await client.query('set enable_sort = off');
  try {
    return await run();
  } finally {
    // Fails in a transaction that has failed, whose end takes the setting back as well.
    await client.query('reset enable_sort').catch(() => undefined);
  }
}

function gathered(rows: readonly SumRow[], totals: number): SideSums {
  const buckets = new Map<number, BucketSum>();
  const others = new Map<number, number>();
  const groups = new Map<string, GroupSum>();
  const parts: (readonly string[])[] = [];
  for (const row of rows) {
    const count = Number(row.rows);
    if (row.bucket === null) {
      if (row.group !== null) {
        groups.set(JSON.stringify(row.group), { rows: count, totals: row.totals });
      }
      continue;
    }
    const bucket = Number(row.bucket);
    if (bucket >= 0) {
      buckets.set(bucket, { rows: count, sum: BigInt(row.sum ?? 0) });
      parts.push(row.totals);
    } else others.set(bucket === -1 ? -1 : -1 - bucket, count);
  }
  return { buckets, others, totals: addedUp(parts, totals), groups };
}

function addedUp(parts: readonly (readonly string[])[], totals: number): string[] {
  return Array.from({ length: totals }, (_, index) =>
    addDecimals(parts.map((part) => part[index] ?? '0')),
  );
}

/** Several sources of one table, added up. */
export function addSums(parts: readonly SideSums[], totals: number): SideSums {
  const buckets = new Map<number, BucketSum>();
  const others = new Map<number, number>();
  const groups = new Map<string, GroupSum>();
  for (const part of parts) {
    for (const [bucket, { rows, sum }] of part.buckets) {
      const before = buckets.get(bucket);
      buckets.set(bucket, { rows: rows + (before?.rows ?? 0), sum: sum + (before?.sum ?? 0n) });
    }
    for (const [out, rows] of part.others) others.set(out, rows + (others.get(out) ?? 0));
    for (const [group, sums] of part.groups) {
      const before = groups.get(group);
      const both = before === undefined ? [sums.totals] : [before.totals, sums.totals];
      const rows = sums.rows + (before?.rows ?? 0);
      groups.set(group, { rows, totals: addedUp(both, totals) });
    }
  }
  const sums = addedUp(
    parts.map((part) => part.totals),
    totals,
  );
  return { buckets, others, totals: sums, groups };
}

/** The buckets in which two sides differ, in order. */
export function differingBuckets(
  one: ReadonlyMap<number, BucketSum>,
  other: ReadonlyMap<number, BucketSum>,
): number[] {
  const all = new Set([...one.keys(), ...other.keys()]);
  return [...all]
    .filter((bucket) => {
      const [a, b] = [one.get(bucket), other.get(bucket)];
      return a?.rows !== b?.rows || a?.sum !== b?.sum;
    })
    .toSorted((a, b) => a - b);
}

/** A row of a differing bucket. */
export interface ComparedRow {
  /** The row's key on the platform: as it is told apart, as people see it, and its parts as texts. */
  readonly key: string;
  readonly shown: string;
  readonly parts: readonly string[];
  readonly checksum: string;
  /** Of the columns that have to be equal, and the values of those that have a tolerance. */
  readonly exact: string;
  readonly tolerated: readonly (string | null)[];
  /** Null on the platform. */
  readonly sourceRowKey: string | null;
  readonly sourceShown: string | null;
  readonly sourceParts: readonly string[] | null;
}

/** The rows of some buckets. */
export async function rowsOfBuckets(
  comparison: Comparison,
  checksum: Checksum,
  buckets: Buckets,
  at: ComparedSide,
  wanted: readonly number[],
  work: Work,
): Promise<ComparedRow[]> {
  const { sql } = at;
  const { key, columns, tolerances } = comparison;
  const exact = columns.filter(({ name }) => !tolerances.has(name));
  const tolerated = columns.filter(({ name }) => tolerances.has(name));
  const keyParts = key.map(({ name }) => `(${sql.value(name)})::text`);
  const sourceParts = sql.at.key.map((name) => `s.${quoteIdentifier(name)}::text`);
  const isSource = sql.at.alias === 's';
  const query = `select row(${keyParts.join(', ')})::text as key, concat_ws('|', ${keyParts.join(', ')}) as shown,
      array[${keyParts.join(', ')}] as parts, ${rowOf(checksum, sql, columns)}::text as checksum,
      ${tolerances.size === 0 ? "''" : `${rowOf(checksum, sql, exact)}::text`} as exact,
      array[${tolerated.map((field) => comparableText(sql.value(field.name), field)).join(', ')}]::text[] as tolerated,
      ${sql.rowKey} as "sourceRowKey", ${sql.shown} as "sourceShown",
      ${isSource ? `array[${sourceParts.join(', ')}]` : 'null::text[]'} as "sourceParts"
    from ${sql.from} where ${sql.where} and ${buckets.among(sql, wanted)}`;
  const { rows } = await longQuery(at.client, at, work, { done: 0, unit: 'rows' }, () =>
    at.client.query<ComparedRow>(query),
  );
  return rows;
}

function rowOf(checksum: Checksum, sql: SideSql, columns: Comparison['columns']): string {
  return checksum.row(
    columns.map((field) => hashed(sql.value(field.name), field, checksum.rowForm)),
  );
}

function groupOf({ totalsBy }: Comparison, sql: SideSql): string {
  return `array[${totalsBy.map((name) => `(${sql.value(name)})::text`).join(', ')}]`;
}
