import { type Finding, finding } from '../../domain/findings.ts';
import type { ExcelFormat } from '../../domain/source-shape.ts';
import { type SheetRow, sheetRows } from './excel/sheet-rows.ts';
import { type Sheet, Workbook } from './excel/workbook.ts';
import { sha256OfFile } from './file-hash.ts';
import { type Header, readHeader } from './header.ts';
import { LineList } from './line-list.ts';
import type { RowSource, SourceRow, SourceSummary } from './row-source.ts';
import { malformed, type SourceFile } from './text-file.ts';
import { noRows } from './text-findings.ts';

/** Between the values of `_extra`. */
const EXTRA_DELIMITER = '\t';

/**
 * A sheet of an Excel workbook as rows. Cells come as text: what formulas came to when the workbook was saved, dates and
 * times as ISO, numbers with the 15 digits that Excel shows. `line` is the row of the sheet. The rows are unpacked and
 * parsed as they are read; only the text that cells share is in memory.
 * @param table the staged table, for the findings
 * @throws SlipwayError `intake/malformed` when it is no workbook, has no such sheet, or no header
 */
export async function openExcel(
  file: SourceFile,
  format: ExcelFormat,
  table: string,
): Promise<RowSource> {
  const workbook = await Workbook.open(file);
  try {
    const sheet = sheetOf(workbook, format.sheet);
    const header = await headerCells(workbook, sheet, format.headerRow);
    const others = otherSheets(workbook, sheet, table);
    const empty = { columns: [], findings: [] };
    const place = { table, file, line: format.headerRow };
    const names = header === undefined ? empty : readHeader(place, header);
    return new ExcelSource(file, format, table, names, others);
  } finally {
    workbook.close();
  }
}

/** @throws SlipwayError `intake/malformed` naming the sheets there are */
function sheetOf({ file, sheets }: Workbook, wanted: string | number): Sheet {
  const sheet =
    typeof wanted === 'number'
      ? sheets[wanted - 1]
      : sheets.find(({ name }) => name.trim() === wanted.trim());
  if (sheet !== undefined) return sheet;
  const names = sheets.map(({ name, hidden }) => `${name}${hidden ? ' (hidden)' : ''}`).join(', ');
  throw malformed(file, 1, `there is no sheet ${wanted}; the sheets are ${names}`);
}

/** The cells of the header; undefined for a sheet without rows. */
async function headerCells(
  workbook: Workbook,
  sheet: Sheet,
  headerRow: number,
): Promise<string[] | undefined> {
  const context = await contextOf(workbook);
  let beyond = false;
  for await (const rows of sheetRows(workbook, sheet, context, () => undefined)) {
    const header = rows.find(({ number, cells }) => number === headerRow && cells.length > 0);
    if (header !== undefined) return Array.from(header.cells, (cell) => cell ?? '');
    beyond ||= rows.some(({ number, cells }) => number > headerRow && cells.length > 0);
    if (beyond) break;
  }
  if (!beyond) return undefined;
  throw malformed(workbook.file, headerRow, 'a header was expected, found an empty row');
}

async function contextOf(workbook: Workbook) {
  const [strings, kinds] = [await workbook.sharedStrings(), await workbook.numberKinds()];
  return { strings, kinds, since1904: workbook.since1904 };
}

function otherSheets({ file, sheets }: Workbook, read: Sheet, table: string): Finding[] {
  const findings: Finding[] = [];
  const note = (code: 'file/hidden-sheet' | 'file/unread-sheet', found: Sheet[], what: string) => {
    if (found.length === 0) return;
    const examples = found.map(({ name }) => name);
    const message = `${file.name}: ${examples.join(', ')} ${what}.`;
    findings.push(finding(code, { table, count: found.length, examples, message }));
  };
  note(
    'file/hidden-sheet',
    sheets.filter(({ hidden }) => hidden),
    'hidden in the workbook',
  );
  const others = sheets.filter((sheet) => sheet !== read && !sheet.hidden);
  note('file/unread-sheet', others, `not read beside ${read.name}`);
  return findings;
}

