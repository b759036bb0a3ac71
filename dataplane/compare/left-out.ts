import type pg from 'pg';
import { withConnection } from '../connections.ts';
import { isDataError } from '../data-error.ts';
import { isolateRows } from '../isolate/isolate-rows.ts';
import { RAW, VERDICT } from '../isolate/temporary-tables.ts';
import { longQuery } from '../long-query.ts';
import type { CompiledDataset } from '../mapping/compiled-dataset.ts';
import { type KeyRange, mappedSql, rangeSql } from '../mapping/source-rows.ts';
import { PLATFORM } from '../target-places.ts';
import type { DataPlaneUrls } from '../urls.ts';
import type { Work } from '../work.ts';

/** A source row that cannot be mapped any more: it changed after it was loaded. */
export interface UnmappableRow {
  readonly rowKey: string;
  readonly shown: string;
  readonly rule: string;
}

/** Row keys of the source rows of a dataset that a load accounts for without loading them: in quarantine, or loaded by another dataset. */
export async function leftOutKeys(
  target: pg.Client,
  dataset: CompiledDataset,
  loadId: string,
): Promise<string[]> {
  const { rows } = await target.query<{ key: string }>(
    `select row_key as key from ${PLATFORM.quarantine}
     where department = $1 and load_id = $2 and dataset = $3 and status in ('open', 'accepted')
     union all
     select row_key from ${PLATFORM.loadedElsewhere} where department = $1 and load_id = $2 and dataset = $3`,
    [dataset.department, loadId, dataset.id],
  );
  return rows.map(({ key }) => key);
}

/**
 * Runs a query over the mapped rows of a dataset; when some of them turn out not to be mappable any more, finds those
 * and runs it again without them.
 */
export async function withoutUnmappable<T>(
  dataset: CompiledDataset,
  urls: DataPlaneUrls,
  loadId: string,
  leftOut: readonly string[],
  work: Work,
  run: (leftOut: readonly string[]) => Promise<T>,
): Promise<{ readonly result: T; readonly unmappable: readonly UnmappableRow[] }> {
  try {
    return { result: await run(leftOut), unmappable: [] };
  } catch (error) {
    if (!isDataError(error)) throw error;
  }
  const unmappable = await unmappableRows(dataset, urls, loadId, leftOut, work);
  const result = await run([...leftOut, ...unmappable.map(({ rowKey }) => rowKey)]);
  return { result, unmappable };
}

/** Looks chunk by chunk, and row by row only where a chunk cannot be mapped. */
async function unmappableRows(
  dataset: CompiledDataset,
  urls: DataPlaneUrls,
  loadId: string,
  leftOut: readonly string[],
  work: Work,
): Promise<UnmappableRow[]> {
  const { relation } = dataset;
  const found: UnmappableRow[] = [];
  for (const range of await plannedRanges(dataset, urls, loadId, work)) {
    const isMappable = await withConnection(
      relation.url,
      relation.side,
      work.signal,
      async (source) => {
        const sql = `select sum(octet_length(row(m.*)::text)) from (${mappedSql(dataset, { range, leftOut })}) m`;
        const query = () => source.query(sql);
        try {
          await longQuery(source, relation, work, { done: 0, unit: 'rows' }, query);
          return true;
        } catch (error) {
          if (!isDataError(error)) throw error;
          return false;
        }
      },
    );
    if (!isMappable) found.push(...(await unmappableIn(dataset, urls, range, work)));
  }
  const known = new Set(leftOut);
  return found.filter(({ rowKey }) => !known.has(rowKey));
}

async function unmappableIn(
  dataset: CompiledDataset,
  urls: DataPlaneUrls,
  range: KeyRange,
  work: Work,
): Promise<UnmappableRow[]> {
  const { relation } = dataset;
  return withConnection(urls.target, 'target', work.signal, (target) =>
    withConnection(relation.url, relation.side, work.signal, async (source) => {
      await target.query('begin');
      await isolateRows(
        {
          dataset,
          places: PLATFORM,
          source,
          target,
          targetUrl: urls.target,
          where: rangeSql(dataset, range) || 'true',
          by: 'mapping',
        },
        work,
      );
      const { rows } = await target.query<UnmappableRow>(
        `select distinct on (v.n) s."_slipway_key" as "rowKey", s."_slipway_shown" as shown, v.rule
         from ${VERDICT} v join ${RAW} s on s."_slipway_n" = v.n order by v.n, v.seq`,
      );
      await target.query('rollback');
      return rows;
    }),
  );
}

/** The ranges the dataset was loaded in; all of it when it was not planned. */
async function plannedRanges(
  dataset: CompiledDataset,
  urls: DataPlaneUrls,
  loadId: string,
  work: Work,
): Promise<KeyRange[]> {
  return withConnection(urls.target, 'target', work.signal, async (target) => {
    const { rows } = await target.query<KeyRange>(
      `select from_key as "from", to_key as "to" from ${PLATFORM.plan}
       where department = $1 and load_id = $2 and dataset = $3 order by chunk`,
      [dataset.department, loadId, dataset.id],
    );
    return rows.length === 0 ? [{ from: null, to: null }] : rows;
  });
}
