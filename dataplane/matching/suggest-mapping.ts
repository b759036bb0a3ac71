import { columnsUsed } from '../../domain/mapping/columns-used.ts';
import {
  MATCH_THRESHOLD,
  matchSchemas,
  type SchemaMatch,
} from '../../domain/matching/match-schemas.ts';
import type { MatchTable, ScoredPair } from '../../domain/matching/schema.ts';
import { judgeColumn } from '../../domain/matching/judge-column.ts';
import type { ColumnSuggestions, Suggestions } from '../../domain/matching/suggestions.ts';
import type { Dataset, Manifest } from '../../domain/manifest.ts';
import { withConnection } from '../connections.ts';
import { usedBy } from '../coverage.ts';
import { mandatoryColumns } from '../mapping/compile.ts';
import { placeOf } from '../relation.ts';
import type { DataPlaneUrls } from '../urls.ts';
import type { Work } from '../work.ts';
import { type PlatformTable, readPlatformTables } from './platform-schema.ts';
import { readSourceTable, type SourcePlace } from './source-table.ts';
import { suggestCodes } from './suggest-codes.ts';

/** A table pair below this is not shown as a way to fill a table. */
const TABLE_THRESHOLD = 0.4;
const TOP = 3;

interface Scene {
  readonly manifest: Manifest;
  readonly sources: readonly { readonly place: SourcePlace; readonly table: MatchTable }[];
  readonly platform: readonly PlatformTable[];
  /** All sources against all tables of the platform. */
  readonly overall: SchemaMatch;
}

/**
 * Suggests which source tables, columns and codes mean which of the platform's, and says how the manifest stands to that. Reads
 * some rows of the sources, and of the platform its catalogue and its code tables. Reports tables.
 * @throws SlipwayError when a database cannot be reached or a source table is not there
 */
export async function suggestMapping(
  request: { manifest: Manifest; urls: DataPlaneUrls; places: readonly SourcePlace[] },
  work: Work,
): Promise<Omit<Suggestions, 'manifest'>> {
  const { manifest, urls, places } = request;
  const sources: Scene['sources'][number][] = [];
  for (const place of places) {
    const relation = placeOf(manifest, { ...place, key: keyOf(manifest, place) }, urls);
    sources.push({
      place,
      table: await readSourceTable(relation, nameOf(place), place.profile, work),
    });
    work.progress({ done: sources.length, total: places.length + 1, unit: 'tables' });
  }
  const platform = await withConnection(urls.target, 'target', work.signal, readPlatformTables);
  const overall = matchSchemas(
    sources.map(({ table }) => table),
    platform.map(({ match }) => match),
    { cardinality: 'per-table', top: TOP },
  );
  const scene: Scene = { manifest, sources, platform, overall };
  const columns = [
    ...manifest.datasets.flatMap((dataset) => ofDataset(scene, dataset)),
    ...ofTables(scene),
  ];
  const codes = await suggestCodes({ manifest, urls, platform, columns, places }, work);
  work.progress({ done: places.length + 1, total: places.length + 1, unit: 'tables' });
  return {
    threshold: MATCH_THRESHOLD,
    tables: platform.map(({ match }) => tableSuggestion(scene, match.name)),
    columns,
    unused: unusedColumns(scene),
    codes,
  };
}

/** A place as one name. Sources have no dots in theirs. */
function nameOf({ source, from }: { source: string; from: string }): string {
  return `${source}.${from}`;
}

function placeNamed(name: string): { source: string; from: string } {
  const dot = name.indexOf('.');
  return { source: name.slice(0, dot), from: name.slice(dot + 1) };
}

function keyOf(manifest: Manifest, place: SourcePlace): Dataset['key'] {
  return manifest.datasets.find(
    ({ source, from }) => source === place.source && from === place.from,
  )?.key;
}

