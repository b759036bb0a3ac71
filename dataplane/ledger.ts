import type pg from 'pg';
import { withConnection } from './connections.ts';
import type { ChunkId } from './isolate/keep-rejects.ts';
import { PLATFORM, type TargetPlaces } from './target-places.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

/** What became of rows. read = loaded + quarantined + excluded, always. */
export interface RowCounts {
  readonly read: number;
  readonly loaded: number;
  readonly quarantined: number;
  readonly excluded: number;
}

/** What a ledger row says of its chunk. */
export interface ChunkFigures extends RowCounts {
  readonly excludedBy: Readonly<Record<string, number>>;
  /** Sums of the control totals over the rows loaded, as decimal text. */
  readonly totals: Readonly<Record<string, string>>;
  /** Of the bytes copied; null when none were. */
  readonly checksum: string | null;
  readonly path: 'direct' | 'isolated' | 'delta' | 'redrive';
  readonly changes?: Readonly<Record<'inserted' | 'updated' | 'deleted', number>>;
}

/**
 * Claims a chunk by its ledger row: waits while another attempt is at it.
 * @returns false when the chunk is loaded already: there is nothing to do
 */
export async function claimChunk(
  client: pg.Client,
  places: TargetPlaces,
  id: ChunkId,
  about: {
    readonly kind: 'load' | 'delta' | 'redrive';
    readonly targetTable: string;
    readonly mappingHash: string;
  },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `insert into ${places.ledger} (department, load_id, dataset, chunk, kind, target_table, mapping_hash)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (department, load_id, dataset, chunk) do nothing`,
    [...keyOf(id), about.kind, about.targetTable, about.mappingHash],
  );
  return rowCount === 1;
}

/** Completes the ledger row of a claimed chunk. The table refuses figures that do not add up. */
export async function finishChunk(
  client: pg.Client,
  places: TargetPlaces,
  id: ChunkId,
  figures: ChunkFigures,
): Promise<void> {
  await client.query(
    `update ${places.ledger} set rows_read = $5, rows_loaded = $6, rows_quarantined = $7, rows_excluded = $8,
       excluded = $9, totals = $10, checksum = $11, path = $12, changes = $13, finished_at = clock_timestamp()
     where department = $1 and load_id = $2 and dataset = $3 and chunk = $4`,
    [
      ...keyOf(id),
      figures.read,
      figures.loaded,
      figures.quarantined,
      figures.excluded,
      figures.excludedBy,
      figures.totals,
      figures.checksum,
      figures.path,
      figures.changes ?? null,
    ],
  );
}

function keyOf({ department, loadId, dataset, chunk }: ChunkId): unknown[] {
  return [department, loadId, dataset, chunk];
}

/** The chunks of a dataset that are loaded, by number. */
export async function loadedChunks(
  client: pg.Client,
  { department, id }: { readonly department: string; readonly id: string },
  loadId: string,
): Promise<ReadonlySet<number>> {
  const { rows } = await client.query<{ chunk: number }>(
    `select chunk from ${PLATFORM.ledger} where department = $1 and load_id = $2 and dataset = $3 and kind = 'load'`,
    [department, loadId, id],
  );
  return new Set(rows.map(({ chunk }) => chunk));
}

/** The number after the last one of a dataset: for what is written after its planned chunks. */
export async function nextChunk(
  client: pg.Client,
  { department, id }: { readonly department: string; readonly id: string },
  loadId: string,
): Promise<ChunkId> {
  const { rows } = await client.query<{ next: number }>(
    `select greatest(
       (select coalesce(max(chunk) + 1, 0) from ${PLATFORM.ledger} where department = $1 and load_id = $2 and dataset = $3),
       (select coalesce(max(chunk) + 1, 0) from ${PLATFORM.plan} where department = $1 and load_id = $2 and dataset = $3)
     ) as next`,
    [department, loadId, id],
  );
  return { department, loadId, dataset: id, chunk: rows[0]?.next ?? 0 };
}

