import type { Dataset } from '../domain/manifest.ts';
import { columnsUsed } from '../domain/mapping/columns-used.ts';
import { ruleInWords } from '../domain/rule-words.ts';
import { withConnection } from './connections.ts';
import { sourceColumns } from './corrections.ts';
import type { CompiledDataset } from './mapping/compiled-dataset.ts';
import { quoteLiteral } from './quote.ts';
import { CELL_LIMIT, type Sheet, type SheetCell, writeWorkbook } from './sheet/write-workbook.ts';
import { PLATFORM } from './target-places.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

/** What stands before the columns of the source in an exported sheet. The first tells the rows apart. */
export const OWN_COLUMNS = [
  'Slipway row',
  'Source row',
  'What is wrong',
  'Column at fault',
] as const;

/** Stands for a value that no cell can hold; it is no correction when it comes back. */
export const TOO_LONG = '(longer than a cell can hold: it can only be corrected in the source)';

/** Rows of one workbook; those beyond come with the next export, once these are dealt with. */
const EXPORT_ROWS = 20_000;

export interface ExportRequest {
  readonly urls: DataPlaneUrls;
  readonly department: string;
  readonly loadId: string;
  readonly datasets: readonly { readonly compiled: CompiledDataset; readonly declared: Dataset }[];
  readonly rule?: string | undefined;
}

export interface ExportedQuarantine {
  readonly file: Buffer;
  readonly rows: number;
}

/**
 * The open quarantine as an Excel workbook for people to correct: a sheet for each dataset, a row for each row with what
 * is wrong with it and the raw values of the source as text, those at fault marked.
 * @throws SlipwayError `target/unreachable`
 */
export async function exportQuarantine(
  request: ExportRequest,
  work: Work,
): Promise<ExportedQuarantine> {
  const sheets: Sheet[] = [];
  let exported = 0;
  for (const each of request.datasets) {
    const rows = await sheetRows(request, each, EXPORT_ROWS - exported, work);
    if (rows.length === 0 && request.datasets.length > 1) continue;
    exported += rows.length;
    const columns = sourceColumns(each.compiled).map(({ name }) => name);
    sheets.push({ name: each.compiled.id, header: [...OWN_COLUMNS, ...columns], rows });
  }
  if (sheets.length === 0) sheets.push({ name: 'quarantine', header: OWN_COLUMNS, rows: [] });
  return { file: await writeWorkbook(sheets), rows: exported };
}

async function sheetRows(
  { urls, department, loadId, rule }: ExportRequest,
  { compiled, declared }: ExportRequest['datasets'][number],
  limit: number,
  work: Work,
): Promise<SheetCell[][]> {
  const columns = sourceColumns(compiled).map(({ name }) => name);
  const values = columns.map((name) => `raw ->> ${quoteLiteral(name)}`);
  const found = await withConnection(urls.target, 'target', work.signal, (target) =>
    target.query<{
      id: string;
      sourceKey: string;
      rule: string;
      field: string | null;
      values: (string | null)[];
    }>(
      `select q.id::text, source_key as "sourceKey", rule, field, array[${values.join(', ')}]::text[] as values
       from ${PLATFORM.quarantine} q
       where department = $1 and load_id = $2 and dataset = $3 and status = 'open' and ($4::text is null or rule = $4)
       order by q.id limit $5`,
      [department, loadId, compiled.id, rule ?? null, limit],
    ),
  );
  return found.rows.map((row) => {
    const expression = row.field === null ? undefined : declared.fields[row.field];
    const atFault = new Set(expression === undefined ? [] : columnsUsed(expression));
    return [
      { text: row.id },
      { text: row.sourceKey },
      { text: ruleInWords(row.rule, row.field) },
      { text: [...atFault].join(', ') },
      ...columns.map((name, index) => {
        const value = row.values[index] ?? null;
        const text = value !== null && value.length > CELL_LIMIT ? TOO_LONG : value;
        return { text, marked: atFault.has(name) };
      }),
    ];
  });
}
