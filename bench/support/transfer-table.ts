import { compileMapping } from '../../dataplane/mapping/compile-mapping.ts';
import { planChunks } from '../../dataplane/plan-chunks.ts';
import { transferChunks } from '../../dataplane/transfer.ts';
import type { Work } from '../../dataplane/work.ts';
import { type LegacyTable, type TransferScene, transferManifest } from './transfer-scene.ts';

/** As the transfer step does. */
const LANES = 2;

const FREE: Work = { signal: new AbortController().signal, progress: () => undefined };

/** Compiles, plans and loads a legacy table as the transfer step does; goes on where a load before it was stopped. */
export async function load(
  { urls }: TransferScene,
  table: LegacyTable,
  style: 'coded' | 'plain' = 'coded',
  work: Work = FREE,
): Promise<void> {
  const mapping = await compileMapping({ manifest: transferManifest(table, style), urls }, work);
  const [dataset] = mapping.datasets;
  if (dataset === undefined) throw new Error('nothing to load');
  const request = { dataset, urls, loadId: 'bench', mappingHash: mapping.hash };
  const plan = await planChunks(request, work);
  const chunks = Array.from({ length: plan.chunks }, (_, chunk) => chunk).values();
  const lane = () => transferChunks(request, chunks, () => work);
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
  const failed = lanes.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