/** The columns of a dataset's table, looked at with the dataset's own source: that the tables belong together is decided. */
function ofDataset(scene: Scene, dataset: Dataset): ColumnSuggestions[] {
  const source = scene.sources.find(({ place }) => nameOf(place) === nameOf(dataset));
  const target = scene.platform.find(({ match }) => match.name === dataset.target);
  if (source === undefined || target === undefined) return [];
  const found = matchSchemas([source.table], [target.match], { top: TOP });
  return found.targets.map(({ place, match }) => {
    const expression = dataset.fields[place.column];
    const mapped = expression === undefined ? null : columnsUsed(expression);
    const all = found.ranked
      .filter((pair) => pair.target.column === place.column)
      .toSorted((a, b) => b.score - a.score);
    return {
      ...described(target, place.column),
      dataset: dataset.id,
      mapped,
      state: judgeColumn(mapped, all, match),
      candidates: all.slice(0, TOP).map(candidateOf),
    };
  });
}

/** The columns of the tables that no dataset fills. */
function ofTables({ manifest, platform, overall }: Scene): ColumnSuggestions[] {
  const filled = new Set(manifest.datasets.map(({ target }) => target));
  return platform.flatMap((table) => {
    if (filled.has(table.match.name)) return [];
    const worth = overall.tables.some(
      ({ target, score }) => target === table.match.name && score >= TABLE_THRESHOLD,
    );
    return overall.targets
      .filter(({ place }) => place.table === table.match.name)
      .map(({ place, candidates, match }) => ({
        ...described(table, place.column),
        dataset: null,
        mapped: null,
        state: worth && match !== undefined ? ('suggested' as const) : ('no-match' as const),
        candidates: candidates.map(candidateOf),
      }));
  });
}

function described(
  { match, table }: PlatformTable,
  name: string,
): Pick<ColumnSuggestions, 'table' | 'column' | 'type' | 'mandatory'> {
  const column = table.columns.find((each) => each.name === name);
  return {
    table: match.name,
    column: name,
    type: column?.type ?? 'unknown',
    mandatory: mandatoryColumns(table).includes(name),
  };
}

function candidateOf(pair: ScoredPair): ColumnSuggestions['candidates'][number] {
  return {
    ...placeNamed(pair.source.table),
    column: pair.source.column,
    score: pair.score,
    why: reasonsOf(pair),
  };
}

/** Reasons with the little that weights need to be read. */
function reasonsOf({
  why,
}: Pick<ScoredPair, 'why'>): ColumnSuggestions['candidates'][number]['why'] {
  return why.map((reason) => ({ ...reason, weight: Math.round(reason.weight * 1000) / 1000 }));
}

function tableSuggestion(
  { manifest, overall }: Scene,
  name: string,
): Suggestions['tables'][number] {
  const datasets = manifest.datasets.filter(({ target }) => target === name).map(({ id }) => id);
  const candidates = overall.tables.filter(({ target }) => target === name).slice(0, TOP);
  const worth = (candidates[0]?.score ?? 0) >= TABLE_THRESHOLD;
  return {
    table: name,
    datasets,
    state: datasets.length > 0 ? 'mapped' : worth ? 'suggested' : 'no-match',
    candidates: candidates.map((pair) => ({
      ...placeNamed(pair.source),
      score: pair.score,
      why: reasonsOf(pair),
    })),
  };
}

/** Source columns that no dataset uses, with the columns of the platform they fit best and that are free. */
function unusedColumns({ manifest, overall }: Scene): Suggestions['unused'] {
  return overall.sources.flatMap(({ place }) => {
    const { source, from } = placeNamed(place.table);
    const datasets = manifest.datasets.filter((each) => nameOf(each) === place.table);
    if (datasets.length === 0 || datasets.some((each) => usedBy(each).includes(place.column)))
      return [];
    const taken = new Set(
      datasets.flatMap(({ target, fields }) =>
        Object.keys(fields).map((field) => `${target}.${field}`),
      ),
    );
    const candidates = overall.ranked
      .filter((pair) => pair.source.table === place.table && pair.source.column === place.column)
      .filter(({ target }) => !taken.has(`${target.table}.${target.column}`))
      .toSorted((a, b) => b.score - a.score)
      .slice(0, TOP);
    const fits = candidates.some((pair) => pair.score >= MATCH_THRESHOLD);
    return [
      {
        source,
        from,
        column: place.column,
        dropped:
          datasets.map(({ drop }) => drop[place.column]).find((reason) => reason !== undefined) ??
          null,
        state: fits ? ('suggested' as const) : ('no-match' as const),
        candidates: candidates.map((pair) => ({
          ...pair.target,
          score: pair.score,
          why: reasonsOf(pair),
        })),
      },
    ];
  });
}
