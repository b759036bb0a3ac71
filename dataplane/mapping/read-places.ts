import { SlipwayError } from '../../domain/errors.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { withConnection } from '../connections.ts';
import { tableColumns } from '../profile/table-columns.ts';
import { type Relation, relationOf } from '../relation.ts';
import { findTargetTable, type TargetTable } from '../target-table.ts';
import type { DataPlaneUrls } from '../urls.ts';
import type { Work } from '../work.ts';
import type { DatasetPlace } from './compile.ts';
import type { MappingProblem } from './compile-expression.ts';
import { didYouMean } from './suggest.ts';

/** What intake adds to the columns of a file; expressions may use them. */
const STAGED_COLUMNS: readonly (readonly [string, string])[] = [
  ['_row', 'bigint'],
  ['_file', 'text'],
  ['_line', 'bigint'],
  ['_extra', 'text'],
];

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
    const source = await foundOrProblem(problems, ['datasets', index, 'from'], async () => {
      const relation = relationOf(manifest, dataset, urls);
      return { relation, sourceColumns: await columnsOf(relation, work) };
    });
    const target = targets.get(dataset.target);
    if (source !== undefined && target !== undefined) places.set(dataset.id, { ...source, target });
    work.progress({ done: index + 1, total: manifest.datasets.length, unit: 'tables' });
  }
  return { places, problems };
}

async function columnsOf(relation: Relation, work: Work): Promise<ReadonlyMap<string, string>> {
  const columns = await withConnection(relation.url, relation.side, work.signal, (client) =>
    tableColumns(client, relation),
  );
  const declared = columns.map(({ name, type }) => [name, type] as const);
  return new Map(relation.staged ? [...declared, ...STAGED_COLUMNS] : declared);
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
