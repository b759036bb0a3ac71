import type pg from 'pg';
import { withConnection } from './connections.ts';
import { rawColumns } from './isolate/temporary-tables.ts';
import { longQuery } from './long-query.ts';
import type { CompiledDataset } from './mapping/compiled-dataset.ts';
import type { CompiledMapping } from './mapping/compile-mapping.ts';
import { rowKeySql } from './mapping/source-rows.ts';
import { quoteIdentifier, quoteLiteral } from './quote.ts';
import { TECHNICAL_COLUMNS } from './staged-table.ts';
import type { Work } from './work.ts';

/** Corrected values of source rows, on the platform. */
export const CORRECTIONS = 'slipway.correction';

/** Corrected columns of a source row, with their values as text. */
export type CorrectedCells = Readonly<Record<string, string | null>>;

/** A correction that counts as long as the source row has this checksum. */
export interface Correction {
  /** As `rowKeySql` writes it. */
  readonly rowKey: string;
  readonly checksum: string;
  readonly cells: CorrectedCells;
}

/**
 * Why a column of a source row cannot be corrected, in words; undefined when it can. A row with another key would be
 * another row; and where only the first row of a value is taken, what decides on that decides about other rows too.
 */
export function whyNotCorrectable(dataset: CompiledDataset, column: string): string | undefined {
  if (dataset.relation.keyColumns.includes(column)) return 'it is the key of the source row';
  if (dataset.decisive.has(column)) return 'it decides what the row is made of';
  if (dataset.onePer === undefined) return undefined;
  const decides =
    dataset.onePer.includes(column) ||
    dataset.exclusions.some(({ sql }) => sql.includes(quoteIdentifier(column)));
  return decides ? 'it decides which other rows are loaded' : undefined;
}

/** The columns of a source row without those that intake added. */
export function sourceColumns(dataset: CompiledDataset): { name: string; type: string }[] {
  const technical = dataset.relation.staged ? TECHNICAL_COLUMNS : [];
  return rawColumns(dataset).filter(({ name }) => !technical.includes(name));
}

/** SQL of the checksum of a source row `s`: of the row as the quarantine keeps it, so that both have the same. */
function rowChecksumSql(dataset: CompiledDataset): string {
  const columns = sourceColumns(dataset).map(
    ({ name, type }) => `s.${quoteIdentifier(name)}::${type} as ${quoteIdentifier(name)}`,
  );
  return jsonChecksumSql(`(select to_jsonb(r) from (select ${columns.join(', ')}) r)`);
}

/** SQL of the checksum of a JSON value. */
export function jsonChecksumSql(json: string): string {
  return `encode(sha256(convert_to(${json}::text, 'UTF8')), 'hex')`;
}

/** The active corrections of a dataset. */
export async function activeCorrections(
  target: pg.Client,
  dataset: CompiledDataset,
  loadId: string,
): Promise<Correction[]> {
  const { rows } = await target.query<Correction>(
    `select row_key as "rowKey", checksum, cells from ${CORRECTIONS}
     where department = $1 and load_id = $2 and dataset = $3 and status = 'active' order by id`,
    [dataset.department, loadId, dataset.id],
  );
  return rows;
}

/**
 * The mapping over the source as it was corrected. Everything that compares source and platform after a load has to look
 * through it: a corrected row differs from its source row by design, until the source row changes.
 */
export async function correctedMapping(
  target: pg.Client,
  mapping: CompiledMapping,
  loadId: string,
): Promise<CompiledMapping> {
  const datasets: CompiledDataset[] = [];
  for (const dataset of mapping.datasets) {
    datasets.push(corrected(dataset, await activeCorrections(target, dataset, loadId)));
  }
  return { ...mapping, datasets };
}

/** The dataset over its source with corrected values in place of those of the source. */
export function corrected(
  dataset: CompiledDataset,
  corrections: readonly Correction[],
): CompiledDataset {
  if (corrections.length === 0) return dataset;
  const names = new Set(corrections.flatMap(({ cells }) => Object.keys(cells)));
  const types = new Map(rawColumns(dataset).map(({ name, type }) => [name, type]));
  const columns = [...dataset.sourceColumns.keys()].map((name) => {
    const column = quoteIdentifier(name);
    if (!names.has(name)) return `s.${column}`;
    const type = types.get(name) ?? 'text';
    const cell = quoteLiteral(name);
    return `case when p.cells ? ${cell} then (p.cells ->> ${cell})::${type} else s.${column}::${type} end as ${column}`;
  });
  const list = corrections.map(({ rowKey, checksum, cells }) => ({
    k: rowKey,
    c: checksum,
    cells,
  }));
  const known = `jsonb_to_recordset(${quoteLiteral(JSON.stringify(list))}::jsonb) as c(k text, c text, cells jsonb)`;
  // The checksum stands in a CASE: it is computed for the corrected rows only.
  const sql = `(select ${columns.join(', ')} from ${dataset.relation.sql} s
    left join ${known} on c.k = ${rowKeySql(dataset)}
    cross join lateral (select case when c.k is not null and ${rowChecksumSql(dataset)} = c.c then c.cells end as cells) p)`;
  return { ...dataset, relation: { ...dataset.relation, sql } };
}

/** Checksums of source rows by row key; rows that are gone are not among them. */
export async function sourceChecksums(
  dataset: CompiledDataset,
  rowKeys: readonly string[],
  work: Work,
): Promise<ReadonlyMap<string, string>> {
  const { url, side, sql } = dataset.relation;
  return withConnection(url, side, work.signal, async (source) => {
    const { rows } = await longQuery(
      source,
      dataset.relation,
      work,
      { done: 0, unit: 'rows' },
      () =>
        source.query<{ key: string; checksum: string }>(
          `select ${rowKeySql(dataset)} as key, ${rowChecksumSql(dataset)} as checksum from ${sql} s
         where ${rowKeySql(dataset)} = any($1::text[])`,
          [rowKeys],
        ),
    );
    return new Map(rows.map(({ key, checksum }) => [key, checksum]));
  });
}

/**
 * Closes the corrections whose source row is no longer what was corrected.
 * @returns how many
 */
export async function supersedeCorrections(
  target: pg.Client,
  dataset: CompiledDataset,
  loadId: string,
  work: Work,
): Promise<number> {
  const active = await activeCorrections(target, dataset, loadId);
  if (active.length === 0) return 0;
  const now = await sourceChecksums(
    dataset,
    active.map(({ rowKey }) => rowKey),
    work,
  );
  const changed = active.filter(({ rowKey, checksum }) => now.get(rowKey) !== checksum);
  const gone = changed.filter(({ rowKey }) => !now.has(rowKey)).map(({ rowKey }) => rowKey);
  const { rowCount } = await target.query(
    `update ${CORRECTIONS} set status = 'superseded', closed_at = now(),
       closed_because = case when row_key = any($5) then 'the source row is gone' else 'the source row has changed' end
     where department = $1 and load_id = $2 and dataset = $3 and status = 'active' and row_key = any($4)`,
    [dataset.department, loadId, dataset.id, changed.map(({ rowKey }) => rowKey), gone],
  );
  return rowCount ?? 0;
}
