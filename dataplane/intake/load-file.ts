import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { type Finding, finding, MAX_EXAMPLES } from '../../domain/findings.ts';
import { copyLine } from '../copy-text.ts';
import { quoteColumns } from '../quote.ts';
import type { Work } from '../work.ts';
import { type CsvRecord, csvRecords, firstRecord, translateCsvError } from './csv-records.ts';
import { DecodedFile, malformed, type SourceFile } from './decoded-file.ts';
import { type Header, readHeader } from './header.ts';
import type { TakenFile } from './intake-record.ts';

/** How the files of an entry are written. */
export interface FileFormat {
  readonly encoding: string;
  readonly delimiter: string;
}

const BATCH_CHARACTERS = 64 * 1024;
const PROGRESS_LINES = 10_000;

/**
 * The header of the first file of an entry.
 * @throws SlipwayError `intake/malformed`
 */
export async function readFileHeader(
  request: FileFormat & { files: readonly SourceFile[] },
  table: string,
  signal: AbortSignal,
): Promise<Header> {
  const [file] = request.files;
  if (file === undefined) throw new RangeError('a file entry has at least one file');
  const text = new DecodedFile(file, request.encoding).chunks(signal);
  const fields = await firstRecord(file, request.delimiter, text);
  if (fields === undefined) throw malformed(file, 1, 'a header was expected, the file is empty');
  return readHeader(table, file, fields, request.delimiter);
}

export interface LoadRequest {
  readonly client: pg.Client;
  /** The table to copy into, as SQL. */
  readonly draft: string;
  /** Its later name, for findings. */
  readonly table: string;
  readonly file: SourceFile;
  readonly header: Header;
  readonly format: FileFormat;
  /** `_row` of the file's first row is one more. */
  readonly rowsBefore: number;
}

/**
 * Copies one file into the draft table.
 * @throws SlipwayError `intake/malformed` naming the line
 */
export async function loadFile(
  request: LoadRequest,
  work: Work,
): Promise<TakenFile & { findings: Finding[] }> {
  const { client, draft, file, header, format } = request;
  const text = new DecodedFile(file, format.encoding);
  const rows = new RowWriter(request, work);
  const reader = csvRecords(
    format.delimiter,
    (record) => rows.add(record),
    () => rows.rest(),
  );
  const columns = quoteColumns(['_row', '_file', '_line', ...header.columns, '_extra']);
  const copy = client.query(copyFrom(`copy ${draft} (${columns}) from stdin`));
  try {
    await pipeline(Readable.from(text.chunks(work.signal)), reader.parser, reader.consumer, copy, {
      signal: work.signal,
    });
  } catch (error) {
    throw translateCsvError(error, file, reader.line());
  }
  if (!rows.sawHeader) throw malformed(file, 1, 'a header was expected, the file is empty');
  return {
    name: file.name,
    sha256: text.sha256(),
    lines: reader.line() - 1,
    rows: rows.count,
    findings: rows.findings(text.looksLikeUtf8()),
  };
}

/** Turns records into COPY lines, batched: a write per record would cost more than the record. */
class RowWriter {
  readonly #request: LoadRequest;
  readonly #work: Work;
  readonly #ragged = new LineList();
  readonly #blank = new LineList();
  #batch = '';
  #records = 0;
  count = 0;
  sawHeader = false;

  constructor(request: LoadRequest, work: Work) {
    this.#request = request;
    this.#work = work;
  }

  add(record: CsvRecord): Buffer | undefined {
    if (!this.sawHeader) {
      this.#checkHeader(record);
      this.sawHeader = true;
      return undefined;
    }
    this.#records += 1;
    if (this.#records % PROGRESS_LINES === 0) {
      this.#work.progress({ done: this.#request.rowsBefore + this.count, unit: 'lines' });
    }
    const { columns } = this.#request.header;
    const { fields } = record;
    if (columns.length > 1 && fields.length === 1 && fields[0]?.trim() === '') {
      this.#blank.add(record.line);
      return undefined;
    }
    if (fields.length !== columns.length) this.#ragged.add(record.line);
    this.#write(record, columns.length);
    return this.#batch.length >= BATCH_CHARACTERS ? this.rest() : undefined;
  }

  rest(): Buffer | undefined {
    if (this.#batch === '') return undefined;
    const bytes = Buffer.from(this.#batch);
    this.#batch = '';
    return bytes;
  }

  findings(looksLikeUtf8: boolean): Finding[] {
    const { table, file, header, format } = this.#request;
    const found: Finding[] = [];
    const note = (
      code: 'file/ragged-line' | 'file/blank-line',
      lines: LineList,
      message: string,
    ) => {
      if (lines.count === 0) return;
      const examples = lines.first.map((line) => `${file.name}:${line}`);
      found.push(finding(code, { table, count: lines.count, examples, message }));
    };
    note(
      'file/ragged-line',
      this.#ragged,
      `${file.name}: ${this.#ragged.count} lines do not have the ${header.columns.length} fields of the header.`,
    );
    note(
      'file/blank-line',
      this.#blank,
      `${file.name}: ${this.#blank.count} blank lines are left out.`,
    );
    if (this.count === 0) {
      const message = `${file.name} has a header and no rows.`;
      found.push(finding('file/no-rows', { table, count: 1, examples: [file.name], message }));
    }
    if (looksLikeUtf8) {
      const message = `${file.name} is valid UTF-8 but was read as ${format.encoding}: letters beyond ASCII may be wrong.`;
      found.push(
        finding('file/doubtful-encoding', { table, count: 1, examples: [file.name], message }),
      );
    }
    return found;
  }

  #write(record: CsvRecord, width: number): void {
    const { file, format, rowsBefore } = this.#request;
    this.count += 1;
    const values: (string | null)[] = [
      String(rowsBefore + this.count),
      file.name,
      String(record.line),
    ];
    for (let index = 0; index < width; index += 1) values.push(record.fields[index] ?? null);
    const more = record.fields.slice(width);
    values.push(more.length === 0 ? null : more.join(format.delimiter));
    this.#batch += copyLine(values);
  }

  #checkHeader({ fields }: CsvRecord): void {
    const { table, file, header, format } = this.#request;
    const { columns } = readHeader(table, file, fields, format.delimiter);
    const length = Math.max(columns.length, header.columns.length);
    for (let index = 0; index < length; index += 1) {
      if (columns[index] === header.columns[index]) continue;
      const expected = header.columns[index] ?? 'no further column';
      const found = columns[index] ?? 'none';
      throw malformed(
        file,
        1,
        `column ${index + 1}: expected ${expected} as in the files before it, found ${found}`,
      );
    }
  }
}

/** The first line numbers of a kind, and how many there are. */
class LineList {
  readonly first: number[] = [];
  count = 0;

  add(line: number): void {
    this.count += 1;
    if (this.first.length < MAX_EXAMPLES) this.first.push(line);
  }
}
