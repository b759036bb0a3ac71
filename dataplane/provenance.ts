import type pg from 'pg';
import { SlipwayError } from '../domain/errors.ts';
import { leftOutKeys } from './compare/left-out.ts';
import { withConnection } from './connections.ts';
import { correctedMapping } from './corrections.ts';
import { isDataError } from './data-error.ts';
import type { CompiledDataset } from './mapping/compiled-dataset.ts';
import type { CompiledMapping } from './mapping/compile-mapping.ts';
import {
  exclusionReasons,
  type KeyRange,
  MAPPED,
  rowKeySql,
  type RowSelection,
  sourceRows,
} from './mapping/source-rows.ts';
import { quoteIdentifier, quoteLiteral } from './quote.ts';
import { PLATFORM } from './target-places.ts';
import { DEPARTMENT, rowKeyOf, type TargetTable, tableName } from './target-table.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

export interface ProvenanceRequest {
  readonly mapping: CompiledMapping;
  readonly urls: DataPlaneUrls;
  readonly loadId: string;
  /** `schema.table` of the platform. */
  readonly table: string;
  /** The key without the department, its parts joined by `|`. */
  readonly key: string;
}

/** The source row that a row of the platform comes from. */
export interface SourceOfRow {
  readonly dataset: string;
  /** `file.csv:123`, or the key of the row. */
  readonly sourceKey: string;
  /** For files: the name and the line, from 1. */
  readonly file: string | null;
  readonly line: number | null;
  /** Columns whose values were corrected. */
  readonly correctedColumns: readonly string[];
}

/** How a row came onto the platform. */
export interface LoadOfRow {
  readonly loadId: string;
  readonly dataset: string;
  readonly chunk: number;
  /** `load`, `delta` or `redrive`. */
  readonly kind: string;
  readonly mapping: string;
  /** When it was committed, as PostgreSQL writes it. */
  readonly at: string;
  /** For a re-drive: who asked for it, and why. */
  readonly by: string | null;
  readonly reason: string | null;
}

/** Where a row of the platform comes from; or, for a key that is not there, what became of it. */
export interface Provenance {
  readonly table: string;
  readonly key: string;
  readonly status: 'loaded' | 'quarantined' | 'accepted' | 'excluded' | 'unknown';
  /** Null for a row that Slipway did not write last: the platform has changed it since. */
  readonly load: LoadOfRow | null;
  readonly source: SourceOfRow | null;
  /** Why it is not there: the rule it broke, or the reason it is out of scope. */
  readonly because: string | null;
}

/**
 * Says for a row of the platform by which chunk, load and mapping it came, and from which source row. The transaction
 * that wrote the row (`xmin`) is that of its ledger row.
 * @throws SlipwayError `request/invalid` for a table that the mapping does not load, or a key of other parts
 */
export async function provenanceOf(request: ProvenanceRequest, work: Work): Promise<Provenance> {
  const { urls, loadId, table: name, key } = request;
  return withConnection(urls.target, 'target', work.signal, async (target) => {
    const mapping = await correctedMapping(target, request.mapping, loadId);
    const datasets = mapping.datasets.filter((each) => tableName(each.target) === name);
    const [first] = datasets;
    if (first === undefined) {
      const tables = [...new Set(mapping.datasets.map((each) => tableName(each.target)))];
      throw new SlipwayError(
        'request/invalid',
        `no dataset loads ${name}; loaded are ${tables.join(', ')}`,
      );
    }
    const parts = partsOf(first.target, key);
    const xmin = await writtenBy(target, first, parts);
    if (xmin === undefined) return missing(target, datasets, request, parts, work);
    const loads = await loadsOf(target, first, loadId, xmin);
    const [load] = loads;
    const range = load?.kind === 'load' ? await rangeOf(target, first, load) : undefined;
    const likely = datasets.filter(
      ({ id }) => load === undefined || loads.some(({ dataset }) => dataset === id),
    );
    for (const dataset of likely) {
      const leftOut = await leftOutKeys(target, dataset, loadId);
      const selection = { leftOut, ...(range === undefined ? {} : { range }) };
      const source = await sourceOf(target, dataset, selection, parts, loadId, work);
      if (source === undefined) continue;
      const own = loads.find((each) => each.dataset === dataset.id) ?? null;
      return { table: name, key, status: 'loaded', load: own, source, because: null };
    }
    return { table: name, key, status: 'loaded', load: load ?? null, source: null, because: null };
  });
}

