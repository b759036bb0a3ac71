import type { Manifest } from '../../domain/manifest.ts';
import { withConnection } from '../connections.ts';
import { keyProblem } from '../source-key.ts';
import { tableName } from '../target-table.ts';
import type { DataPlaneUrls } from '../urls.ts';
import type { Work } from '../work.ts';
import type { MappingProblem } from './compile-expression.ts';
import { type CompiledMapping, tryCompileMapping } from './compile-mapping.ts';
import { mappedSql, summarySql } from './source-rows.ts';

/** What the check of a mapping found. */
export interface MappingCheck {
  /** All at once, each with its place in the manifest; none when the mapping fits. */
  readonly problems: readonly MappingProblem[];
  /** Per dataset, its table on the platform and the number of its mapped columns; empty when there are problems. */
  readonly datasets: readonly {
    readonly dataset: string;
    readonly target: string;
    readonly fields: number;
  }[];
}

/**
 * Checks every mapping of a manifest against what source and platform look like now: tables and columns are there,
 * types fit, mandatory columns are covered, keys tell rows apart, patterns are valid, and the source accepts the SQL.
 * @throws SlipwayError when a database cannot be reached or read
 */
export async function checkMapping(
  { manifest, urls }: { manifest: Manifest; urls: DataPlaneUrls },
  work: Work,
): Promise<MappingCheck> {
  const outcome = await tryCompileMapping(manifest, urls, work);
  const patterns = await patternProblems(manifest, urls, work);
  if ('problems' in outcome) {
    return { problems: [...outcome.problems, ...patterns], datasets: [] };
  }
  const problems = [...patterns, ...(await sourceProblems(manifest, outcome, work))];
  const datasets = outcome.datasets.map(({ id, target, fields }) => ({
    dataset: id,
    target: tableName(target),
    fields: fields.length,
  }));
  return { problems, datasets: problems.length > 0 ? [] : datasets };
}

async function sourceProblems(
  manifest: Manifest,
  mapping: CompiledMapping,
  work: Work,
): Promise<MappingProblem[]> {
  const problems: MappingProblem[] = [];
  for (const dataset of mapping.datasets) {
    const { relation } = dataset;
    const index = manifest.datasets.findIndex(({ id }) => id === dataset.id);
    await withConnection(relation.url, relation.side, work.signal, async (client) => {
      const key = await keyProblem(client, relation, work);
      if (key !== undefined) problems.push({ path: ['datasets', index, 'key'], message: key });
      for (const sql of [mappedSql(dataset), summarySql(dataset)]) {
        const refused = await refusal(() => client.query(`explain ${sql}`));
        if (refused === undefined) continue;
        problems.push({ path: ['datasets', index, 'fields'], message: refused });
        break;
      }
    });
  }
  return problems;
}

/** What PostgreSQL has against a statement; undefined when nothing. */
async function refusal(run: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    // Classes 22 and 42: a bad constant, or a statement that makes no sense. All others are no fault of the mapping.
    const code = (error as { code?: unknown }).code;
    if (typeof code !== 'string' || !/^(22|42)/.test(code)) throw error;
    return `the source refuses the SQL of this mapping: ${(error as Error).message}`;
  }
}

/** An invalid pattern would fail every row of its dataset as if the data were bad. */
async function patternProblems(
  manifest: Manifest,
  urls: DataPlaneUrls,
  work: Work,
): Promise<MappingProblem[]> {
  const patterns = manifest.datasets.flatMap((dataset, index) =>
    patternsIn({ ...dataset }, ['datasets', index]),
  );
  if (patterns.length === 0) return [];
  return withConnection(urls.staging, 'staging', work.signal, async (client) => {
    const problems: MappingProblem[] = [];
    for (const { path, pattern } of patterns) {
      const refused = await refusal(() => client.query("select '' ~ $1", [pattern]));
      if (refused !== undefined) problems.push({ path, message: `not a regular expression` });
    }
    return problems;
  });
}

function patternsIn(
  value: unknown,
  path: MappingProblem['path'],
): { path: MappingProblem['path']; pattern: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) => {
    const place = [...path, Array.isArray(value) ? Number(name) : name];
    const isPattern = name === 'pattern' && path.at(-1) === 'matches';
    return isPattern && typeof member === 'string'
      ? [{ path: place, pattern: member }]
      : patternsIn(member, place);
  });
}
