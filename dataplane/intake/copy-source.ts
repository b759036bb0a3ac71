import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Finding } from '../../domain/findings.ts';
import { copyLine } from '../copy-text.ts';
import { quoteColumns } from '../quote.ts';
import type { Work } from '../work.ts';
import type { TakenFile } from './intake-record.ts';
import { LineList } from './line-list.ts';
import type { RowSource, SourceRow } from './row-source.ts';

const BATCH_CHARACTERS = 64 * 1024;
const PROGRESS_ROWS = 10_000;

export interface CopyRequest {
  readonly client: pg.Client;
  /** The table to copy into, as SQL, and its later name, for findings. */
  readonly draft: string;
  readonly table: string;
  /** Of the draft, in the source's order. */
  readonly columns: readonly string[];
  /** `_row` of the source's first row is one more. */
  readonly rowsBefore: number;
}

/**
 * Copies the rows of a source into a draft table, numbered, at the pace of the slower of both.
 * @throws what the source throws
 */
export async function copySource(
  request: CopyRequest,
  source: RowSource,
  work: Work,
): Promise<TakenFile & { readonly findings: readonly Finding[] }> {
  const { client, draft, table, rowsBefore } = request;
  const columns = quoteColumns(['_row', '_file', '_line', ...request.columns, '_extra']);
  // The draft was made in this transaction: frozen rows need not be written again when they are read first.
  const copy = client.query(copyFrom(`copy ${draft} (${columns}) from stdin (freeze)`));
  const hash = createHash('sha256');
  const zeroBytes = new LineList();
  const width = request.columns.length;
  let rows = 0;
  /** PostgreSQL's text cannot hold a zero byte. */
  const text = (value: string, line: number): string => {
    if (!value.includes('\0')) return value;
    zeroBytes.add(line);
    return value.replaceAll('\0', '\uFFFD');
  };
  const lineOf = ({ line, values, extra }: SourceRow): string => {
    rows += 1;
    const cells: (string | null)[] = [String(rowsBefore + rows), source.name, String(line)];
    for (let index = 0; index < width; index += 1) {
      const value = values[index] ?? null;
      cells.push(value === null ? null : text(value, line));
    }
    cells.push(extra === undefined ? null : text(extra, line));
    return copyLine(cells);
  };
  const lines = async function* (): AsyncGenerator<Buffer> {
    let batch = '';
    let reported = 0;
    for await (const some of source.rows(work.signal)) {
      for (const row of some) {
        batch += lineOf(row);
        if (batch.length < BATCH_CHARACTERS) continue;
        const bytes = Buffer.from(batch);
        hash.update(bytes);
        yield bytes;
        batch = '';
      }
      if (rows - reported < PROGRESS_ROWS) continue;
      reported = rows;
      work.progress({ done: rowsBefore + rows, unit: 'lines' });
    }
    const bytes = Buffer.from(batch);
    hash.update(bytes);
    if (batch !== '') yield bytes;
  };
  await pipeline(Readable.from(lines()), copy, { signal: work.signal });
  const { sha256, lines: count, findings } = source.summary();
  const zero = `${source.name}: ${zeroBytes.count} values with zero bytes; they came in as U+FFFD.`;
  return {
    name: source.name,
    sha256: sha256 ?? hash.digest('hex'),
    lines: count,
    rows,
    findings: [
      ...findings,
      ...zeroBytes.finding('file/zero-byte', { table, name: source.name }, zero),
    ],
  };
}
