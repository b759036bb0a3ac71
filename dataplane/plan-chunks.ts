import type pg from 'pg';
import { SlipwayError } from '../domain/errors.ts';
import { inTransaction, withConnection } from './connections.ts';
import { longQuery } from './long-query.ts';
import type { CompiledDataset } from './mapping/compiled-dataset.ts';
import type { KeyRange } from './mapping/source-rows.ts';
import { quoteIdentifier } from './quote.ts';
import { keyProblem } from './source-key.ts';
import { PLATFORM, type TargetPlaces } from './target-places.ts';
import { tableName } from './target-table.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

/** How a dataset is cut. Chunks are numbered from 0; their key ranges stay on the platform, keys being personal. */
export interface ChunkPlan {
  readonly dataset: string;
  readonly chunks: number;
  readonly rows: number;
}

export interface PlanRequest {
  readonly dataset: CompiledDataset;
  readonly urls: DataPlaneUrls;
  readonly loadId: string;
  readonly mappingHash: string;
  /** Instead of the dataset's own. */
  readonly chunkRows?: number;
}

/**
 * Cuts a dataset into half-open key ranges of about `chunkRows` rows, chosen from the data, and keeps them. A plan
 * that is there already stays: a chunk must mean the same rows whenever it is tried. Datasets whose rows depend on each
 * other (a table that refers to itself, one row per value) are one chunk. The first and the last range have no
 * bound, so that a row which appears later is in one of them.
 * @throws SlipwayError `mapping/invalid` when the key does not tell rows apart; or a database cannot be reached
 */
export async function planChunks(request: PlanRequest, work: Work): Promise<ChunkPlan> {
  const { dataset, urls, loadId } = request;
  return withConnection(urls.target, 'target', work.signal, async (target) => {
    const found = await keptPlan(target, dataset, loadId);
    if (found !== undefined) return found;
    const cut = await withConnection(
      dataset.relation.url,
      dataset.relation.side,
      work.signal,
      (source) => cutDataset(source, dataset, request.chunkRows ?? dataset.chunkRows, work),
    );
    await inTransaction(target, 'write', () => keepPlan(target, PLATFORM, request, cut));
    // Another attempt may have been quicker: its plan is the one that counts.
    return (await keptPlan(target, dataset, loadId)) ?? summed(dataset, cut);
  });
}

/** The ranges of a dataset with the number of their rows. */
export type Cut = readonly (KeyRange & { readonly rows: number })[];

/** Chooses the ranges. */
export async function cutDataset(
  source: pg.Client,
  dataset: CompiledDataset,
  chunkRows: number,
  work: Work,
): Promise<Cut> {
  const { relation } = dataset;
  const problem = await keyProblem(source, relation, work);
  if (problem !== undefined) throw new SlipwayError('mapping/invalid', `${dataset.id}: ${problem}`);
  const size = isOneChunk(dataset) ? Number.MAX_SAFE_INTEGER : chunkRows;
  const names = relation.keyColumns.map((column) => quoteIdentifier(column)).join(', ');
  const texts = relation.keyColumns.map((column) => `k.${quoteIdentifier(column)}::text`);
  // One snapshot, or the last range would not have the rest of the rows.
  const cut = () =>
    inTransaction(source, 'snapshot', async () => {
      const counted = await source.query<{ total: string }>(
        `select count(*) as total from ${relation.sql} s`,
      );
      const starts = await source.query<{ key: string[]; place: string }>(
        `select array[${texts.join(', ')}] as key, (k.place - 1)::text as place
         from (select ${names}, row_number() over (order by ${names}) as place from ${relation.sql} s) k
         where k.place = 1 or (k.place - 1) % $1 = 0 order by k.place`,
        [size],
      );
      return { rows: starts.rows, total: Number(counted.rows[0]?.total) };
    });
  const { rows, total } = await longQuery(source, relation, work, { done: 0, unit: 'rows' }, cut);
  if (rows.length === 0) return [{ from: null, to: null, rows: 0 }];
  return rows.map((row, index) => {
    const next = rows[index + 1];
    return {
      from: index === 0 ? null : row.key,
      to: next?.key ?? null,
      rows: (next === undefined ? total : Number(next.place)) - Number(row.place),
    };
  });
}

/** Are the rows of a dataset only right together? */
function isOneChunk(dataset: CompiledDataset): boolean {
  if (dataset.onePer !== undefined || dataset.together) return true;
  const mapped = new Set(dataset.fields.map(({ name }) => name));
  return dataset.target.foreignKeys.some(
    (key) =>
      tableName(key) === tableName(dataset.target) &&
      key.columns.every((column) => mapped.has(column)),
  );
}

/** Writes the ranges down, unless they are there. */
export async function keepPlan(
  target: pg.Client,
  places: TargetPlaces,
  {
    dataset,
    loadId,
    mappingHash,
  }: Pick<PlanRequest, 'loadId' | 'mappingHash'> & { dataset: CompiledDataset },
  cut: Cut,
): Promise<void> {
  for (const [chunk, { from, to, rows }] of cut.entries()) {
    // The first row decides: whoever writes it writes the rest.
    const { rowCount } = await target.query(
      `insert into ${places.plan} (department, load_id, dataset, chunk, from_key, to_key, planned_rows, mapping_hash)
       values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
      [dataset.department, loadId, dataset.id, chunk, from, to, rows, mappingHash],
    );
    if (rowCount === 0) return;
  }
}

/** The range of one chunk; undefined when it is not planned. */
export async function plannedRange(
  target: pg.Client,
  places: TargetPlaces,
  id: {
    readonly department: string;
    readonly loadId: string;
    readonly dataset: string;
    readonly chunk: number;
  },
): Promise<(KeyRange & { readonly rows: number }) | undefined> {
  const { rows } = await target.query<{ from: string[] | null; to: string[] | null; rows: string }>(
    `select from_key as "from", to_key as "to", planned_rows as rows from ${places.plan}
     where department = $1 and load_id = $2 and dataset = $3 and chunk = $4`,
    [id.department, id.loadId, id.dataset, id.chunk],
  );
  const row = rows[0];
  return row === undefined ? undefined : { ...row, rows: Number(row.rows) };
}

async function keptPlan(
  target: pg.Client,
  dataset: CompiledDataset,
  loadId: string,
): Promise<ChunkPlan | undefined> {
  const { rows } = await target.query<{ chunks: string; rows: string }>(
    `select count(*) as chunks, sum(planned_rows) as rows from slipway.load_plan
     where department = $1 and load_id = $2 and dataset = $3`,
    [dataset.department, loadId, dataset.id],
  );
  const chunks = Number(rows[0]?.chunks);
  return chunks === 0 ? undefined : { dataset: dataset.id, chunks, rows: Number(rows[0]?.rows) };
}

function summed(dataset: CompiledDataset, cut: Cut): ChunkPlan {
  const rows = cut.reduce((sum, range) => sum + range.rows, 0);
  return { dataset: dataset.id, chunks: cut.length, rows };
}
