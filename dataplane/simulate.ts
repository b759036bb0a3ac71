import type pg from 'pg';
import { withConnection } from './connections.ts';
import { claimChunk, finishChunk, type RowCounts } from './ledger.ts';
import { loadChunk } from './load-chunk.ts';
import type { CompiledDataset } from './mapping/compiled-dataset.ts';
import type { CompiledMapping } from './mapping/compile-mapping.ts';
import { cutDataset, keepPlan } from './plan-chunks.ts';
import { type QuarantinedRule, summariseQuarantine } from './quarantine.ts';
import { quoteIdentifier, quoteLiteral, quoteTable } from './quote.ts';
import { PLATFORM, type TargetPlaces } from './target-places.ts';
import { DEPARTMENT, tableName } from './target-table.ts';
import { inModes } from './transfer.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

/** What would become of a dataset's rows. `loaded` would be loaded, `quarantined` would not, and so on. */
export interface SimulatedDataset extends RowCounts {
  readonly dataset: string;
  readonly target: string;
  readonly quarantinedBy: readonly QuarantinedRule[];
  readonly excludedBy: Readonly<Record<string, number>>;
  /** Sums of the control totals over the rows that would be loaded, as decimal text. */
  readonly totals: Readonly<Record<string, string>>;
}

export interface Simulation extends RowCounts {
  readonly datasets: readonly SimulatedDataset[];
}

/**
 * Loads all rows of all datasets the way a transfer does, into temporary tables of the platform's shape, in one
 * transaction that is rolled back: what would be loaded, quarantined and excluded, by rule.
 * @throws as `transferChunk`
 */
export async function simulateMapping(
  { mapping, urls }: { mapping: CompiledMapping; urls: DataPlaneUrls },
  work: Work,
): Promise<Simulation> {
  const datasets = await withConnection(urls.target, 'target', work.signal, async (target) => {
    await target.query('begin');
    try {
      await shapePlaces(target, mapping.datasets);
      const results: SimulatedDataset[] = [];
      for (const dataset of mapping.datasets) {
        results.push(await simulateDataset(target, dataset, { mapping, urls }, work));
      }
      return results;
    } finally {
      await target.query('rollback').catch(() => undefined);
    }
  });
  const sum = (what: keyof RowCounts): number =>
    datasets.reduce((total, dataset) => total + dataset[what], 0);
  return {
    datasets,
    read: sum('read'),
    loaded: sum('loaded'),
    quarantined: sum('quarantined'),
    excluded: sum('excluded'),
  };
}

const LOAD_ID = 'simulation';

const SIMULATED: TargetPlaces = {
  plan: 'pg_temp.slipway_plan',
  ledger: 'pg_temp.slipway_ledger',
  quarantine: 'pg_temp.slipway_quarantine',
  loadedElsewhere: 'pg_temp.slipway_loaded_elsewhere',
  table: (table) => quoteTable('pg_temp', tableName(table)),
};

/** Tables of the platform's shape: empty for those that are loaded, copies of those that they refer to. */
async function shapePlaces(target: pg.Client, datasets: readonly CompiledDataset[]): Promise<void> {
  for (const place of ['plan', 'ledger', 'quarantine', 'loadedElsewhere'] as const) {
    const name = SIMULATED[place].replace('pg_temp.', '');
    await target.query(`create temporary table ${name} (like ${PLATFORM[place]} including all)`);
  }
  const shape = async (table: { schema: string; table: string }): Promise<void> => {
    const name = quoteIdentifier(tableName(table));
    await target.query(
      `create temporary table ${name} (like ${PLATFORM.table(table)} including all)`,
    );
  };
  const loaded = new Map(datasets.map(({ target: table }) => [tableName(table), table]));
  for (const table of loaded.values()) await shape(table);
  const copied = new Set<string>();
  for (const table of loaded.values()) {
    for (const key of table.foreignKeys) {
      const isNew = !loaded.has(tableName(key)) && !copied.has(tableName(key));
      if (isNew) {
        await shape(key);
        const ours = key.targetColumns.includes(DEPARTMENT)
          ? ` where ${DEPARTMENT} = ${quoteLiteral(datasets[0]?.department ?? '')}`
          : '';
        await target.query(
          `insert into ${SIMULATED.table(key)} overriding system value select * from ${PLATFORM.table(key)}${ours}`,
        );
        copied.add(tableName(key));
      }
      const columns = key.columns.map(quoteIdentifier).join(', ');
      const others = key.targetColumns.map(quoteIdentifier).join(', ');
      await target.query(
        `alter table ${SIMULATED.table(table)} add foreign key (${columns}) references ${SIMULATED.table(key)} (${others})`,
      );
    }
  }
}

