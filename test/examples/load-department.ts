import { basename, resolve } from 'node:path';
import { type Coverage, measureCoverage } from '../../dataplane/coverage.ts';
import { takeIn } from '../../dataplane/intake.ts';
import { compileMapping } from '../../dataplane/mapping/compile-mapping.ts';
import { planChunks } from '../../dataplane/plan-chunks.ts';
import { transferChunk } from '../../dataplane/transfer.ts';
import type { DataPlaneUrls } from '../../dataplane/urls.ts';
import type { Work } from '../../dataplane/work.ts';
import type { Manifest } from '../../domain/manifest.ts';

const WORK: Work = { signal: new AbortController().signal, progress: () => undefined };

/**
 * Brings a department to the platform by the data plane alone, without an engine: files in, mapping compiled, every chunk.
 * @param folder of the manifest
 * @returns what the mapping covers
 */
export async function loadDepartment(
  manifest: Manifest,
  folder: string,
  urls: DataPlaneUrls,
): Promise<Coverage> {
  await takeInFiles(manifest, folder, urls.staging);
  const mapping = await compileMapping({ manifest, urls }, WORK);
  for (const dataset of mapping.datasets) {
    const request = { dataset, urls, loadId: '1', mappingHash: mapping.hash };
    const plan = await planChunks(request, WORK);
    for (let chunk = 0; chunk < plan.chunks; chunk += 1) {
      await transferChunk({ ...request, chunk }, WORK);
    }
  }
  return measureCoverage({ manifest, urls }, WORK);
}

async function takeInFiles(manifest: Manifest, folder: string, stagingUrl: string): Promise<void> {
  const department = manifest.department.id;
  for (const [sourceId, source] of Object.entries(manifest.sources)) {
    if (source.kind !== 'files') continue;
    for (const [fileId, { paths, ...format }] of Object.entries(source.files)) {
      const files = paths.map((path) => ({ path: resolve(folder, path), name: basename(path) }));
      await takeIn({ stagingUrl, department, sourceId, fileId, files, format }, WORK);
    }
  }
}