/** How far the load of a dataset is. */
export interface DatasetLoad extends RowCounts {
  readonly dataset: string;
  readonly target: string;
  /** Chunks loaded, and chunks planned. */
  readonly chunks: number;
  readonly planned: number;
  readonly plannedRows: number;
  readonly excludedBy: Readonly<Record<string, number>>;
  readonly totals: Readonly<Record<string, string>>;
}

/**
 * What the ledger says of a load, per dataset that has a plan, corrections by deltas and re-drives included. Order by name.
 * @throws SlipwayError `target/unreachable`
 */
export async function loadState(
  { urls, department, loadId }: { urls: DataPlaneUrls; department: string; loadId: string },
  work: Work,
): Promise<DatasetLoad[]> {
  return withConnection(urls.target, 'target', work.signal, (client) =>
    readLoadState(client, department, loadId),
  );
}

/**
 * The load of a department that counts now: the last that was planned and not superseded. Undefined before the first.
 * @throws SlipwayError `target/unreachable`
 */
export async function latestLoad(
  { urls, department }: { urls: DataPlaneUrls; department: string },
  work: Work,
): Promise<string | undefined> {
  return withConnection(urls.target, 'target', work.signal, async (target) => {
    const { rows } = await target.query<{ loadId: string }>(
      `select p.load_id as "loadId" from ${PLATFORM.plan} p where p.department = $1 and not exists (
         select from ${PLATFORM.ledger} l
         where l.department = $1 and l.load_id = p.load_id and l.superseded_at is not null)
       order by p.planned_at desc limit 1`,
      [department],
    );
    return rows[0]?.loadId;
  });
}

/** As `loadState`, on an open connection. */
export async function readLoadState(
  client: pg.Client,
  department: string,
  loadId: string,
): Promise<DatasetLoad[]> {
  const { rows } = await client.query<Record<string, string> & { sums: Sums; reasons: Sums }>(
    STATE,
    [department, loadId],
  );
  return rows.map((row) => ({
    dataset: row['dataset'] ?? '',
    target: row['target'] ?? '',
    chunks: Number(row['chunks']),
    planned: Number(row['planned']),
    plannedRows: Number(row['planned_rows']),
    read: Number(row['read']),
    loaded: Number(row['loaded']),
    quarantined: Number(row['quarantined']),
    excluded: Number(row['excluded']),
    excludedBy: Object.fromEntries(
      Object.entries(row.reasons)
        .map(([reason, count]) => [reason, Number(count)] as const)
        .filter(([, count]) => count !== 0),
    ),
    totals: row.sums,
  }));
}

type Sums = Readonly<Record<string, string>>;

const STATE = `
  with ledger as (
    select * from slipway.load_ledger where department = $1 and load_id = $2
  ), summed as (
    select dataset, max(target_table) as target, count(*) filter (where kind = 'load') as chunks,
      sum(rows_read) as read, sum(rows_loaded) as loaded, sum(rows_quarantined) as quarantined, sum(rows_excluded) as excluded
    from ledger group by dataset
  ), totals as (
    select dataset, jsonb_object_agg(key, total) as sums
    from (select dataset, t.key, sum(t.value::numeric)::text as total from ledger, jsonb_each_text(totals) t group by 1, 2) x
    group by dataset
  ), reasons as (
    select dataset, jsonb_object_agg(key, rows) as reasons
    from (select dataset, e.key, sum(e.value::bigint)::text as rows from ledger, jsonb_each_text(excluded) e group by 1, 2) x
    group by dataset
  ), planned as (
    select dataset, count(*) as planned, sum(planned_rows) as planned_rows
    from slipway.load_plan where department = $1 and load_id = $2 group by dataset
  )
  select p.dataset, s.target, p.planned, p.planned_rows, coalesce(s.chunks, 0) as chunks, coalesce(s.read, 0) as read,
    coalesce(s.loaded, 0) as loaded, coalesce(s.quarantined, 0) as quarantined, coalesce(s.excluded, 0) as excluded,
    coalesce(t.sums, '{}') as sums, coalesce(r.reasons, '{}') as reasons
  from planned p left join summed s using (dataset) left join totals t using (dataset) left join reasons r using (dataset)
  order by p.dataset`;