async function simulateDataset(
  target: pg.Client,
  dataset: CompiledDataset,
  { mapping, urls }: { mapping: CompiledMapping; urls: DataPlaneUrls },
  work: Work,
): Promise<SimulatedDataset> {
  const { relation, department } = dataset;
  const fromSource = <T>(use: (source: pg.Client) => Promise<T>): Promise<T> =>
    withConnection(relation.url, relation.side, work.signal, use);
  const cut = await fromSource((source) => cutDataset(source, dataset, dataset.chunkRows, work));
  const kept = { dataset, loadId: LOAD_ID, mappingHash: mapping.hash };
  await keepPlan(target, SIMULATED, kept, cut);
  const total = cut.reduce((rows, range) => rows + range.rows, 0);
  let done = 0;
  for (const [chunk, range] of cut.entries()) {
    const id = { department, loadId: LOAD_ID, dataset: dataset.id, chunk };
    const about = { targetTable: tableName(dataset.target), mappingHash: mapping.hash };
    const figures = await inModes(
      dataset,
      (mode) =>
        withSavepoint(target, async () => {
          await claimChunk(target, SIMULATED, id, { ...about, kind: 'load' });
          const loaded = await fromSource((source) =>
            loadChunk(
              { dataset, places: SIMULATED, id, range, source, target, targetUrl: urls.target },
              mode,
              work,
            ),
          );
          await finishChunk(target, SIMULATED, id, loaded);
          return loaded;
        }),
      `${dataset.id}, chunk ${chunk}`,
    );
    done += figures.read;
    work.progress({ done, total, unit: 'rows' });
  }
  return summarised(target, dataset);
}

async function withSavepoint<T>(client: pg.Client, use: () => Promise<T>): Promise<T> {
  await client.query('savepoint slipway');
  try {
    const result = await use();
    await client.query('release savepoint slipway');
    return result;
  } catch (error) {
    await client.query('rollback to savepoint slipway').catch(() => undefined);
    throw error;
  }
}

async function summarised(target: pg.Client, dataset: CompiledDataset): Promise<SimulatedDataset> {
  const { rows } = await target.query<{
    counts: RowCounts;
    reasons: Record<string, number> | null;
    totals: Record<string, string> | null;
  }>(
    `with l as (select * from ${SIMULATED.ledger} where dataset = $1)
     select
       (select jsonb_build_object('read', sum(rows_read), 'loaded', sum(rows_loaded), 'quarantined', sum(rows_quarantined), 'excluded', sum(rows_excluded)) from l) as counts,
       (select jsonb_object_agg(key, rows) from (select e.key, sum(e.value::bigint) as rows from l, jsonb_each_text(excluded) e group by 1) r) as reasons,
       (select jsonb_object_agg(key, total) from (select t.key, sum(t.value::numeric)::text as total from l, jsonb_each_text(totals) t group by 1) t) as totals`,
    [dataset.id],
  );
  const quarantinedBy = await summariseQuarantine(target, SIMULATED, {
    department: dataset.department,
    loadId: LOAD_ID,
    dataset: dataset.id,
  });
  const found = rows[0];
  return {
    dataset: dataset.id,
    target: tableName(dataset.target),
    ...(found?.counts ?? { read: 0, loaded: 0, quarantined: 0, excluded: 0 }),
    quarantinedBy: quarantinedBy.map(({ rule, field, rows: count, examples }) => ({
      rule,
      field,
      rows: count,
      examples,
    })),
    excludedBy: found?.reasons ?? {},
    totals: found?.totals ?? {},
  };
}
