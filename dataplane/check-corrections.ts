import type pg from 'pg';
import { SlipwayError } from '../domain/errors.ts';
import { withConnection } from './connections.ts';
import { sourceColumns, whyNotCorrectable } from './corrections.ts';
import { type CsvOddity, CsvParser } from './intake/csv-parser.ts';
import type { CompiledDataset } from './mapping/compiled-dataset.ts';
import { OWN_COLUMNS, TOO_LONG } from './quarantine-sheet.ts';
import { quoteLiteral } from './quote.ts';
import type { CorrectedRow } from './redrive.ts';
import { type ReadRow, type ReadSheet, readWorkbook } from './sheet/read-workbook.ts';
import { columnName, SHEET_NAME_LIMIT } from './sheet/write-workbook.ts';
import { PLATFORM } from './target-places.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

/** Something wrong with an imported cell or row. */
export interface CorrectionProblem {
  readonly sheet: string;
  /** Row and column as the spreadsheet names them: `12` and `F`. */
  readonly row?: number;
  readonly column?: string;
  readonly message: string;
}

export type CheckedCorrections =
  | { readonly problems: readonly CorrectionProblem[]; readonly total: number }
  | {
      /** Rows with changed cells, and how many rows came back as they were. */
      readonly rows: readonly CorrectedRow[];
      readonly unchanged: number;
    };

/** Problems that are named; all are counted. */
const NAMED = 100;

export interface CheckRequest {
  readonly urls: DataPlaneUrls;
  readonly department: string;
  readonly loadId: string;
  readonly dataset: CompiledDataset;
  readonly file: Buffer;
}

/**
 * Reads a workbook (or its sheet as CSV) that was exported and corrected, and compares it with the quarantine: which cells
 * were changed, and everything that cannot be taken up, by sheet, row and column. Writes nothing.
 * @throws SlipwayError `quarantine/correction-invalid` when the file cannot be read at all; `target/unreachable`
 */
export async function checkCorrections(
  request: CheckRequest,
  work: Work,
): Promise<CheckedCorrections> {
  const { dataset, file, urls } = request;
  const sheet = await readSheet(file, dataset.id);
  const problems: CorrectionProblem[] = [];
  const columns = headerOf(sheet, dataset, problems);
  const given = columns === undefined ? [] : givenRows(sheet, columns, problems);
  const rows = await withConnection(urls.target, 'target', work.signal, (target) =>
    compare(target, request, sheet, given, problems),
  );
  if (problems.length > 0) {
    const sorted = problems.toSorted((a, b) => (a.row ?? 0) - (b.row ?? 0));
    return { problems: sorted.slice(0, NAMED), total: problems.length };
  }
  const changed = rows.filter(({ cells }) => Object.keys(cells).length > 0);
  return { rows: changed, unchanged: rows.length - changed.length };
}

async function readSheet(file: Buffer, dataset: string): Promise<ReadSheet> {
  const sheets = isZip(file) ? await readWorkbook(file) : [readCsv(file, dataset)];
  const name = dataset.slice(0, SHEET_NAME_LIMIT);
  const found =
    sheets.find((sheet) => sheet.name === name) ?? (sheets.length === 1 ? sheets[0] : undefined);
  if (found === undefined) {
    throw new SlipwayError(
      'quarantine/correction-invalid',
      `the workbook has no sheet ${name}; it has ${sheets.map((sheet) => sheet.name).join(', ')}`,
    );
  }
  return found;
}

function isZip(file: Buffer): boolean {
  return file.subarray(0, 2).toString('latin1') === 'PK';
}

/** A sheet that was saved as CSV, with commas, semicolons or tabs. Rows are numbered as in the spreadsheet. */
function readCsv(file: Buffer, name: string): ReadSheet {
  const text = file.toString('utf8').replace(/^\uFEFF/, '');
  const [first = ''] = text.split('\n', 1);
  const counts = [',', ';', '\t'].map(
    (delimiter) => [delimiter, first.split(delimiter).length] as const,
  );
  const [delimiter] = counts.reduce((best, each) => (each[1] > best[1] ? each : best));
  const parser = new CsvParser(delimiter, (what, line) => {
    throw new SlipwayError(
      'quarantine/correction-invalid',
      `the file is neither an Excel workbook nor CSV in UTF-8: line ${line} has ${ODDITIES[what]}`,
    );
  });
  const rows = [...parser.push(text), ...parser.end()].map(
    ({ fields }, index): ReadRow => ({
      number: index + 1,
      cells: new Map(fields.flatMap((cell, at) => (cell === '' ? [] : [[at, { text: cell }]]))),
    }),
  );
  return { name, rows };
}

const ODDITIES: Readonly<Record<CsvOddity, string>> = {
  'unclosed-quote': 'a quote that is not closed',
  'stray-quote': 'a quote inside a quoted cell',
  'long-line': 'too many characters',
};

/** A source column and its place in the sheet. */
interface SheetColumn {
  readonly name: string;
  readonly type: string;
  readonly index: number;
}

/** The source columns of the sheet; undefined when its first row is no header of an export. */
function headerOf(
  { name: sheet, rows }: ReadSheet,
  dataset: CompiledDataset,
  problems: CorrectionProblem[],
): SheetColumn[] | undefined {
  const header =
    rows.find(({ number }) => number === 1)?.cells ?? new Map<number, { text: string }>();
  if (header.get(0)?.text !== OWN_COLUMNS[0]) {
    const message = `the first column must be "${OWN_COLUMNS[0]}", as in the export`;
    problems.push({ sheet, row: 1, column: 'A', message });
    return undefined;
  }
  const known = new Map(sourceColumns(dataset).map((column) => [column.name, column]));
  const found: SheetColumn[] = [];
  for (const [index, { text }] of header) {
    if (index < OWN_COLUMNS.length) continue;
    const column = known.get(text);
    const at = { sheet, row: 1, column: columnName(index) };
    if (column === undefined) {
      problems.push({ ...at, message: `the source of ${dataset.id} has no column "${text}"` });
    } else if (found.some(({ name }) => name === text)) {
      problems.push({ ...at, message: `the column "${text}" is there twice` });
    } else {
      found.push({ ...column, index });
    }
  }
  return found;
}

