import type pg from 'pg';
import { inferType } from '../domain/infer-type.ts';
import { type ColumnValues, personalColumns } from '../domain/personal-content.ts';
import type { TableProfile } from '../domain/profile.ts';
import { inTransaction, withConnection } from './connections.ts';
import { longQuery } from './long-query.ts';
import type { ColumnDraft } from './profile/column-draft.ts';
import { columnProfile } from './profile/column-profile.ts';
import { listRows } from './profile/list-rows.ts';
import { daysOf, oddRows } from './profile/odd-values.ts';
import { type ColumnScan, scanColumns } from './profile/scan.ts';
import { withShownKeys } from './profile/shown-key.ts';
import { type TableColumn, tableColumns } from './profile/table-columns.ts';
import type { Relation } from './relation.ts';
import type { Work } from './work.ts';

/**
 * Profiles every column of a table in one scan. Only where it meets values that do not fit their column or are far from
 * the others, a second one in the same snapshot lists the keys of their rows. Columns with personal data show no values.
 * Reports tables.
 * @param asOf the day from which ages are counted, `YYYY-MM-DD`
 * @throws SlipwayError `source/not-found` when there is no such table
 */
export async function profileTable(
  relation: Relation,
  work: Work,
  asOf: string = new Date().toISOString().slice(0, 10),
): Promise<TableProfile> {
  return withConnection(relation.url, relation.side, work.signal, async (client) =>
    inTransaction(client, 'snapshot', async () => {
      const columns = await tableColumns(client, relation);
      const progress = { done: 0, total: 1, unit: 'tables' } as const;
      const watched = <T>(run: () => Promise<T>): Promise<T> =>
        longQuery(client, relation, work, progress, run);
      const scans = await watched(() =>
        scanColumns(client, relation, columns, () => work.progress(progress)),
      );
      const drafts = draftsOf(relation, columns, scans, asOf);
      const profiles = await watched(() => describe(client, relation, drafts, asOf));
      work.progress({ ...progress, done: 1 });
      return {
        table: `${relation.schema}.${relation.table}`,
        rows: rowsOf(scans),
        columns: profiles,
      };
    }),
  );
}

function draftsOf(
  relation: Relation,
  columns: readonly TableColumn[],
  scans: readonly ColumnScan[],
  asOf: string,
): ColumnDraft[] {
  const drafts = columns.flatMap((column, index): ColumnDraft[] => {
    const scan = scans[index];
    if (scan === undefined) return [];
    const inference = inferType({ column: column.name, ...scan });
    return [{ column, scan, inference, personal: undefined }];
  });
  const personal = personalColumns(relation.table, drafts.map(valuesOf), asOf);
  return drafts.map((draft, index) => ({ ...draft, personal: personal[index] }));
}

function valuesOf(draft: ColumnDraft): ColumnValues {
  const { column, scan, inference } = draft;
  return {
    name: column.name,
    type: inference.type,
    values: scan.weighted
      .filter(({ trimmed }) => trimmed !== '')
      .map(({ trimmed, rows }) => ({ text: trimmed, rows })),
    days: daysOf(draft),
    distinct: scan.distinct,
    sampled: scan.distinctError > 0,
  };
}

function rowsOf([first]: readonly ColumnScan[]): number {
  return first === undefined ? 0 : first.nulls + first.empty + first.values.rows;
}

async function describe(
  client: pg.Client,
  relation: Relation,
  drafts: readonly ColumnDraft[],
  asOf: string,
): Promise<TableProfile['columns']> {
  const odd = drafts.flatMap((draft) => oddRows(draft, asOf).map((why) => ({ draft, why })));
  const columns = drafts.map(({ column, personal }) => ({ name: column.name, personal }));
  const listed = await listRows(
    client,
    withShownKeys(relation, columns),
    odd.map(({ why }) => why.condition),
  );
  const found = odd.flatMap(({ draft, why }, index) => {
    const rows = listed[index];
    return rows === undefined ? [] : [{ draft, why, listed: rows }];
  });
  return drafts.map((draft) =>
    columnProfile(
      draft,
      found.filter((each) => each.draft === draft),
    ),
  );
}
