import type { Limits } from '../domain/manifest.ts';
import { withConnection } from './connections.ts';
import { loadedChunks } from './ledger.ts';
import { type ChunkPlan, planChunks } from './plan-chunks.ts';
import { limitedChunkRows } from './source-limits.ts';
import { type TransferRequest, transferChunks } from './transfer.ts';
import type { Work } from './work.ts';

export interface DatasetTransferRequest extends Omit<TransferRequest, 'chunk'> {
  readonly limits: Limits;
  /** Instead of the dataset's own; a plan that is there already stays. */
  readonly chunkRows?: number | undefined;
  /** Chunks at the same time, where that is less than the limits allow. */
  readonly parallel?: number | undefined;
}

/**
 * Loads a dataset chunk by chunk, several at a time: one reads while the other writes. What the ledger has is not loaded
 * again, so a repeat goes on where it was. All lanes come to rest before it fails: nothing is still being written when
 * it is tried again.
 * @throws as `planChunks` and `transferChunk`
 */
export async function transferDataset(
  request: DatasetTransferRequest,
  work: Work,
): Promise<ChunkPlan> {
  const { dataset, limits } = request;
  const chunkRows = limitedChunkRows(request.chunkRows ?? dataset.chunkRows, limits);
  const plan = await planChunks({ ...request, chunkRows }, work);
  const done = Array.from({ length: plan.chunks }, () => 0);
  const { urls, loadId } = request;
  const loaded = await withConnection(urls.target, 'target', work.signal, (target) =>
    loadedChunks(target, dataset, loadId),
  );
  // Others may be loaded by another attempt meanwhile: each is claimed before it is touched.
  const left = [...done.keys()].filter((chunk) => !loaded.has(chunk));
  const next = left.values();
  const workOf = (chunk: number): Work => ({
    signal: work.signal,
    progress: (progress) => {
      done[chunk] = progress.done;
      const rows = done.reduce((sum, each) => sum + each, 0);
      work.progress({ done: rows, total: plan.rows, unit: 'rows' });
    },
  });
  const lanes = Math.min(left.length, request.parallel ?? limits.lanes, limits.lanes);
  const ended = await Promise.allSettled(
    Array.from({ length: lanes }, () => transferChunks(request, next, workOf)),
  );
  const failed = ended.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return plan;
}
