import type pg from 'pg';
import type { Dataset, Manifest } from '../domain/manifest.ts';
import { withConnection } from './connections.ts';
import { claimChunk, finishChunk, type RowCounts } from './ledger.ts';
import { loadChunk } from './load-chunk.ts';
import type { CompiledDataset } from './mapping/compiled-dataset.ts';
import type { CompiledMapping } from './mapping/compile-mapping.ts';
import { cutDataset, keepPlan } from './plan-chunks.ts';
import { type QuarantinedRule, summariseQuarantine } from './quarantine.ts';
import { type ExampleShape, exampleShapes } from './simulate/example-shapes.ts';
import { makeTables, SIMULATED } from './simulate/simulated-tables.ts';
import { tableName } from './target-table.ts';
import { inModes } from './transfer.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

/** A rule that rows would break, with the keys of the first of them and what their values look like. */
export interface SimulatedRule extends QuarantinedRule {
  readonly shapes: readonly ExampleShape[];
}

/** What would become of a dataset's rows. `loaded` would be loaded, `quarantined` would not, and so on. */
export interface SimulatedDataset extends RowCounts {
  readonly dataset: string;
  readonly target: string;
  readonly quarantinedBy: readonly SimulatedRule[];
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
  request: {
    readonly mapping: CompiledMapping;
    readonly urls: DataPlaneUrls;
    /** Of the same datasets: says which source columns a field is made of. */
    readonly manifest?: Pick<Manifest, 'datasets'>;
  },
  work: Work,
): Promise<Simulation> {
  const { mapping, urls, manifest } = request;
  const datasets = await withConnection(urls.target, 'target', work.signal, async (target) => {
    await target.query('begin');
    try {
      await makeTables(target, mapping.datasets);
      const results: SimulatedDataset[] = [];
      for (const dataset of mapping.datasets) {
        const said = manifest?.datasets.find(({ id }) => id === dataset.id);
        results.push(await simulateDataset(target, dataset, { mapping, urls, said }, work));
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

async function simulateDataset(
  target: pg.Client,
  dataset: CompiledDataset,
  {
    mapping,
    urls,
    said,
  }: { mapping: CompiledMapping; urls: DataPlaneUrls; said: Dataset | undefined },
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
  return summarised(target, dataset, said);
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

async function summarised(
  target: pg.Client,
  dataset: CompiledDataset,
  said: Dataset | undefined,
): Promise<SimulatedDataset> {
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
  const rules = await summariseQuarantine(target, SIMULATED, {
    department: dataset.department,
    loadId: LOAD_ID,
    dataset: dataset.id,
  });
  const quarantinedBy: SimulatedRule[] = [];
  for (const { rule, field, rows: count, examples } of rules) {
    const shapes = said === undefined ? [] : await exampleShapes(target, said, { rule, field });
    quarantinedBy.push({ rule, field, rows: count, examples, shapes });
  }
  const found = rows[0];
  return {
    dataset: dataset.id,
    target: tableName(dataset.target),
    ...(found?.counts ?? { read: 0, loaded: 0, quarantined: 0, excluded: 0 }),
    quarantinedBy,
    excludedBy: found?.reasons ?? {},
    totals: found?.totals ?? {},
  };
}