/** The parts of the key by column. */
function partsOf(table: TargetTable, key: string): ReadonlyMap<string, string> {
  const columns = rowKeyOf(table);
  const parts = columns.length === 1 ? [key] : key.split('|');
  if (parts.length !== columns.length) {
    throw new SlipwayError(
      'request/invalid',
      `the key of ${tableName(table)} is ${columns.join('|')}; found ${parts.length} parts`,
    );
  }
  return new Map(columns.map((column, index) => [column, parts[index] ?? '']));
}

/** The transaction that wrote the row; undefined when it is not there. */
async function writtenBy(
  target: pg.Client,
  { target: table, department }: CompiledDataset,
  parts: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  const conditions = [...parts.keys()].map((column, index) => {
    const type = table.columns.find(({ name }) => name === column)?.type ?? 'text';
    return `t.${quoteIdentifier(column)} = $${index + 2}::${type}`;
  });
  try {
    const { rows } = await target.query<{ xmin: string }>(
      `select t.xmin::text as xmin from ${PLATFORM.table(table)} t
       where t.${quoteIdentifier(DEPARTMENT)} = $1 and ${conditions.join(' and ')}`,
      [department, ...parts.values()],
    );
    return rows[0]?.xmin;
  } catch (error) {
    // A key that is no value of its column is on no row.
    if (isDataError(error)) return undefined;
    throw error;
  }
}

/** The ledger rows of a transaction: several when it wrote rows of several datasets of the table. */
async function loadsOf(
  target: pg.Client,
  { department, target: table }: CompiledDataset,
  loadId: string,
  xmin: string,
): Promise<LoadOfRow[]> {
  // A row keeps the low 32 bits of its transaction.
  const { rows } = await target.query<LoadOfRow>(
    `select l.load_id as "loadId", l.dataset, l.chunk, l.kind, l.mapping_hash as mapping, l.finished_at as at,
       d.decided_by as by, d.reason
     from ${PLATFORM.ledger} l left join slipway.quarantine_decision d
       on d.department = l.department and d.load_id = l.load_id and d.dataset = l.dataset and d.chunk = l.chunk
     where l.department = $1 and l.load_id = $2 and l.target_table = $3 and (l.xact::text::numeric % 4294967296)::text = $4
     order by l.dataset, l.chunk`,
    [department, loadId, tableName(table), xmin],
  );
  return rows;
}

async function rangeOf(
  target: pg.Client,
  { department }: CompiledDataset,
  { loadId, dataset, chunk }: LoadOfRow,
): Promise<KeyRange | undefined> {
  const { rows } = await target.query<KeyRange>(
    `select from_key as "from", to_key as "to" from ${PLATFORM.plan}
     where department = $1 and load_id = $2 and dataset = $3 and chunk = $4`,
    [department, loadId, dataset, chunk],
  );
  return rows[0];
}

interface FoundRow {
  readonly key: string;
  readonly shown: string;
  readonly out: number;
}