class ExcelSource implements RowSource {
  readonly name: string;
  readonly columns: readonly string[];
  readonly headerFindings: readonly Finding[];
  readonly #file: SourceFile;
  readonly #format: ExcelFormat;
  readonly #table: string;
  readonly #findings: readonly Finding[];
  readonly #lists = {
    ragged: new LineList(),
    blank: new LineList(),
    above: new LineList(),
    hidden: new LineList(),
    errors: new LineList(),
    unvalued: new LineList(),
    merged: new LineList(),
  };
  #sha256 = '';
  #lastRow = 0;
  #count = 0;

  constructor(
    file: SourceFile,
    format: ExcelFormat,
    table: string,
    header: Header,
    findings: readonly Finding[],
  ) {
    this.#file = file;
    this.name = file.name;
    this.#format = format;
    this.#table = table;
    this.columns = header.columns;
    this.headerFindings = header.findings;
    this.#findings = findings;
  }

  async *rows(signal: AbortSignal): AsyncGenerator<readonly SourceRow[]> {
    this.#sha256 = await sha256OfFile(this.#file.path, signal);
    const workbook = await Workbook.open(this.#file);
    try {
      const sheet = sheetOf(workbook, this.#format.sheet);
      const merged = (first: number, last: number): void => {
        if (last >= this.#format.headerRow) this.#lists.merged.add(first);
      };
      for await (const rows of sheetRows(workbook, sheet, await contextOf(workbook), merged)) {
        signal.throwIfAborted();
        yield rows.flatMap((row) => this.#rowOf(row));
      }
    } finally {
      workbook.close();
    }
  }

  summary(): SourceSummary {
    const { name } = this;
    const place = { table: this.#table, name };
    const { ragged, blank, above, hidden, errors, unvalued, merged } = this.#lists;
    const findings = [
      ...this.#findings,
      ...above.finding(
        'file/before-header',
        place,
        `${name}: ${above.count} rows above the header are left out.`,
      ),
      ...ragged.finding(
        'file/ragged-line',
        place,
        `${name}: ${ragged.count} rows have cells beyond the header's ${this.columns.length}.`,
      ),
      ...blank.finding(
        'file/blank-line',
        place,
        `${name}: ${blank.count} blank rows are left out.`,
      ),
      ...hidden.finding('file/hidden-rows', place, `${name}: ${hidden.count} hidden rows came in.`),
      ...errors.finding(
        'file/error-cell',
        place,
        `${name}: ${errors.count} rows have cells with errors, such as #N/A.`,
      ),
      ...unvalued.finding(
        'file/formula-without-value',
        place,
        `${name}: ${unvalued.count} rows have formulas without a value: save the workbook in Excel.`,
      ),
      ...merged.finding(
        'file/merged-cells',
        place,
        `${name}: ${merged.count} ranges of merged cells; only the first cell of each has the value.`,
      ),
      ...(this.#count === 0 ? [noRows(this.#table, name)] : []),
    ];
    return { sha256: this.#sha256, lines: this.#lastRow, findings };
  }

  #rowOf({ number, hidden, cells, hasError, lacksValue }: SheetRow): SourceRow[] {
    const isBlank = cells.every((cell) => (cell ?? '').trim() === '');
    // Rows at the end that were formatted once and hold nothing are not worth a word.
    if (isBlank && !lacksValue) return [];
    const lists = this.#lists;
    const { headerRow } = this.#format;
    for (let line = this.#lastRow + 1; line < number; line += 1) {
      if (line > headerRow) lists.blank.add(line);
    }
    this.#lastRow = number;
    if (number < headerRow) lists.above.add(number);
    if (number <= headerRow) return [];
    if (hidden) lists.hidden.add(number);
    if (hasError) lists.errors.add(number);
    if (lacksValue) lists.unvalued.add(number);
    this.#count += 1;
    const width = this.columns.length;
    const values = Array.from({ length: width }, (_, index) => cells[index] ?? null);
    const beyond = Array.from(cells.slice(width), (cell) => cell ?? '');
    if (beyond.every((cell) => cell === '')) return [{ line: number, values }];
    lists.ragged.add(number);
    return [{ line: number, values, extra: beyond.join(EXTRA_DELIMITER) }];
  }
}
