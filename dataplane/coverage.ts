import type { Dataset, Manifest } from '../domain/manifest.ts';
import { columnsUsed, columnsUsedIn } from '../domain/mapping/columns-used.ts';
import type { Join } from '../domain/row-shape.ts';
import { mandatoryColumns, type DatasetPlace } from './mapping/compile.ts';
import type { MappingProblem } from './mapping/compile-expression.ts';
import { invalidMapping } from './mapping/compile-mapping.ts';
import { readPlaces } from './mapping/read-places.ts';
import { columnsUsedBy } from './mapping/rows/make-rows.ts';
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
    /** Columns of its table and of those it joins: mapped or dropped here or by another dataset that reads the same. */
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
  const tables = new Map<string, readonly string[]>();
  const datasets = manifest.datasets.map((dataset) => {
    const place = places.get(dataset.id);
    const mandatory = place === undefined ? [] : mandatoryColumns(place.target);
    const read = place === undefined ? [] : tablesOf(dataset, place);
    for (const { name, columns } of read) tables.set(name, columns);
    const parts = read.map(({ name, columns }, index) => {
      const part = coveredBy(accounted, name, columns);
      return index === 0 ? part : prefixed(name, part);
    });
    return {
      dataset: dataset.id,
      target: covered(mandatory, (name) => dataset.fields[name] !== undefined),
      source: together(parts),
    };
  });
  const mandatory = datasets.map(({ dataset, target }) => prefixed(dataset, target));
  const fields = [...tables].map(([name, columns]) =>
    prefixed(name, coveredBy(accounted, name, columns)),
  );
  return { datasets, target: together(mandatory), source: together(fields) };
}

function coveredBy(
  accounted: ReadonlyMap<string, ReadonlySet<string>>,
  table: string,
  columns: readonly string[],
): Covered {
  return covered(columns, (name) => accounted.get(table)?.has(name) === true);
}

/** The tables that a dataset reads with their columns: its own, then those it joins. */
function tablesOf(
  dataset: Dataset,
  place: DatasetPlace,
): { name: string; columns: readonly string[] }[] {
  const own = {
    name: placeName(dataset),
    columns: fieldsOf(place.relation.staged, place.sourceColumns),
  };
  const joined = Object.entries(dataset.joins ?? {}).map(([name, { from }]) => {
    const { relation, columns } = place.joined.get(name) ?? {};
    return {
      name: `${dataset.source}.${from}`,
      columns: columns === undefined ? [] : fieldsOf(relation?.staged === true, columns),
    };
  });
  const others = new Map(joined.map((table) => [table.name, table]));
  others.delete(own.name);
  return [own, ...others.values()];
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

function fieldsOf(isStaged: boolean, columns: ReadonlyMap<string, string>): string[] {
  const names = [...columns.keys()];
  return isStaged ? names.filter((name) => !TECHNICAL_COLUMNS.includes(name)) : names;
}

/** Per table, the columns that some dataset maps, decides by or drops. */
function accountedFor(manifest: Manifest): Map<string, Set<string>> {
  const accounted = new Map<string, Set<string>>();
  const add = (table: string, columns: readonly string[]): void => {
    accounted.set(table, new Set([...(accounted.get(table) ?? []), ...columns]));
  };
  for (const dataset of manifest.datasets) {
    const used = usedBy(dataset);
    add(placeName(dataset), [...used, ...Object.keys(dataset.drop)]);
    for (const [name, join] of Object.entries(dataset.joins ?? {})) {
      const theirs = used
        .filter((column) => column.startsWith(`${name}.`))
        .map((column) => column.slice(name.length + 1));
      add(`${dataset.source}.${join.from}`, [
        ...(join.values === undefined ? theirs : []),
        ...usedByJoin(join),
        ...Object.keys(join.drop),
      ]);
    }
  }
  return accounted;
}

/** The columns of its source row that a dataset maps, decides by or tells rows apart by. */
export function usedBy(dataset: Dataset): string[] {
  return [...columnsUsedBy(dataset)];
}

/** The columns of the other table by which a join finds, chooses or adds up. */
function usedByJoin({ on, where, order, values = {} }: Join): string[] {
  const figures = Object.values(values).flatMap((figure) =>
    'count' in figure ? [] : Object.values(figure),
  );
  const expressions = [...on.map(({ theirs }) => theirs), ...order, ...figures];
  return [
    ...expressions.flatMap((expression) => columnsUsed(expression)),
    ...(where === undefined ? [] : columnsUsedIn(where)),
  ];
}

function dropProblems(dataset: Dataset, index: number, place: DatasetPlace): MappingProblem[] {
  const mapped = new Set(Object.values(dataset.fields).flatMap((field) => columnsUsed(field)));
  const path = ['datasets', index];
  const own = Object.keys(dataset.drop).map((name) => ({
    name,
    read: name,
    path,
    of: place.sourceColumns,
  }));
  const joined = Object.entries(dataset.joins ?? {}).flatMap(([join, { drop }]) =>
    Object.keys(drop).map((name) => ({
      name,
      read: `${join}.${name}`,
      path: [...path, 'joins', join],
      of: place.joined.get(join)?.columns ?? new Map<string, string>(),
    })),
  );
  return [...own, ...joined].flatMap(({ name, read, path: at, of }) => {
    const where = [...at, 'drop', name];
    if (!of.has(name)) {
      const hint = didYouMean(name, of.keys());
      return [{ path: where, message: `there is no source column "${name}"${hint}` }];
    }
    return mapped.has(read) ? [{ path: where, message: `"${read}" is dropped and mapped` }] : [];
  });
}
