import { basename, resolve } from 'node:path';
import type pg from 'pg';
import { takeIn } from '../../dataplane/intake.ts';
import { compileDataset } from '../../dataplane/mapping/compile.ts';
import type { CompiledDataset } from '../../dataplane/mapping/compiled-dataset.ts';
import {
  mappedSql,
  rowKeySql,
  sourceRows,
  summarySql,
} from '../../dataplane/mapping/source-rows.ts';
import { tableColumns } from '../../dataplane/profile/table-columns.ts';
import { relationOf } from '../../dataplane/relation.ts';
import { readTargetTable } from '../../dataplane/target-table.ts';
import type { Manifest } from '../../domain/manifest.ts';

/** What became of the rows of a dataset. */
export interface Outcome {
  readonly read: number;
  readonly excluded: number;
  /** Rows that came to the platform; none when a row that should have been left out was not. */
  readonly loaded: number;
  /** The keys of the rows left out that the platform or the mapping refuses. */
  readonly refused: readonly string[];
  /** The sums of the control totals over the loaded rows. */
  readonly totals: Readonly<Record<string, string>>;
}

/** Takes every file source of a manifest into a database. */
export async function takeInFiles(manifest: Manifest, folder: string, url: string): Promise<void> {
  const work = { signal: new AbortController().signal, progress: () => undefined };
  for (const [sourceId, source] of Object.entries(manifest.sources)) {
    if (source.kind !== 'files') continue;
    for (const [fileId, file] of Object.entries(source.files)) {
      const files = file.paths.map((path) => ({
        path: resolve(folder, path),
        name: basename(path),
      }));
      const { encoding, delimiter } = file;
      const department = manifest.department.id;
      await takeIn(
        { stagingUrl: url, department, sourceId, fileId, files, encoding, delimiter },
        work,
      );
    }
  }
}

/**
 * Loads a dataset by its compiled mapping, where source and platform share a database: all rows but those of the given
 * keys in one statement, and then tries each of those by itself.
 * @param broken keys as people see them: `file:line`, or the key column
 */
export async function loadAllBut(
  client: pg.Client,
  manifest: Manifest,
  datasetId: string,
  url: string,
  broken: readonly string[],
): Promise<Outcome> {
  const compiled = await compiledOf(client, manifest, datasetId, url);
  const ids = await rowIds(client, compiled);
  const rows = broken.map((key) => ids.get(key) ?? '');
  const selection = { leftOut: rows };
  const { schema, table } = compiled.target;
  const columns = compiled.fields.map((field) => `"${field.name}"`).join(', ');
  const insert = `insert into ${schema}.${table} (${columns}) ${mappedSql(compiled, selection)}`;
  const inserted = await client.query(insert);
  const summary = await client.query<{ read: string; excluded: string[]; totals: string[] }>(
    summarySql(compiled, selection),
  );
  const refused: string[] = [];
  for (const [index, row] of rows.entries()) {
    const mapped = `${mappedSql(compiled)} and ${rowKeySql(compiled)} = $1`;
    await client.query('savepoint attempt');
    try {
      await client.query(`insert into ${schema}.${table} (${columns}) ${mapped}`, [row]);
    } catch {
      refused.push(broken[index] ?? '');
    }
    await client.query('rollback to savepoint attempt');
  }
  const counts = summary.rows[0];
  return {
    read: Number(counts?.read),
    excluded: (counts?.excluded ?? []).reduce((sum, reason) => sum + Number(reason), 0),
    loaded: inserted.rowCount ?? 0,
    refused,
    totals: Object.fromEntries(
      compiled.totals.map((name, index) => [name, Number(counts?.totals[index]).toFixed(2)]),
    ),
  };
}

/** Key as people see it to the key by which the data plane tells rows apart. */
async function rowIds(client: pg.Client, compiled: CompiledDataset): Promise<Map<string, string>> {
  const { rows } = await client.query<{ id: string; key: string }>(
    `select ${rowKeySql(compiled)} as id, ${compiled.relation.keyText('s')} as key from ${compiled.relation.sql} s`,
  );
  return new Map(rows.map(({ id, key }) => [key, id]));
}

async function compiledOf(
  client: pg.Client,
  manifest: Manifest,
  datasetId: string,
  url: string,
): Promise<CompiledDataset> {
  const dataset = manifest.datasets.find((each) => each.id === datasetId);
  if (dataset === undefined) throw new Error(`no such dataset: ${datasetId}`);
  const sources = Object.fromEntries(Object.keys(manifest.sources).map((name) => [name, url]));
  const relation = relationOf(manifest, dataset, { sources, staging: url, target: url });
  const columns = await tableColumns(client, relation);
  const added = relation.staged ? [['_row', 'bigint'] as const] : [];
  const outcome = compileDataset(manifest, dataset, {
    relation,
    sourceColumns: new Map([...columns.map(({ name, type }) => [name, type] as const), ...added]),
    target: await readTargetTable(client, dataset.target),
  });
  if ('problems' in outcome) throw new Error(JSON.stringify(outcome.problems, null, 2));
  return outcome.compiled;
}
