import { SlipwayError } from '../../domain/errors.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { withConnection } from '../connections.ts';
import { columnTypes } from '../profile/table-columns.ts';
import { placeOf, type Relation, relationOf } from '../relation.ts';
import { findTargetTable, type TargetTable } from '../target-table.ts';
import type { DataPlaneUrls } from '../urls.ts';
import type { Work } from '../work.ts';
import type { DatasetPlace } from './compile.ts';
import type { MappingProblem } from './compile-expression.ts';
import type { JoinedPlace } from './rows/add-join.ts';
import type { RowSources } from './rows/make-rows.ts';
import { didYouMean } from './suggest.ts';

/**
 * Reads the source columns and the platform's table of every dataset from the catalogues.
 * @returns places by dataset; a dataset whose source or target is not there has a problem instead
 * @throws SlipwayError when a database cannot be reached or read
 */
export async function readPlaces(
  manifest: Manifest,
  urls: DataPlaneUrls,
  work: Work,
): Promise<{ places: ReadonlyMap<string, DatasetPlace>; problems: MappingProblem[] }> {
  const problems: MappingProblem[] = [];
  const targets = await readTargets(manifest, urls, work, problems);
  const places = new Map<string, DatasetPlace>();
  for (const [index, dataset] of manifest.datasets.entries()) {
    const source = await readRowSources(manifest, index, urls, work, problems);
    const target = targets.get(dataset.target);
    if (source !== undefined && target !== undefined) places.set(dataset.id, { ...source, target });
    work.progress({ done: index + 1, total: manifest.datasets.length, unit: 'tables' });
  }
  return { places, problems };
}

/**
 * Reads the columns of a dataset's table and of the tables it joins.
 * @param index of the dataset in the manifest
 * @param problems gets the tables that are not there
 * @returns undefined when one is not
 */
export async function readRowSources(
  manifest: Manifest,
  index: number,
  urls: DataPlaneUrls,
  work: Work,
  problems: MappingProblem[],
): Promise<RowSources | undefined> {
  const dataset = manifest.datasets[index];
  if (dataset === undefined) return undefined;
  const path = ['datasets', index];
  const own = await foundOrProblem(problems, [...path, 'from'], async () => {
    const relation = relationOf(manifest, dataset, urls);
    return { relation, sourceColumns: await columnsOf(relation, work) };
  });
  const joined = new Map<string, JoinedPlace>();
  for (const [name, { from }] of Object.entries(dataset.joins ?? {})) {
    const place = await foundOrProblem(problems, [...path, 'joins', name, 'from'], async () => {
      const relation = placeOf(manifest, { source: dataset.source, from }, urls);
      return { relation, columns: await columnsOf(relation, work) };
    });
    if (place === undefined) return undefined;
    joined.set(name, place);
  }
  return own === undefined ? undefined : { ...own, joined };
}

async function columnsOf(relation: Relation, work: Work): Promise<ReadonlyMap<string, string>> {
  return withConnection(relation.url, relation.side, work.signal, (client) =>
    columnTypes(client, relation),
  );
}

async function foundOrProblem<T>(
  problems: MappingProblem[],
  path: MappingProblem['path'],
  find: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.code !== 'source/not-found') throw error;
    problems.push({ path, message: error.message });
    return undefined;
  }
}

async function readTargets(
  manifest: Manifest,
  urls: DataPlaneUrls,
  work: Work,
  problems: MappingProblem[],
): Promise<ReadonlyMap<string, TargetTable>> {
  return withConnection(urls.target, 'target', work.signal, async (client) => {
    const targets = new Map<string, TargetTable>();
    const { rows } = await client.query<{ name: string }>(
      `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p') and n.nspname !~ '^(pg_|information_schema|slipway)'`,
    );
    const names = rows.map((row) => row.name);
    for (const [index, { target: name }] of manifest.datasets.entries()) {
      const target = targets.get(name) ?? (await findTargetTable(client, name));
      if (target !== undefined) {
        targets.set(name, target);
        continue;
      }
      const message = `the platform has no table ${name}${didYouMean(name, names)}`;
      problems.push({ path: ['datasets', index, 'target'], message });
    }
    return targets;
  });
}
