import type { Dataset, Manifest } from '../domain/manifest.ts';
import { columnsUsed, columnsUsedIn } from '../domain/mapping/columns-used.ts';
import { mandatoryColumns, type DatasetPlace } from './mapping/compile.ts';
import type { MappingProblem } from './mapping/compile-expression.ts';
import { invalidMapping } from './mapping/compile-mapping.ts';
import { readPlaces } from './mapping/read-places.ts';
import { didYouMean } from './mapping/suggest.ts';
import { TECHNICAL_COLUMNS } from './staged-table.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

/** How much of a set is accounted for. `share` is 1 for an empty set. */
export interface Covered {
  readonly total: number;
  readonly covered: number;
  readonly share: number;
  readonly missing: readonly string[];
}

export interface Coverage {
  readonly datasets: readonly {
    readonly dataset: string;
    /** Mandatory columns of its table, by name. */
    readonly target: Covered;
    /** Columns of its source: mapped or dropped here or by another dataset that reads the same source. */
    readonly source: Covered;
  }[];
  /** Mandatory columns of all datasets, as `dataset.column`. */
  readonly target: Covered;
  /** Columns of all sources, each source once, as `source.from.column`. */
  readonly source: Covered;
}

/**
 * Measures what a mapping covers: every mandatory column of the platform has to be mapped, and every source column
 * mapped or dropped with a reason.
 * @throws SlipwayError `mapping/invalid` when sources or tables are not there, or `drop` names unknown or mapped
 *   columns
 */
export async function measureCoverage(
  { manifest, urls }: { manifest: Manifest; urls: DataPlaneUrls },
  work: Work,
): Promise<Coverage> {
  const { places, problems } = await readPlaces(manifest, urls, work);
  for (const [index, dataset] of manifest.datasets.entries()) {
    const place = places.get(dataset.id);
    if (place !== undefined) problems.push(...dropProblems(dataset, index, place));
  }
  if (problems.length > 0) throw invalidMapping(problems);
  return coverageOf(manifest, places);
}

function coverageOf(manifest: Manifest, places: ReadonlyMap<string, DatasetPlace>): Coverage {
  const accounted = accountedFor(manifest);
  const sources = new Map<string, { all: Set<string>; known: ReadonlySet<string> }>();
  const datasets = manifest.datasets.map((dataset) => {
    const place = places.get(dataset.id);
    const mandatory = place === undefined ? [] : mandatoryColumns(place.target);
    const columns = sourceFields(place);
    const known = accounted.get(placeName(dataset)) ?? new Set<string>();
    sources.set(placeName(dataset), { all: new Set(columns), known });
    return {
      dataset: dataset.id,
      target: covered(mandatory, (name) => dataset.fields[name] !== undefined),
      source: covered(columns, (name) => known.has(name)),
    };
  });
  const mandatory = datasets.map(({ dataset, target }) => prefixed(dataset, target));
  const fields = [...sources].map(([name, { all, known }]) =>
    prefixed(
      name,
      covered([...all], (column) => known.has(column)),
    ),
  );
  return { datasets, target: together(mandatory), source: together(fields) };
}

function covered(names: readonly string[], isCovered: (name: string) => boolean): Covered {
  const missing = names.filter((name) => !isCovered(name));
  return counted(names.length, missing);
}

function counted(total: number, missing: readonly string[]): Covered {
  const found = total - missing.length;
  return { total, covered: found, share: total === 0 ? 1 : found / total, missing };
}

function prefixed(prefix: string, part: Covered): Covered {
  return { ...part, missing: part.missing.map((name) => `${prefix}.${name}`) };
}

function together(parts: readonly Covered[]): Covered {
  return counted(
    parts.reduce((sum, part) => sum + part.total, 0),
    parts.flatMap((part) => part.missing),
  );
}

function placeName({ source, from }: Dataset): string {
  return `${source}.${from}`;
}

function sourceFields(place: DatasetPlace | undefined): string[] {
  if (place === undefined) return [];
  const names = [...place.sourceColumns.keys()];
  return place.relation.staged ? names.filter((name) => !TECHNICAL_COLUMNS.includes(name)) : names;
}

/** Per place, the columns that some dataset maps, decides by or drops. */
function accountedFor(manifest: Manifest): Map<string, Set<string>> {
  const accounted = new Map<string, Set<string>>();
  for (const dataset of manifest.datasets) {
    const name = placeName(dataset);
    const columns = [...usedBy(dataset), ...Object.keys(dataset.drop)];
    accounted.set(name, new Set([...(accounted.get(name) ?? []), ...columns]));
  }
  return accounted;
}

function usedBy(dataset: Dataset): string[] {
  return [
    ...Object.values(dataset.fields).flatMap((expression) => columnsUsed(expression)),
    ...dataset.exclude.flatMap(({ when }) => columnsUsedIn(when)),
    ...(dataset.key ?? []),
    ...(dataset.onePer ?? []),
  ];
}

function dropProblems(dataset: Dataset, index: number, place: DatasetPlace): MappingProblem[] {
  const mapped = new Set(Object.values(dataset.fields).flatMap((field) => columnsUsed(field)));
  return Object.keys(dataset.drop).flatMap((name) => {
    const path = ['datasets', index, 'drop', name];
    if (!place.sourceColumns.has(name)) {
      const hint = didYouMean(name, place.sourceColumns.keys());
      return [{ path, message: `there is no source column "${name}"${hint}` }];
    }
    return mapped.has(name) ? [{ path, message: `"${name}" is dropped and mapped` }] : [];
  });
}
