import type { Manifest } from '../domain/manifest.ts';

/** The tables (or file entries) of a source that the manifest reads, joined ones and pay results included; each once. */
export function tablesOfSource(manifest: Manifest, source: string): string[] {
  const { datasets, parallelRun } = manifest;
  const ofDatasets = datasets
    .filter((dataset) => dataset.source === source)
    .flatMap(({ from, joins = {} }) => [from, ...Object.values(joins).map((join) => join.from)]);
  const sides = 'notApplicable' in parallelRun ? [] : [parallelRun.legacy, parallelRun.platform];
  const ofResults = sides
    .filter((side) => side.source === source)
    .flatMap((side) => [side.from, ...(side.control === undefined ? [] : [side.control.from])]);
  return [...new Set([...ofDatasets, ...ofResults])];
}
