import { loadState } from '../dataplane/ledger.ts';
import { planChunks } from '../dataplane/plan-chunks.ts';
import { quarantineSummary } from '../dataplane/quarantine.ts';
import { transferChunks } from '../dataplane/transfer.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { LoadInput } from '../domain/step-inputs.ts';
import { frozenMapping, loadId } from './compiled-mapping.ts';
import type { StepBody } from './step-activity.ts';

/** Chunks of one dataset at the same time: one reads while the other writes, and the legacy system is spared. */
const PARALLEL_CHUNKS = 2;

/**
 * Loads a dataset chunk by chunk. What the ledger has is not loaded again, so a repeat after a failure or a lost worker
 * goes on where it was.
 */
export const transferDataset: StepBody = async (context) => {
  const { run, item, manifest, urls, work } = context;
  const input = run.input as LoadInput;
  const mapping = await frozenMapping(context);
  const dataset = mapping.datasets.find((each) => each.id === item);
  if (dataset === undefined)
    throw new SlipwayError('internal/unexpected', `${item} was not compiled`);
  const places = await urls();
  const load = { dataset, urls: places, loadId: loadId(context), mappingHash: mapping.hash };
  const started = Date.now();
  const plan = await planChunks(
    { ...load, ...(input.chunkRows === undefined ? {} : { chunkRows: input.chunkRows }) },
    work,
  );
  const done = Array.from({ length: plan.chunks }, () => 0);
  const next = Array.from({ length: plan.chunks }, (_, chunk) => chunk).values();
  const lane = (): Promise<unknown> =>
    transferChunks(load, next, (chunk) => ({
      signal: work.signal,
      progress: (progress) => {
        done[chunk] = progress.done;
        work.progress({
          done: done.reduce((sum, rows) => sum + rows, 0),
          total: plan.rows,
          unit: 'rows',
        });
      },
    }));
  const lanes = Array.from(
    { length: Math.min(plan.chunks, input.parallel ?? PARALLEL_CHUNKS) },
    lane,
  );
  // All lanes come to rest before the step fails: nothing may still be writing when it is tried again.
  const failed = (await Promise.allSettled(lanes)).find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const states = await loadState(
    { urls: places, department: manifest.department.id, loadId: load.loadId },
    work,
  );
  const state = states.find((each) => each.dataset === item);
  if (state === undefined)
    throw new SlipwayError('data/chunk-failed', `the ledger knows nothing of ${item}`);
  const seconds = Math.max(0.001, (Date.now() - started) / 1000);
  const { read, loaded, quarantined, excluded, chunks, excludedBy, totals } = state;
  const output: JsonObject = {
    read,
    loaded,
    quarantined,
    excluded,
    chunks,
    excludedBy,
    totals,
    mapping: mapping.hash,
    rowsPerSecond: Math.round(read / seconds),
  };
  const about = {
    urls: places,
    department: manifest.department.id,
    loadId: load.loadId,
    dataset: item,
  };
  const rules = await quarantineSummary(about, work);
  return {
    output,
    evidence: [
      {
        kind: 'quarantine-by-rule',
        content: { dataset: item, load: load.loadId, rules } as unknown as Json,
      },
    ],
  };
};
