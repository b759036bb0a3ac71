import { SlipwayError } from '../domain/errors.ts';
import { inTransaction } from './connections.ts';
import { copyRows } from './copy-rows.ts';
import { isolateRows } from './isolate/isolate-rows.ts';
import { keepRejects } from './isolate/keep-rejects.ts';
import { insertGood, totalsOfGood } from './isolate/good-rows.ts';
import type { ChunkFigures } from './ledger.ts';
import { type ApartMode, loadApart } from './load-apart.ts';
import { mappedSql, rangeSql } from './mapping/source-rows.ts';
import { quoteColumns } from './quote.ts';
import type { LoadOptions } from './load-options.ts';
import { sourceSummary } from './source-summary.ts';
import type { Work } from './work.ts';

/**
 * How a chunk is loaded, from the fastest to the surest: copied as it is, in `binary` or `text`; in a way of `loadApart`,
 * without the rows that it finds to be bad; with every row looked at (`all`), and with every row tried by itself (`rows`).
 */
export type LoadMode = 'binary' | 'text' | ApartMode | 'all' | 'rows';

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
  if (mode === 'binary' || mode === 'text') return loadDirectly(options, mode, work);
  if (mode === 'all') return loadIsolated(options, 'sets', work);
  if (mode === 'rows') return loadIsolated(options, 'rows', work);
  return loadApart(options, mode, work);
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
      { ...dataset.relation, client: source, query: mappedSql(dataset, { range }) },
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
  const { dataset, range, target, id } = options;
  const isolated = await isolateRows(
    {
      ...options,
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