/** The source rows of a selection whose mapped key this is. A key that cannot be mapped is none. */
async function findRows(
  dataset: CompiledDataset,
  selection: RowSelection,
  parts: ReadonlyMap<string, string>,
  condition: string,
  work: Work,
): Promise<FoundRow[]> {
  const { from, out } = sourceRows(dataset, selection);
  const same = dataset.fields
    .filter(({ name }) => parts.has(name))
    .map(
      ({ name, sql, fails }) =>
        `case when (${fails}) is true then false else (${sql})::text = ${quoteLiteral(parts.get(name) ?? '')} end`,
    );
  const { relation } = dataset;
  return withConnection(relation.url, relation.side, work.signal, async (source) => {
    const { rows } = await source.query<FoundRow>(
      `select ${rowKeySql(dataset)} as key, ${relation.keyText('s')} as shown, (${out})::int as out from ${from}
       where ${condition.replaceAll('$out', `(${out})`)} and ${same.join(' and ') || 'false'} limit 1`,
    );
    return rows;
  });
}

async function sourceOf(
  target: pg.Client,
  dataset: CompiledDataset,
  selection: RowSelection,
  parts: ReadonlyMap<string, string>,
  loadId: string,
  work: Work,
): Promise<SourceOfRow | undefined> {
  const [row] = await findRows(dataset, selection, parts, `$out = ${MAPPED}`, work);
  return row === undefined ? undefined : describeSource(target, dataset, loadId, row);
}

async function describeSource(
  target: pg.Client,
  dataset: CompiledDataset,
  loadId: string,
  row: Pick<FoundRow, 'key' | 'shown'>,
): Promise<SourceOfRow> {
  const { rows } = await target.query<{ columns: string[] }>(
    `select array(select jsonb_object_keys(cells) order by 1) as columns from slipway.correction
     where department = $1 and load_id = $2 and dataset = $3 and row_key = $4 and status = 'active'`,
    [dataset.department, loadId, dataset.id, row.key],
  );
  const place = dataset.relation.staged ? /^(.*):(\d+)$/s.exec(row.shown) : null;
  return {
    dataset: dataset.id,
    sourceKey: row.shown,
    file: place?.[1] ?? null,
    line: place === null ? null : Number(place[2]),
    correctedColumns: rows[0]?.columns ?? [],
  };
}

/** What became of a key that is not on the platform. */
async function missing(
  target: pg.Client,
  datasets: readonly CompiledDataset[],
  { loadId, table, key }: ProvenanceRequest,
  parts: ReadonlyMap<string, string>,
  work: Work,
): Promise<Provenance> {
  const none = { table, key, load: null } as const;
  for (const dataset of datasets) {
    const leftOut = await leftOutKeys(target, dataset, loadId);
    // Its own conditions may be what cannot be evaluated, so only its key is looked at.
    const bare = { ...dataset, exclusions: [], onePer: undefined };
    const kept = await findRows(bare, { leftOut }, parts, `$out < ${MAPPED}`, work).catch(nothing);
    const { rows } = await target.query<{
      rowKey: string;
      shown: string;
      rule: string;
      status: string;
    }>(
      `select row_key as "rowKey", source_key as shown, rule, status from ${PLATFORM.quarantine}
       where department = $1 and load_id = $2 and dataset = $3 and status in ('open', 'accepted')
         and (row_key = $4 or source_key = $5) order by (row_key = $4) desc limit 1`,
      [dataset.department, loadId, dataset.id, kept[0]?.key ?? null, key],
    );
    const [row] = rows;
    if (row !== undefined) {
      const source = await describeSource(target, dataset, loadId, {
        key: row.rowKey,
        shown: row.shown,
      });
      const status = row.status === 'accepted' ? 'accepted' : 'quarantined';
      return { ...none, status, source, because: row.rule };
    }
    const [excluded] = await findRows(dataset, { leftOut }, parts, `$out > ${MAPPED}`, work).catch(
      nothing,
    );
    if (excluded !== undefined) {
      const because = exclusionReasons(dataset)[excluded.out - 1] ?? null;
      const source = await describeSource(target, dataset, loadId, excluded);
      return { ...none, status: 'excluded', source, because };
    }
  }
  return { ...none, status: 'unknown', source: null, because: null };
}

/** Rows whose key fails although it did not look like it are not the one that is sought. */
function nothing(error: unknown): FoundRow[] {
  if (isDataError(error)) return [];
  throw error;
}
