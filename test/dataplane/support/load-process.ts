/*
 * Loads one dataset, as a process that can be killed. Started by `killed-chunk.test.ts`; its argument is a JSON object
 * with the manifest, the URLs and the size of chunks.
 */
import { compileMapping } from '../../../dataplane/mapping/compile-mapping.ts';
import { transferDataset } from '../../../dataplane/transfer-dataset.ts';
import type { DataPlaneUrls } from '../../../dataplane/urls.ts';
import { manifestSchema } from '../../../domain/manifest.ts';

/** What the process is told. */
export interface LoadOrder {
  readonly manifest: object;
  readonly dataset: string;
  readonly urls: DataPlaneUrls;
  readonly loadId: string;
  readonly chunkRows: number;
}

/** Loads what is ordered, one chunk at a time. */
export async function loadOrdered(order: LoadOrder): Promise<void> {
  const { urls, loadId, chunkRows } = order;
  const work = { signal: new AbortController().signal, progress: () => undefined };
  const manifest = manifestSchema.parse(order.manifest);
  const mapping = await compileMapping({ manifest, urls }, work);
  const dataset = mapping.datasets.find(({ id }) => id === order.dataset);
  if (dataset === undefined) throw new Error(`no dataset ${order.dataset}`);
  const limits = { ...manifest.policy.limits, lanes: 1 };
  const request = { dataset, urls, loadId, mappingHash: mapping.hash, chunkRows, limits };
  await transferDataset(request, work);
}

const [, , text] = process.argv;
if (import.meta.filename === process.argv[1] && text !== undefined) {
  await loadOrdered(JSON.parse(text) as LoadOrder);
}
