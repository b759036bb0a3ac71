import { createHash } from 'node:crypto';
import { SlipwayError } from '../../domain/errors.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { fingerprintOf, tableName } from '../target-table.ts';
import type { DataPlaneUrls } from '../urls.ts';
import type { Work } from '../work.ts';
import { compileDataset, mappingHash } from './compile.ts';
import type { MappingProblem } from './compile-expression.ts';
import type { CompiledDataset } from './compiled-dataset.ts';
import { type LoadStep, loadOrder, type TableReference } from './load-order.ts';
import { readPlaces } from './read-places.ts';

/** A department's mapping as SQL. */
export interface CompiledMapping {
  /** In the order in which they are loaded. */
  readonly datasets: readonly CompiledDataset[];
  readonly order: readonly LoadStep[];
  /** SHA-256 over all compiled SQL: the identity of the mapping. */
  readonly hash: string;
  /** Per dataset, SHA-256 over the columns of its source and over the platform's table, to notice drift. */
  readonly fingerprints: Readonly<Record<string, { source: string; target: string }>>;
}

/**
 * Compiles every dataset of a manifest against what source and platform look like now.
 * @param frozenHash the hash that was approved; another one is refused
 * @throws SlipwayError `mapping/invalid` with all problems in its details; `mapping/not-frozen`; or when a database
 *   cannot be reached
 */
export async function compileMapping(
  { manifest, urls, frozenHash }: { manifest: Manifest; urls: DataPlaneUrls; frozenHash?: string },
  work: Work,
): Promise<CompiledMapping> {
  const outcome = await tryCompileMapping(manifest, urls, work);
  if ('problems' in outcome) throw invalidMapping(outcome.problems);
  if (frozenHash !== undefined && frozenHash !== outcome.hash) {
    throw new SlipwayError(
      'mapping/not-frozen',
      `the mapping compiles to ${outcome.hash.slice(0, 12)}, approved was ${frozenHash.slice(0, 12)}: the manifest, the source or the platform has changed since`,
    );
  }
  return outcome;
}

/** As `compileMapping`, but gives the problems back. */
export async function tryCompileMapping(
  manifest: Manifest,
  urls: DataPlaneUrls,
  work: Work,
): Promise<CompiledMapping | { readonly problems: readonly MappingProblem[] }> {
  const { places, problems } = await readPlaces(manifest, urls, work);
  const compiled = new Map<string, CompiledDataset>();
  const references: TableReference[] = [];
  const fingerprints: Record<string, { source: string; target: string }> = {};
  for (const dataset of manifest.datasets) {
    const place = places.get(dataset.id);
    if (place === undefined) continue;
    const outcome = compileDataset(manifest, dataset, place);
    if ('problems' in outcome) problems.push(...outcome.problems);
    else compiled.set(dataset.id, outcome.compiled);
    fingerprints[dataset.id] = {
      source: sha256(JSON.stringify([...place.sourceColumns].toSorted(byName))),
      target: fingerprintOf(place.target),
    };
    for (const { schema, table } of place.target.foreignKeys) {
      references.push({ from: dataset.target, to: tableName({ schema, table }) });
    }
  }
  const order = orderOrProblem(manifest, references, problems);
  if (problems.length > 0) return { problems };
  const datasets = order.flatMap(({ dataset }) => compiled.get(dataset) ?? []);
  return { datasets, order, hash: mappingHash(datasets), fingerprints };
}

/** The error of a mapping that does not fit: the message has the first problems, the details all of them. */
export function invalidMapping(problems: readonly MappingProblem[]): SlipwayError {
  const shown = problems.slice(0, 3).map(({ path, message }) => `${path.join('.')}: ${message}`);
  const more = problems.length > shown.length ? `; and ${problems.length - shown.length} more` : '';
  return new SlipwayError('mapping/invalid', `${shown.join('; ')}${more}`, {
    details: { problems: problems.map(({ path, message }) => ({ path: path.join('.'), message })) },
  });
}

function orderOrProblem(
  manifest: Manifest,
  references: readonly TableReference[],
  problems: MappingProblem[],
): LoadStep[] {
  try {
    return loadOrder(manifest, references);
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    problems.push({ path: ['datasets'], message: error.message });
    return [];
  }
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
