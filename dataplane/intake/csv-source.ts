import type { Finding } from '../../domain/findings.ts';
import type { CsvFormat } from '../../domain/source-shape.ts';
import { CsvParser, type CsvOddity, type CsvRecord } from './csv-parser.ts';
import { readHeader } from './header.ts';
import { LineList } from './line-list.ts';
import type { RowSource, SourceRow, SourceSummary } from './row-source.ts';
import { malformed, type SourceFile, TextFile } from './text-file.ts';
import { textFindings } from './text-findings.ts';

const OTHER_DELIMITERS = [',', ';', '\t', '|'];

/**
 * A file of delimited text as rows. Its first line that is not blank is the header.
 * @param table the staged table, for the findings
 * @throws SlipwayError `intake/malformed` when the header is none, or the file is in another encoding
 */
export async function openCsv(
  file: SourceFile,
  format: CsvFormat,
  table: string,
  signal: AbortSignal,
): Promise<RowSource> {
  const first = await firstRecord(file, format, signal);
  if (first === undefined) return new CsvSource(file, format, table, [], []);
  const { line, fields } = first;
  const [only = ''] = fields;
  const other = OTHER_DELIMITERS.find((each) => each !== format.delimiter && only.includes(each));
  if (fields.length === 1 && other !== undefined) {
    const what = `one column was found; is the delimiter ${JSON.stringify(other)}, not ${JSON.stringify(format.delimiter)}?`;
    throw malformed(file, line, what);
  }
  const header = readHeader({ table, file, line }, fields);
  return new CsvSource(file, format, table, header.columns, header.findings);
}

async function firstRecord(
  file: SourceFile,
  { encoding, delimiter }: CsvFormat,
  signal: AbortSignal,
): Promise<CsvRecord | undefined> {
  const parser = new CsvParser(delimiter, () => undefined);
  for await (const piece of new TextFile(file, encoding).pieces(signal)) {
    const record = parser.push(piece).find((each) => !isBlank(each));
    if (record !== undefined) return record;
  }
  return parser.end().find((record) => !isBlank(record));
}

function isBlank({ fields }: CsvRecord): boolean {
  return fields.length === 1 && fields[0]?.trim() === '';
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return (
    one[0] === other[0] &&
    one.length === other.length &&
    one.every((field, index) => field === other[index])
  );
}

class CsvSource implements RowSource {
  readonly name: string;
  readonly columns: readonly string[];
  readonly headerFindings: readonly Finding[];
  readonly #format: CsvFormat;
  readonly #table: string;
  readonly #text: TextFile;
  readonly #parser: CsvParser;
  readonly #ragged = new LineList();
  readonly #blank = new LineList();
  readonly #headers = new LineList();
  readonly #odd: Readonly<Record<CsvOddity, LineList>> = {
    'unclosed-quote': new LineList(),
    'stray-quote': new LineList(),
    'long-line': new LineList(),
  };
  #header: readonly string[] | undefined;
  #rows = 0;

  constructor(
    file: SourceFile,
    format: CsvFormat,
    table: string,
    columns: readonly string[],
    findings: readonly Finding[],
  ) {
    this.name = file.name;
    this.columns = columns;
    this.#format = format;
    this.#table = table;
    this.headerFindings = findings;
    this.#text = new TextFile(file, format.encoding);
    this.#parser = new CsvParser(format.delimiter, (what, line) => this.#odd[what].add(line));
  }

  async *rows(signal: AbortSignal): AsyncGenerator<readonly SourceRow[]> {
    for await (const piece of this.#text.pieces(signal)) {
      yield this.#rowsOf(this.#parser.push(piece));
    }
    yield this.#rowsOf(this.#parser.end());
  }

  summary(): SourceSummary {
    const place = { table: this.#table, name: this.name };
    const told = (list: LineList, what: string): string =>
      `${this.name}: ${list.count} ${list.count === 1 ? 'line' : 'lines'} ${what}`;
    const { 'unclosed-quote': unclosed, 'stray-quote': stray, 'long-line': long } = this.#odd;
    const ragged = `${told(this.#ragged, 'with another number of fields than the header')} (${this.columns.length}).`;
    const findings = [
      ...this.#ragged.finding('file/ragged-line', place, ragged),
      ...this.#blank.finding('file/blank-line', place, told(this.#blank, 'left out as blank.')),
      ...this.#headers.finding(
        'file/header-again',
        place,
        told(this.#headers, 'left out: the header again.'),
      ),
      ...unclosed.finding(
        'file/unclosed-quote',
        place,
        told(unclosed, 'with a quote that is not closed, taken for text.'),
      ),
      ...stray.finding(
        'file/stray-quote',
        place,
        told(stray, 'with a quote inside of a quoted field that is not doubled, taken for text.'),
      ),
      ...long.finding('file/long-line', place, told(long, 'left out: too long for a record.')),
      ...textFindings(this.#text, this.#table, this.#parser.lineEnds, this.#rows),
    ];
    return { sha256: this.#text.sha256(), lines: this.#parser.line - 1, findings };
  }

  #rowsOf(records: readonly CsvRecord[]): SourceRow[] {
    const rows: SourceRow[] = [];
    const width = this.columns.length;
    for (const record of records) {
      const { line, fields } = record;
      if (isBlank(record) && (width > 1 || this.#header === undefined)) {
        this.#blank.add(line);
      } else if (this.#header === undefined) {
        this.#header = fields;
      } else if (isSame(fields, this.#header)) {
        this.#headers.add(line);
      } else {
        if (fields.length !== width) this.#ragged.add(line);
        const extra =
          fields.length > width ? fields.slice(width).join(this.#format.delimiter) : undefined;
        rows.push({ line, values: extra === undefined ? fields : fields.slice(0, width), extra });
      }
    }
    this.#rows += rows.length;
    return rows;
  }
}
