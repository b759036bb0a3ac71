import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import copyStreams from 'pg-copy-streams';
import { type Side, translateDriverError } from './driver-errors.ts';
import { longQuery } from './long-query.ts';
import type { Progress, Work } from './work.ts';

/** Where rows are copied from: a connection, and what it is connected to. */
export interface CopySource {
  readonly client: pg.Client;
  readonly url: string;
  readonly side: Side;
}

/** Where rows are copied to: table and columns as SQL, `hr.person (a, b)`. */
export interface CopyTarget {
  readonly client: pg.Client;
  readonly side: Side;
  readonly into: string;
}

export interface Copied {
  readonly rows: number;
  /** Of the bytes copied. */
  readonly sha256: string;
}

/** The platform does not take the binary form of what the source sent: copy as text instead. */
export class BinaryRefused extends Error {}

/** How much is copied between two signs of life. */
const PROGRESS_BYTES = 4 * 1024 * 1024;

/**
 * Copies rows from a query on one connection into a table on another, at the pace of the slower end; nothing is
 * parsed on the way. After a failure the connection it copied from is closed, because rows may still be on their way
 * through it; the other one is usable and its transaction failed.
 * @throws BinaryRefused; data errors of either end as they are; other errors as `translateDriverError` says
 */
export async function copyRows(
  from: CopySource & { readonly query: string },
  to: CopyTarget,
  format: 'binary' | 'text',
  work: Work,
  planned?: number,
): Promise<Copied> {
  work.signal.throwIfAborted();
  const alive: Progress = {
    done: 0,
    ...(planned === undefined ? {} : { total: planned }),
    unit: 'rows',
  };
  // The first row may take minutes to come: the source sorts, or the table is locked.
  return longQuery(from.client, from, work, alive, () =>
    stream(from, to, format, work.signal, () => work.progress(alive)),
  );
}

async function stream(
  from: CopySource & { readonly query: string },
  to: CopyTarget,
  format: 'binary' | 'text',
  signal: AbortSignal,
  report: () => void,
): Promise<Copied> {
  const reading = from.client.query(
    copyStreams.to(`copy (${from.query}) to stdout (format ${format})`),
  );
  const writing = to.client.query(
    copyStreams.from(`copy ${to.into} from stdin (format ${format})`),
  );
  let failed: { error: unknown; side: Side } | undefined;
  reading.once('error', (error) => {
    failed ??= { error, side: from.side };
  });
  writing.once('error', (error) => {
    failed ??= { error, side: to.side };
  });
  const hash = createHash('sha256');
  let unreported = 0;
  reading.on('data', (chunk: Buffer) => {
    hash.update(chunk);
    unreported += chunk.length;
    if (unreported < PROGRESS_BYTES) return;
    unreported = 0;
    report();
  });
  try {
    await pipeline(reading, writing);
  } catch (error) {
    close(from.client);
    if (signal.aborted) throw signal.reason;
    throw reasonOf(failed ?? { error, side: to.side });
  }
  return { rows: writing.rowCount, sha256: hash.digest('hex') };
}

function reasonOf({ error, side }: { error: unknown; side: Side }): unknown {
  const code = (error as { code?: unknown }).code;
  if (code === '08P01' || code === '22P03') {
    return new BinaryRefused('the platform refuses the binary form', { cause: error });
  }
  return translateDriverError(error, side);
}

/** `stream` is the socket; the driver's types leave it out. */
function close(client: pg.Client): void {
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } };
  connection.stream.destroy();
}
