import type pg from 'pg';
import { inferType, type Inference } from '../domain/infer-type.ts';
import {
  PERSONAL_CONTENT_SHARE,
  type PersonalKind,
  personalByName,
} from '../domain/personal-data.ts';
import type { ColumnProfile, Misfits, TableProfile } from '../domain/profile.ts';
import { DATE_TYPES } from '../domain/value-types.ts';
import { inTransaction, withConnection } from './connections.ts';
import { longQuery } from './long-query.ts';
import { type ListedRows, listRows, type RowCondition } from './profile/list-rows.ts';
import { type ColumnScan, fitsSql, scanColumns } from './profile/scan.ts';
import { withShownKeys } from './profile/shown-key.ts';
import { type TableColumn, tableColumns } from './profile/table-columns.ts';
import { quoteIdentifier } from './quote.ts';
import type { Relation } from './relation.ts';
import type { Work } from './work.ts';

/** Enough to keep the groups of most tables in memory, little enough for a server that has other work. */
const WORK_MEMORY = '64MB';

/**
 * Profiles every column of a table in one scan; rows whose values do not fit are listed in a second one, only where
 * there are any. Exact. Columns with personal data show no values. Reports tables.
 * @throws SlipwayError `source/not-found` when there is no such table
 */
export async function profileTable(relation: Relation, work: Work): Promise<TableProfile> {
  return withConnection(relation.url, relation.side, work.signal, async (client) => {
    await client.query(`set work_mem = '${WORK_MEMORY}'`);
    // One snapshot, so that the two scans speak of the same rows.
    return inTransaction(client, 'snapshot', async () => {
      const columns = await tableColumns(client, relation);
      const watched = <T>(run: () => Promise<T>): Promise<T> =>
        longQuery(client, relation, work, { done: 0, total: 1, unit: 'tables' }, run);
      const names = columns.map((column) => column.name);
      const scans = await watched(() => scanColumns(client, relation, names));
      const drafts = columns.map((column, index) => draftOf(relation, column, scans[index]));
      const misfits = await watched(() => listMisfits(client, relation, drafts));
      work.progress({ done: 1, total: 1, unit: 'tables' });
      return {
        table: `${relation.schema}.${relation.table}`,
        rows: rowsOf(scans),
        columns: drafts.map((draft, index) => columnProfile(draft, misfits[index])),
      };
    });
  });
}

interface Draft {
  readonly column: TableColumn;
  readonly scan: ColumnScan | undefined;
  readonly inference: Inference;
  readonly personal: PersonalKind | undefined;
}

function draftOf(relation: Relation, column: TableColumn, scan: ColumnScan | undefined): Draft {
  const nothing = { rows: 0, distinct: 0 };
  const inference = inferType({
    column: column.name,
    values: scan?.values ?? nothing,
    placeholders: scan?.placeholders ?? nothing,
    currency: scan?.currency ?? nothing,
    fits: scan?.fits ?? [],
  });
  const personal =
    personalByName(relation.table, column.name) ?? personalByContent(scan, inference);
  return { column, scan, inference, personal };
}

/** Plain numbers can look like telephone numbers by chance; only text can be personal by its content. */
function personalByContent(
  scan: ColumnScan | undefined,
  inference: Inference,
): PersonalKind | undefined {
  if (scan === undefined || inference.type === 'money' || inference.type === 'decimal')
    return undefined;
  return scan.personal.find(
    ([, rows]) => rows > 0 && rows >= scan.values.rows * PERSONAL_CONTENT_SHARE,
  )?.[0];
}

function rowsOf(scans: readonly (ColumnScan | undefined)[]): number {
  const [first] = scans;
  return first === undefined ? 0 : first.nulls + first.empty + first.values.rows;
}

function hasMisfits({ scan, inference }: Draft): boolean {
  return scan !== undefined && inference.valueType !== undefined && inference.share < 1;
}

async function listMisfits(
  client: pg.Client,
  relation: Relation,
  drafts: readonly Draft[],
): Promise<(ListedRows | undefined)[]> {
  const wanted = drafts.filter(hasMisfits);
  const conditions = wanted.map(({ column, inference }): RowCondition => {
    const value = `r.${quoteIdentifier(column.name)}::text`;
    const trimmed = `btrim(${value})`;
    const fits = inference.valueType === undefined ? 'true' : fitsSql(inference.valueType, trimmed);
    return { sql: `${trimmed} <> '' and not ${fits}`, value };
  });
  const columns = drafts.map(({ column, personal }) => ({ name: column.name, personal }));
  const listed = await listRows(client, withShownKeys(relation, columns), conditions);
  return drafts.map((draft) => (hasMisfits(draft) ? listed[wanted.indexOf(draft)] : undefined));
}

function columnProfile(draft: Draft, misfits: ListedRows | undefined): ColumnProfile {
  const { column, scan, inference, personal } = draft;
  const [min, max] = personal === undefined && scan !== undefined ? range(scan, inference) : [];
  return {
    name: column.name,
    declaredType: column.type,
    nulls: scan?.nulls ?? 0,
    empty: scan?.empty ?? 0,
    distinct: scan?.distinct ?? 0,
    min: min ?? undefined,
    max: max ?? undefined,
    minLength: scan?.length[0] ?? undefined,
    maxLength: scan?.length[1] ?? undefined,
    patterns: scan?.patterns ?? [],
    topValues: personal === undefined ? (scan?.topValues ?? []) : undefined,
    personal,
    inferred: { type: inference.type, format: inference.format, share: inference.share },
    misfits: misfits === undefined ? undefined : misfitsOf(misfits, personal),
    spellings: personal === undefined && inference.type === 'text' ? spellingsOf(scan) : [],
  };
}

function range(scan: ColumnScan, { type, valueType }: Inference): readonly (string | null)[] {
  if (type === 'integer' || type === 'decimal' || type === 'money') return scan.number;
  if (type === 'date' && valueType !== undefined) {
    return scan.dates[DATE_TYPES.indexOf(valueType)] ?? [];
  }
  return scan.text;
}

function misfitsOf(
  { rows, keys, values }: ListedRows,
  personal: PersonalKind | undefined,
): Misfits {
  return { rows, keys, values: personal === undefined ? values : undefined };
}

function spellingsOf(scan: ColumnScan | undefined): ColumnProfile['spellings'] {
  return (scan?.spellings ?? []).map(({ values, rows }) => {
    const [value = '', ...others] = values;
    return { value, others, rows: rows.slice(1).reduce((sum, count) => sum + count, 0) };
  });
}
