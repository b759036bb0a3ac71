import iconv from 'iconv-lite';
import { SlipwayError } from '../../domain/errors.ts';
import type { Finding } from '../../domain/findings.ts';
import type { FixedWidthFormat } from '../../domain/source-shape.ts';
import { readHeader } from './header.ts';
import { LineList } from './line-list.ts';
import { BlockReader, LineReader, type RecordReader, type TextRecord } from './record-reader.ts';
import type { RowSource, SourceRow, SourceSummary } from './row-source.ts';
import { type SourceFile, TextFile } from './text-file.ts';
import { noRows, textFindings } from './text-findings.ts';

/** Half-open, from 0. */
interface Slice {
  readonly from: number;
  readonly to: number;
}

/**
 * A file whose columns are at fixed positions as rows. There is no header: the layout names the columns. Positions count
 * characters (code points), or bytes where the layout says so: then each value is decoded by itself.
 * @param table the staged table, for the findings
 * @throws SlipwayError `intake/malformed` for an encoding that nobody knows
 */
export async function openFixedWidth(
  file: SourceFile,
  format: FixedWidthFormat,
  table: string,
): Promise<RowSource> {
  const isKnown: boolean = iconv.encodingExists(format.encoding);
  if (!isKnown) {
    throw new SlipwayError(
      'intake/malformed',
      `${file.name}: there is no encoding ${format.encoding}`,
    );
  }
  const header = readHeader(
    { table, file, line: 1 },
    format.columns.map(({ name }) => name),
  );
  return new FixedWidthSource(file, format, table, header.columns, header.findings);
}

class FixedWidthSource implements RowSource {
  readonly name: string;
  readonly columns: readonly string[];
  readonly headerFindings: readonly Finding[];
  readonly #format: FixedWidthFormat;
  readonly #table: string;
  readonly #slices: readonly Slice[];
  readonly #length: number;
  readonly #text: TextFile;
  readonly #reader: RecordReader;
  readonly #ragged = new LineList();
  readonly #blank = new LineList();
  readonly #long = new LineList();
  readonly #wrong = new LineList();
  #rows = 0;

  constructor(
    file: SourceFile,
    format: FixedWidthFormat,
    table: string,
    columns: readonly string[],
    findings: readonly Finding[],
  ) {
    this.name = file.name;
    this.columns = columns;
    this.#format = format;
    this.#table = table;
    this.headerFindings = findings;
    this.#slices = format.columns.map(({ start, length, end }) => ({
      from: start - 1,
      to: end ?? start - 1 + (length ?? 0),
    }));
    this.#length = format.recordLength ?? Math.max(...this.#slices.map(({ to }) => to));
    // In Latin-1 a character is a byte.
    this.#text = new TextFile(file, format.measure === 'bytes' ? 'latin1' : format.encoding);
    this.#reader = format.lineEnds
      ? new LineReader((line) => this.#long.add(line))
      : new BlockReader(this.#length);
  }

  async *rows(signal: AbortSignal): AsyncGenerator<readonly SourceRow[]> {
    for await (const piece of this.#text.pieces(signal)) {
      yield this.#rowsOf(this.#reader.push(piece));
    }
    yield this.#rowsOf(this.#reader.end());
  }

  summary(): SourceSummary {
    const { name } = this;
    const place = { table: this.#table, name };
    const ragged = `${name}: ${this.#ragged.count} records are not ${this.#length} ${this.#format.measure} long.`;
    const blank = `${name}: ${this.#blank.count} blank records are left out.`;
    const long = `${name}: ${this.#long.count} lines are too long for a record and left out.`;
    const wrong = `${name}: ${this.#wrong.count} records have bytes that are not ${this.#format.encoding}; they came in as U+FFFD.`;
    const isBytes = this.#format.measure === 'bytes';
    const findings = [
      ...this.#ragged.finding('file/ragged-line', place, ragged),
      ...this.#blank.finding('file/blank-line', place, blank),
      ...this.#long.finding('file/long-line', place, long),
      ...this.#wrong.finding('file/wrong-bytes', place, wrong),
      // Read as bytes the file is of no encoding as a whole.
      ...(isBytes
        ? this.#rows === 0
          ? [noRows(this.#table, name)]
          : []
        : textFindings(this.#text, this.#table, [], this.#rows)),
    ];
    return { sha256: this.#text.sha256(), lines: this.#reader.count, findings };
  }

  #rowsOf(records: readonly TextRecord[]): SourceRow[] {
    const rows: SourceRow[] = [];
    for (const record of records) {
      if (record.text.trim() === '') this.#blank.add(record.line);
      else rows.push(this.#row(record));
    }
    this.#rows += rows.length;
    return rows;
  }

  #row({ line, text }: TextRecord): SourceRow {
    const characters = HAS_SURROGATES.test(text) ? Array.from(text) : text;
    const { length } = characters;
    const cut = ({ from, to }: Slice): string => {
      const part = characters.slice(from, to);
      return typeof part === 'string' ? part : part.join('');
    };
    if (length !== this.#length) this.#ragged.add(line);
    const isBytes = this.#format.measure === 'bytes';
    let wrong = false;
    const decoded = (part: string): string => {
      if (!isBytes) return part;
      const value = iconv.decode(Buffer.from(part, 'latin1'), this.#format.encoding);
      wrong ||= value.includes('\uFFFD');
      return value;
    };
    const values = this.#slices.map((slice) => {
      if (slice.from >= length) return null;
      const value = decoded(cut(slice));
      return this.#format.trim ? value.trim() : value;
    });
    const extra =
      length > this.#length ? decoded(cut({ from: this.#length, to: length })) : undefined;
    if (wrong) this.#wrong.add(line);
    return { line, values, extra };
  }
}

const HAS_SURROGATES = /[\uD800-\uDFFF]/;
