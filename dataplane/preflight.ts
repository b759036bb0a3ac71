import type pg from 'pg';
import type { Manifest } from '../domain/manifest.ts';
import { withConnection } from './connections.ts';
import { type CompiledMapping, tryCompileMapping } from './mapping/compile-mapping.ts';
import { quoteIdentifier } from './quote.ts';
import { PLATFORM } from './target-places.ts';
import { DEPARTMENT, type TargetForeignKey, type TargetTable, tableName } from './target-table.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

/** Something that would make a load fail, or make it wrong. */
export interface PreflightProblem {
  readonly check: 'mapping' | 'drift' | 'privilege' | 'foreign-rows' | 'reference-data' | 'tenant';
  /** A dataset, or a table of the platform. */
  readonly subject: string;
  readonly message: string;
}

/** What the mapping was approved against. */
export interface Approved {
  readonly hash: string;
  readonly fingerprints: CompiledMapping['fingerprints'];
}

/**
 * Looks at the platform before a load: the mapping still fits and nothing has drifted since it was approved, every
 * privilege is there, reference data are there, nobody else put rows of this department on the platform, and it does
 * not serve the department yet.
 * @returns all problems at once; none when the load may begin
 * @throws SlipwayError when a database cannot be reached
 */
export async function preflightTarget(
  { manifest, urls, approved }: { manifest: Manifest; urls: DataPlaneUrls; approved: Approved },
  work: Work,
): Promise<{ readonly problems: readonly PreflightProblem[]; readonly tables: readonly string[] }> {
  const mapping = await tryCompileMapping(manifest, urls, work);
  if ('problems' in mapping) {
    const problems = mapping.problems.map(({ path, message }) => ({
      check: 'mapping' as const,
      subject: path.join('.'),
      message,
    }));
    return { problems, tables: [] };
  }
  const tables = new Map(mapping.datasets.map(({ target }) => [tableName(target), target]));
  const problems = driftOf(mapping, approved);
  await withConnection(urls.target, 'target', work.signal, async (target) => {
    problems.push(...(await privilegeProblems(target, [...tables.keys()])));
    // Without the privileges the other questions cannot be asked.
    if (problems.some(({ check }) => check === 'privilege')) return;
    problems.push(...(await tenantProblems(target, manifest.department.id)));
    for (const table of tables.values()) {
      problems.push(...(await foreignRows(target, manifest.department.id, table)));
      work.progress({ done: 1, unit: 'tables' });
    }
    problems.push(...(await missingReferences(target, mapping)));
  });
  return { problems, tables: [...tables.keys()] };
}

function driftOf(mapping: CompiledMapping, approved: Approved): PreflightProblem[] {
  const problems: PreflightProblem[] = [];
  for (const [dataset, now] of Object.entries(mapping.fingerprints)) {
    const then = approved.fingerprints[dataset];
    for (const side of ['source', 'target'] as const) {
      if (then?.[side] === now[side]) continue;
      const what = side === 'source' ? 'the columns of its source' : 'its table on the platform';
      const message = `${what} changed since the mapping was approved`;
      problems.push({ check: 'drift', subject: dataset, message });
    }
  }
  if (problems.length === 0 && mapping.hash !== approved.hash) {
    problems.push({
      check: 'drift',
      subject: 'mapping',
      message: 'the mapping is not the one that was approved',
    });
  }
  return problems;
}

async function privilegeProblems(
  target: pg.Client,
  tables: readonly string[],
): Promise<PreflightProblem[]> {
  const ours = [PLATFORM.plan, PLATFORM.ledger, PLATFORM.quarantine, PLATFORM.loadedElsewhere];
  const { rows } = await target.query<{ subject: string; privilege: string }>(
    `select t.name as subject, p.name as privilege
     from unnest($1::text[]) t(name), unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p(name)
     where not has_table_privilege(t.name, p.name)
     union all select current_database(), 'TEMPORARY' where not has_database_privilege(current_database(), 'TEMPORARY')`,
    [[...tables, ...ours, 'platform.tenant']],
  );
  return rows.map(({ subject, privilege }) => ({
    check: 'privilege',
    subject,
    message: `the account of Slipway lacks ${privilege} on it`,
  }));
}

async function tenantProblems(target: pg.Client, department: string): Promise<PreflightProblem[]> {
  const { rowCount } = await target.query(
    "select from platform.tenant where department = $1 and status = 'live'",
    [department],
  );
  return rowCount === 0
    ? []
    : [{ check: 'tenant', subject: department, message: 'the platform serves it already' }];
}

/** Rows of the department that no load in force has brought. */
async function foreignRows(
  target: pg.Client,
  department: string,
  table: TargetTable,
): Promise<PreflightProblem[]> {
  const { rows } = await target.query<{ there: string; ours: string }>(
    `select (select count(*) from ${PLATFORM.table(table)} where ${quoteIdentifier(DEPARTMENT)} = $1) as there,
       (select coalesce(sum(rows_loaded), 0) from ${PLATFORM.ledger}
        where department = $1 and target_table = $2 and superseded_at is null) as ours`,
    [department, tableName(table)],
  );
  const there = Number(rows[0]?.there);
  const ours = Number(rows[0]?.ours);
  if (there === ours) return [];
  const message = `it holds ${there} rows of ${department}, of which Slipway loaded ${ours}`;
  return [{ check: 'foreign-rows', subject: tableName(table), message }];
}

/** Tables that mapped columns refer to, that nobody loads here, and that are empty. */
async function missingReferences(
  target: pg.Client,
  mapping: CompiledMapping,
): Promise<PreflightProblem[]> {
  const loaded = new Set(mapping.datasets.map((dataset) => tableName(dataset.target)));
  const problems = new Map<string, PreflightProblem>();
  for (const { id, department, target: table, fields } of mapping.datasets) {
    const mapped = new Set(fields.map(({ name }) => name));
    const isNeeded = (key: TargetForeignKey): boolean =>
      !loaded.has(tableName(key)) && key.columns.every((column) => mapped.has(column));
    for (const key of table.foreignKeys.filter(isNeeded)) {
      const own = key.targetColumns.includes(DEPARTMENT);
      const { rowCount } = await target.query(
        `select from ${PLATFORM.table(key)} where ${own ? `${quoteIdentifier(DEPARTMENT)} = $1` : '$1::text is not null'} limit 1`,
        [department],
      );
      if (rowCount !== 0) continue;
      const message = `${id} refers to it, and it is empty: nothing in the manifest loads it`;
      problems.set(tableName(key), { check: 'reference-data', subject: tableName(key), message });
    }
  }
  return [...problems.values()];
}
