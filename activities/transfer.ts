import { loadState } from '../dataplane/ledger.ts';
import { quarantineSummary } from '../dataplane/quarantine.ts';
import { transferDataset as transfer } from '../dataplane/transfer-dataset.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { LoadInput } from '../domain/step-inputs.ts';
import { frozenMapping, loadId } from './compiled-mapping.ts';
import type { StepBody } from './step-activity.ts';

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
  const { limits } = manifest.policy;
  const { chunkRows, parallel } = input;
  await transfer({ ...load, limits, chunkRows, parallel }, work);
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
