import type pg from 'pg';
import type { Comparison } from '../compare/comparison.ts';
import type { Difference } from '../compare/compare-rows.ts';
import { withConnection } from '../connections.ts';
import { describeDataError, isDataError } from '../data-error.ts';
import { SlipwayError } from '../../domain/errors.ts';
import { exchangesUniqueValues, REPLACING } from '../isolate/constraints.ts';
import { isolateOnly } from '../isolate/isolate-rows.ts';
import { type ChunkId, updateRejects } from '../isolate/keep-rejects.ts';
import { isGood, MAPPED_ROWS } from '../isolate/temporary-tables.ts';
import type { CompiledDataset } from '../mapping/compiled-dataset.ts';
import { textArray } from '../mapping/source-rows.ts';
import { quoteColumns, quoteIdentifier, quoteLiteral } from '../quote.ts';
import { PLATFORM } from '../target-places.ts';
import { DEPARTMENT, rowKeyOf, tableName } from '../target-table.ts';
import type { DataPlaneUrls } from '../urls.ts';
import type { Work } from '../work.ts';

export interface Upserted {
  readonly inserted: number;
  readonly updated: number;
  /** Rows that are new in quarantine, and rows that left it. */
  readonly quarantined: number;
  readonly resolved: number;
  readonly checksum: string | null;
}

const NOTHING: Upserted = {
  inserted: 0,
  updated: 0,
  quarantined: 0,
  resolved: 0,
  checksum: null,
};

export interface UpsertRequest {
  readonly comparison: Comparison;
  readonly dataset: CompiledDataset;
  readonly urls: DataPlaneUrls;
  /** In a transaction. */
  readonly target: pg.Client;
  readonly id: ChunkId;
  /** Rows of this dataset that are missing on the platform, or different there. */
  readonly differences: readonly Difference[];
  /** Row keys of source rows that are on no side: in quarantine, or not mappable any more. */
  readonly leftOut: readonly string[];
  /** Removes rows of the platform by their keys, with what refers to them. */
  readonly remove: (keys: readonly string[]) => Promise<void>;
}

/**
 * Looks at the source rows that differ, and at those that were rejected before, in the way of a chunk that failed; then
 * brings the quarantine up to date, removes the rows whose source row is in it now, and inserts and updates the others.
 */
export async function upsertRows(request: UpsertRequest, work: Work): Promise<Upserted> {
  const { comparison, dataset, urls, target, id, differences, leftOut } = request;
  const only = [...differences.map(({ source }) => source?.rowKey ?? ''), ...leftOut];
  if (only.length === 0) return NOTHING;
  const { url, side } = dataset.relation;
  const replaced = differences.filter(({ kind }) => kind === 'different').map(({ key }) => key);
  const isolated = await withConnection(url, side, work.signal, (source) =>
    isolateOnly(
      {
        dataset,
        places: PLATFORM,
        source,
        target,
        targetUrl: urls.target,
        by: 'sets',
        replacing: replacedSql(comparison, replaced),
        only,
      },
      work,
    ),
  );
  const rejects = await updateRejects(id, { dataset, places: PLATFORM, target });
  const { rows } = await target.query<{ key: string; good: boolean }>(
    `select row(${keyOf(comparison, 'm')})::text as key, ${isGood('m')} as good from ${MAPPED_ROWS} m
     where ${isReplacing(dataset)}`,
  );
  const keysOf = (good: boolean): string[] =>
    rows.filter((row) => row.good === good).map(({ key }) => key);
  await request.remove(keysOf(false));
  if (await exchanges(dataset, target)) {
    // They all go, and come back as new ones.
    await request.remove(keysOf(true));
    await target.query(`delete from ${REPLACING}`);
  }
  const updated = await update(dataset, target);
  const inserted = await insert(dataset, target);
  return { inserted, updated, ...rejects, checksum: isolated.checksum };
}

async function exchanges(dataset: CompiledDataset, target: pg.Client): Promise<boolean> {
  const { rows } = await target.query<{ exchanges: boolean }>(
    exchangesUniqueValues(dataset, PLATFORM),
  );
  return rows[0]?.exchanges === true;
}

/** Updates the good rows that are on the platform. */
async function update(dataset: CompiledDataset, target: pg.Client): Promise<number> {
  const names = dataset.fields.map(({ name }) => name);
  const values = names.filter((name) => !dataset.target.primaryKey.includes(name));
  if (values.length === 0) return 0;
  const set = values.map((name) => `${quoteIdentifier(name)} = m.${quoteIdentifier(name)}`);
  try {
    const { rowCount } = await target.query(
      `update ${PLATFORM.table(dataset.target)} t set ${set.join(', ')} from ${MAPPED_ROWS} m
       where ${isGood('m')} and ${isReplacing(dataset)} and t.${DEPARTMENT} = m.${DEPARTMENT} and ${sameKey(dataset, 't')}`,
    );
    return rowCount ?? 0;
  } catch (error) {
    throw refused(dataset, error);
  }
}

async function insert(dataset: CompiledDataset, target: pg.Client): Promise<number> {
  const names = dataset.fields.map(({ name }) => name);
  try {
    const { rowCount } = await target.query(
      `insert into ${PLATFORM.table(dataset.target)} (${quoteColumns(names)})
       select ${quoteColumns(names, 'm')} from ${MAPPED_ROWS} m where ${isGood('m')} and not ${isReplacing(dataset)}`,
    );
    await target.query('set constraints all immediate');
    return rowCount ?? 0;
  } catch (error) {
    throw refused(dataset, error);
  }
}

function refused(dataset: CompiledDataset, error: unknown): unknown {
  if (!isDataError(error)) return error;
  return new SlipwayError(
    'data/chunk-failed',
    `changed rows of ${dataset.id} cannot be written to ${tableName(dataset.target)}: ${describeDataError(error)}`,
  );
}

function isReplacing(dataset: CompiledDataset): string {
  return `exists (select from ${REPLACING} r where ${sameKey(dataset, 'r')})`;
}

function sameKey(dataset: CompiledDataset, alias: string): string {
  return rowKeyOf(dataset.target)
    .map((name) => `${alias}.${quoteIdentifier(name)} = m.${quoteIdentifier(name)}`)
    .join(' and ');
}

function keyOf(comparison: Comparison, alias: string): string {
  return quoteColumns(
    comparison.key.map(({ name }) => name),
    alias,
  );
}

/** The keys of the platform's rows that differ, in the form of the table REPLACING. */
function replacedSql(comparison: Comparison, keys: readonly string[]): string {
  const { table, department } = comparison;
  return `select ${quoteColumns(rowKeyOf(table), 't')} from ${PLATFORM.table(table)} t
    where t.${DEPARTMENT} = ${quoteLiteral(department)} and row(${keyOf(comparison, 't')})::text = any(${textArray(keys)})`;
}
