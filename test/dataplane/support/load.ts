import { compileMapping } from '../../../dataplane/mapping/compile-mapping.ts';
import { planChunks } from '../../../dataplane/plan-chunks.ts';
import { type TransferredChunk, transferChunk } from '../../../dataplane/transfer.ts';
import type { DataPlaneUrls } from '../../../dataplane/urls.ts';
import type { Work } from '../../../dataplane/work.ts';
import type { Manifest } from '../../../domain/manifest.ts';
import { freeWork } from '../../support/work.ts';

/** Plans and loads every dataset of a manifest, or only one. */
export async function loadManifest(
  manifest: Manifest,
  urls: DataPlaneUrls,
  loadId: string,
  options: { only?: string; work?: Work } = {},
): Promise<TransferredChunk[]> {
  const work = options.work ?? freeWork();
  const mapping = await compileMapping({ manifest, urls }, work);
  const chunks: TransferredChunk[] = [];
  for (const dataset of mapping.datasets) {
    if (options.only !== undefined && dataset.id !== options.only) continue;
    const common = { dataset, urls, loadId, mappingHash: mapping.hash };
    const plan = await planChunks(common, work);
    for (let chunk = 0; chunk < plan.chunks; chunk += 1) {
      chunks.push(await transferChunk({ ...common, chunk }, work));
    }
  }
  return chunks;
}