/** A row of the sheet with the id of its row in quarantine. */
interface GivenRow {
  readonly id: string;
  readonly number: number;
  readonly cells: ReadonlyMap<number, string>;
  readonly columns: readonly SheetColumn[];
}

function givenRows(
  { name: sheet, rows }: ReadSheet,
  columns: readonly SheetColumn[],
  problems: CorrectionProblem[],
): GivenRow[] {
  const first = new Map<string, number>();
  const given: GivenRow[] = [];
  for (const { number, cells } of rows) {
    if (number === 1 || cells.size === 0) continue;
    const id = cells.get(0)?.text.trim() ?? '';
    const earlier = first.get(id);
    if (!/^[1-9]\d{0,17}$/.test(id)) {
      const message = id === '' ? 'the row has no number' : 'this is no row number of the export';
      problems.push({ sheet, row: number, column: 'A', message });
      continue;
    }
    if (earlier !== undefined) {
      const message = `row ${id} is there already, in row ${earlier} of the sheet`;
      problems.push({ sheet, row: number, column: 'A', message });
      continue;
    }
    first.set(id, number);
    const texts = new Map<number, string>();
    for (const { index } of columns) {
      const cell = cells.get(index);
      if (cell?.problem !== undefined)
        problems.push({
          sheet,
          row: number,
          column: columnName(index),
          message: `the cell ${cell.problem}`,
        });
      texts.set(index, cell?.text ?? '');
    }
    given.push({ id, number, cells: texts, columns });
  }
  return given;
}

interface KeptRow {
  readonly id: string;
  readonly status: string;
  readonly raw: Readonly<Record<string, string | null>>;
}

/** Compares the rows with the quarantine. @returns every row with its changed cells */
async function compare(
  target: pg.Client,
  { department, loadId, dataset }: CheckRequest,
  { name: sheet }: ReadSheet,
  given: readonly GivenRow[],
  problems: CorrectionProblem[],
): Promise<CorrectedRow[]> {
  const names = sourceColumns(dataset).map(({ name }) => quoteLiteral(name));
  const { rows } = await target.query<KeptRow>(
    `select q.id::text, status, (select jsonb_object_agg(c, raw ->> c) from unnest(array[${names.join(', ')}]::text[]) c) as raw
     from ${PLATFORM.quarantine} q
     where department = $1 and load_id = $2 and dataset = $3 and q.id = any($4::bigint[])`,
    [department, loadId, dataset.id, given.map(({ id }) => id)],
  );
  const kept = new Map(rows.map((row) => [row.id, row]));
  const corrected: CorrectedRow[] = [];
  const typed: TypedCell[] = [];
  for (const row of given) {
    const found = kept.get(row.id);
    const at = { sheet, row: row.number };
    if (found?.status !== 'open') {
      const message =
        found === undefined
          ? `there is no row ${row.id} in the quarantine of ${dataset.id}`
          : `row ${row.id} is no longer open: it is ${found.status}`;
      problems.push({ ...at, column: 'A', message });
      continue;
    }
    const cells: Record<string, string | null> = {};
    for (const { name, type, index } of row.columns) {
      const text = row.cells.get(index) ?? '';
      const before = found.raw[name] ?? null;
      // An empty cell stands for an empty text and for none.
      if (text === (before ?? '') || text === TOO_LONG) continue;
      const why = whyNotCorrectable(dataset, name);
      const column = columnName(index);
      if (why !== undefined) {
        problems.push({ ...at, column, message: `"${name}" cannot be corrected: ${why}` });
        continue;
      }
      // A file has no other emptiness than an empty text.
      cells[name] = text === '' && !(dataset.relation.staged && type === 'text') ? null : text;
      if (type !== 'text' && text !== '') typed.push({ ...at, column, name, type, text });
    }
    corrected.push({ id: row.id, cells });
  }
  problems.push(...(await untyped(target, typed)));
  return corrected;
}

/** A cell whose text has to be a value of a type. */
interface TypedCell {
  readonly sheet: string;
  readonly row: number;
  readonly column: string;
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

/** Cells that are no values of their column's type. */
async function untyped(
  target: pg.Client,
  cells: readonly TypedCell[],
): Promise<CorrectionProblem[]> {
  if (cells.length === 0) return [];
  const { rows } = await target.query<{ valid: boolean[] }>(
    `select array_agg(pg_input_is_valid(c.text, c.type) order by c.n) as valid
     from unnest($1::text[], $2::text[]) with ordinality c(text, type, n)`,
    [cells.map(({ text }) => text), cells.map(({ type }) => type)],
  );
  return cells.flatMap(({ sheet, row, column, name, type }, index) =>
    rows[0]?.valid[index] === true
      ? []
      : [{ sheet, row, column, message: `"${name}" must be ${TYPE_WORDS[type] ?? type}` }],
  );
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  bigint: 'a whole number',
  numeric: 'a number',
  boolean: 'true or false',
  date: 'a date such as 2026-03-31',
  timestamp: 'a time such as 2026-03-31 14:05:00',
  timestamptz: 'a time with its zone, such as 2026-03-31 14:05:00+00',
};
