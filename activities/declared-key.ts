import type { Manifest } from '../domain/manifest.ts';

/** The key that a dataset declares for a table, where one does. */
export function declaredKey(
  manifest: Manifest,
  source: string,
  from: string,
): readonly string[] | undefined {
  return manifest.datasets.find(
    (dataset) => dataset.source === source && dataset.from === from && dataset.key !== undefined,
  )?.key;
}
