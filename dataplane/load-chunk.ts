import type pg from 'pg';
import { SlipwayError } from '../domain/errors.ts';
import { inTransaction } from './connections.ts';
import { copyRows } from './copy-rows.ts';
import type { Side } from './driver-errors.ts';
import { isolateRows } from './isolate/isolate-rows.ts';
import { type ChunkId, keepRejects } from './isolate/keep-rejects.ts';
import { isGood, MAPPED_ROWS } from './isolate/temporary-tables.ts';
import type { ChunkFigures } from './ledger.ts';
import { longQuery } from './long-query.ts';
import type { CompiledDataset } from './mapping/compiled-dataset.ts';
import { type KeyRange, mappedSql, rangeSql } from './mapping/source-rows.ts';
import { quoteColumns, quoteIdentifier } from './quote.ts';
import { sourceSummary } from './source-summary.ts';
import type { TargetPlaces } from './target-places.ts';
import type { Work } from './work.ts';

/**
 * How a chunk is loaded: copied as it is, in binary or text; or with the rows that fail told apart first, by
 * constraints in sets or row by row.
 */
export type LoadMode = 'binary' | 'text' | 'sets' | 'rows';

export interface LoadOptions {
  readonly dataset: CompiledDataset;
  readonly places: TargetPlaces;
  readonly id: ChunkId;
  readonly range: KeyRange & { readonly rows: number };
  readonly source: pg.Client;
  /** In a transaction. */
  readonly target: pg.Client;
  readonly targetUrl: string;
}

/**
 * Loads one chunk within the transaction of `target`, without its ledger row.
 * @returns what the ledger row has to say
 * @throws BinaryRefused; errors of the rows as they are (`isDataError`); SlipwayError otherwise
 */
export async function loadChunk(
  options: LoadOptions,
  mode: LoadMode,
  work: Work,
): Promise<ChunkFigures> {
  return mode === 'binary' || mode === 'text'
    ? loadDirectly(options, mode, work)
    : loadIsolated(options, mode, work);
}

async function loadDirectly(
  options: LoadOptions,
  format: 'binary' | 'text',
  work: Work,
): Promise<ChunkFigures> {
  const { dataset, range, source, target, places } = options;
  // One snapshot for the count and the copy, or a row that comes between the two would be lost or invented.
  return inTransaction(source, 'snapshot', async () => {
    const summary = await sourceSummary(source, dataset, { range }, work);
    const into = `${places.table(dataset.target)} (${quoteColumns(dataset.fields.map(({ name }) => name))})`;
    const copied = await copyRows(
      { client: source, side: dataset.relation.side, query: mappedSql(dataset, { range }) },
      { client: target, side: 'target', into },
      format,
      work,
      range.rows,
    );
    const { excluded } = summary;
    if (copied.rows !== summary.mapped || summary.read !== summary.mapped + excluded) {
      throw new SlipwayError(
        'data/source-changed',
        `${options.id.dataset}, chunk ${options.id.chunk}: ${summary.read} rows read, ${copied.rows} loaded, ${excluded} excluded`,
      );
    }
    return {
      read: summary.read,
      loaded: copied.rows,
      quarantined: 0,
      excluded,
      excludedBy: summary.excludedBy,
      totals: summary.totals,
      checksum: copied.sha256,
      path: 'direct',
    };
  });
}

async function loadIsolated(
  options: LoadOptions,
  by: 'sets' | 'rows',
  work: Work,
): Promise<ChunkFigures> {
  const { dataset, range, source, target, places, id } = options;
  const side: Side = dataset.relation.side;
  const isolated = await isolateRows(
    {
      ...options,
      source: { client: source, side },
      where: rangeSql(dataset, range) || 'true',
      by,
    },
    work,
  );
  await keepRejects(id, options);
  const totals = await totalsOfGood(target, dataset);
  const loaded = await insertGood(options, work);
  const excluded = Object.values(isolated.excluded).reduce((sum, rows) => sum + rows, 0);
  return {
    read: isolated.read,
    loaded,
    quarantined: isolated.quarantined,
    excluded,
    excludedBy: isolated.excluded,
    totals,
    checksum: isolated.checksum,
    path: 'isolated',
  };
}

async function insertGood(options: LoadOptions, work: Work): Promise<number> {
  const { dataset, target, places, range } = options;
  const names = quoteColumns(dataset.fields.map(({ name }) => name));
  const step = { done: 0, total: range.rows, unit: 'rows' } as const;
  const at = { url: options.targetUrl, side: 'target' } as const;
  const { rowCount } = await longQuery(target, at, work, step, () =>
    target.query(
      `insert into ${places.table(dataset.target)} (${names}) select ${names} from ${MAPPED_ROWS} m where ${isGood('m')}`,
    ),
  );
  return rowCount ?? 0;
}

/** Sums of the control totals over the good mapped rows. */
export async function totalsOfGood(
  target: pg.Client,
  dataset: CompiledDataset,
): Promise<Record<string, string>> {
  const sums = dataset.totals.map((name) => `coalesce(sum(m.${quoteIdentifier(name)}), 0)::text`);
  const { rows } = await target.query<{ sums: string[] }>(
    `select array[${sums.join(', ')}]::text[] as sums from ${MAPPED_ROWS} m where ${isGood('m')}`,
  );
  return Object.fromEntries(
    dataset.totals.map((name, index) => [name, rows[0]?.sums[index] ?? '0']),
  );
}
