import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import copyStreams from 'pg-copy-streams';
import { quoteIdentifier, quoteLiteral } from '../quote.ts';
import type { Relation } from '../relation.ts';
import type { TableColumn } from './table-columns.ts';

/** Takes the values of one column. */
export interface CellSink {
  nulls: number;
  add(bytes: Uint8Array, start: number, end: number): void;
  addLong(
    bytes: Uint8Array,
    start: number,
    end: number,
    hash: number,
    other: number,
    characters: number,
  ): void;
}

/** Values of more bytes are cut in the database: a column of documents must not travel. */
const LONG_BYTES = 8000;
const SHOWN_CHARACTERS = 500;
/** Types whose text is always short. */
const SHORT_TYPE =
  /^(smallint|integer|bigint|numeric|real|double precision|money|date|time|timestamp|interval|boolean|uuid|oid|"char"|character\(\d{1,3}\)|character varying\(\d{1,3}\))/;
const HEADER_BYTES = 19;
/** The mark, 12 digits of length, 16 hexadecimal digits of hash. */
const MARK_BYTES = 17;
const TAIL_BYTES = MARK_BYTES + 12 + 16;

/**
 * Reads a table once, as one binary COPY of all its values as text, and gives each value to the sink of its column while
 * it lies in the buffer of the socket. The rows come in the order of the table.
 * @param progress called with every block of rows
 */
export async function streamCells(
  client: pg.Client,
  relation: Relation,
  columns: readonly TableColumn[],
  sinks: readonly CellSink[],
  progress: () => void,
): Promise<void> {
  // Not to be guessed by whoever wrote the rows.
  const mark = `\u0001${randomBytes(8).toString('hex')}`;
  const cells = columns.map((column) => cellSql(column, mark));
  const query = `copy (select ${cells.join(', ')} from ${relation.sql} r) to stdout (format binary)`;
  const reader = new RowReader(sinks, Buffer.from(mark, 'latin1'));
  // A scan that joins another one in the middle of the table would see its rows in another order each time.
  await client.query('set synchronize_seqscans = off; set max_parallel_workers_per_gather = 0');
  for await (const chunk of client.query(copyStreams.to(query)) as AsyncIterable<Buffer>) {
    reader.read(chunk);
    progress();
  }
}

function cellSql({ name, type }: TableColumn, mark: string): string {
  const column = `r.${quoteIdentifier(name)}`;
  const text = type === 'text' || type.startsWith('character varying') ? column : `${column}::text`;
  if (SHORT_TYPE.test(type)) return text;
  const length = `lpad(length(${text})::text, 12, '0')`;
  const hash = `lpad(to_hex(hashtextextended(${text}, 0)), 16, '0')`;
  return `case when octet_length(${text}) > ${LONG_BYTES}
    then left(${text}, ${SHOWN_CHARACTERS}) || ${quoteLiteral(mark)} || ${length} || ${hash} else ${text} end`;
}

/** Takes the blocks of a binary COPY apart. */
class RowReader {
  readonly #sinks: readonly CellSink[];
  readonly #mark: Buffer;
  #rest: Buffer = Buffer.alloc(0);
  #column = -1;
  #header = true;

  constructor(sinks: readonly CellSink[], mark: Buffer) {
    this.#sinks = sinks;
    this.#mark = mark;
  }

  read(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    if (this.#header) {
      if (bytes.length < HEADER_BYTES) {
        this.#rest = bytes;
        return;
      }
      this.#header = false;
      at = HEADER_BYTES;
    }
    const sinks = this.#sinks;
    let column = this.#column;
    for (;;) {
      if (column < 0) {
        if (at + 2 > bytes.length) break;
        // The number of fields, -1 at the end of the table.
        const fields = bytes.readInt16BE(at);
        at += 2;
        if (fields < 0) break;
        column = 0;
        if (fields === 0) column = -1;
        continue;
      }
      if (at + 4 > bytes.length) break;
      const length =
        ((bytes[at] ?? 0) << 24) |
        ((bytes[at + 1] ?? 0) << 16) |
        ((bytes[at + 2] ?? 0) << 8) |
        (bytes[at + 3] ?? 0);
      const sink = sinks[column];
      if (sink === undefined) throw new RangeError('a row has more fields than the table');
      if (length < 0) {
        sink.nulls += 1;
        at += 4;
      } else {
        const end = at + 4 + length;
        if (end > bytes.length) break;
        if (length > LONG_BYTES / 16 && this.#isCut(bytes, end)) addCut(sink, bytes, at + 4, end);
        else sink.add(bytes, at + 4, end);
        at = end;
      }
      column += 1;
      if (column === sinks.length) column = -1;
    }
    this.#column = column;
    this.#rest = at === bytes.length ? Buffer.alloc(0) : bytes.subarray(at);
  }

  #isCut(bytes: Buffer, end: number): boolean {
    const start = end - TAIL_BYTES;
    return bytes.compare(this.#mark, 0, MARK_BYTES, start, start + MARK_BYTES) === 0;
  }
}

function addCut(sink: CellSink, bytes: Buffer, start: number, end: number): void {
  const tail = bytes.toString('latin1', end - TAIL_BYTES + MARK_BYTES, end);
  const hash = Number.parseInt(tail.slice(12, 20), 16) | 0;
  const other = Number.parseInt(tail.slice(20), 16) | 0;
  sink.addLong(bytes, start, end - TAIL_BYTES, hash, other, Number(tail.slice(0, 12)));
}
