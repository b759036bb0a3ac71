import type pg from 'pg';
import { SlipwayError } from '../domain/errors.ts';
import type { Limits } from '../domain/manifest.ts';
import { connect, inTransaction } from './connections.ts';
import { BinaryRefused } from './copy-rows.ts';
import { describeDataError, isDataError } from './data-error.ts';
import type { ChunkId } from './isolate/keep-rejects.ts';
import { type ChunkFigures, claimChunk, finishChunk, type RowCounts } from './ledger.ts';
import { isApart } from './load-apart.ts';
import { type LoadMode, loadChunk } from './load-chunk.ts';
import { longQuery } from './long-query.ts';
import type { CompiledDataset } from './mapping/compiled-dataset.ts';
import { plannedRange } from './plan-chunks.ts';
import type { Relation } from './relation.ts';
import { LanePace, limitSession, rest, takePlace, waitUntilQuiet } from './source-limits.ts';
import { PLATFORM } from './target-places.ts';
import { tableName } from './target-table.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

export interface TransferRequest {
  readonly dataset: CompiledDataset;
  readonly urls: DataPlaneUrls;
  readonly loadId: string;
  readonly chunk: number;
  /** Of the whole mapping, for the ledger. */
  readonly mappingHash: string;
  /** What may be asked of the source. Default: anything. */
  readonly limits?: Limits;
}

export interface TransferredChunk extends RowCounts {
  readonly chunk: number;
  /** `repeated`: it was loaded before, nothing was done. */
  readonly path: ChunkFigures['path'] | 'repeated';
}

/**
 * Loads one planned chunk exactly once: its rows, its quarantine and its ledger row are committed together. A chunk
 * that is in the ledger is left alone; two attempts at the same time wait for each other. When a row fails the
 * transaction is rolled back and only this chunk's bad rows are told apart.
 * @throws SlipwayError `data/chunk-failed`, `data/source-changed`, `source/unreachable`, `target/unreachable`,
 *   `target/busy`, `target/drift`; the signal's reason when it was aborted
 */
export async function transferChunk(
  request: TransferRequest,
  work: Work,
): Promise<TransferredChunk> {
  const [loaded] = await transferChunks(request, [request.chunk], () => work);
  if (loaded === undefined) throw new SlipwayError('internal/unexpected', 'no chunk was loaded');
  return loaded;
}

/**
 * As `transferChunk`, for several chunks one after the other on the same two connections.
 * @param workOf the work of a chunk; all share one signal
 */
export async function transferChunks(
  request: Omit<TransferRequest, 'chunk'>,
  chunks: Iterable<number>,
  workOf: (chunk: number) => Work,
): Promise<TransferredChunk[]> {
  const { dataset, urls, loadId } = request;
  const limits = dataset.relation.side === 'source' ? request.limits : undefined;
  const pace = limits === undefined ? undefined : new LanePace(limits);
  const lane = new Lane(urls.target, dataset.relation, limits);
  const transferred: TransferredChunk[] = [];
  let first: LoadMode = fastest(dataset);
  try {
    for (const chunk of chunks) {
      const work = workOf(chunk);
      const id: ChunkId = { department: dataset.department, loadId, dataset: dataset.id, chunk };
      let last: LoadMode = first;
      const started = performance.now();
      const figures = await inModes(
        dataset,
        (mode) => {
          last = mode;
          return lane.use(work, (source, target) =>
            inTransaction(target, 'write', () =>
              attempt({ ...request, id, source, target }, mode, work),
            ),
          );
        },
        `${dataset.id}, chunk ${chunk}`,
        first,
      );
      // Bad rows seldom come alone: after a chunk that had some, the next one is not first tried without looking.
      if (figures !== undefined) {
        first = figures.path === 'isolated' && isApart(last) ? last : fastest(dataset);
      }
      const { read, loaded, quarantined, excluded, path } = figures ?? REPEATED;
      work.progress({ done: read, total: read, unit: 'rows' });
      transferred.push({ chunk, read, loaded, quarantined, excluded, path });
      await rest(pace?.restAfter(read, performance.now() - started) ?? 0, work);
    }
  } finally {
    await lane.close();
  }
  return transferred;
}

const REPEATED = { read: 0, loaded: 0, quarantined: 0, excluded: 0, path: 'repeated' } as const;

/** A connection to each side, kept from chunk to chunk; opening them costs as much as loading 2,000 rows. */
class Lane {
  readonly #targetUrl: string;
  readonly #relation: Relation;
  readonly #limits: Limits | undefined;
  #open: { readonly source: pg.Client; readonly target: pg.Client } | undefined;

  constructor(targetUrl: string, relation: Relation, limits: Limits | undefined) {
    this.#targetUrl = targetUrl;
    this.#relation = relation;
    this.#limits = limits;
  }

  /** After an error both connections are closed: a copy may still be under way on them. */
  async use<T>(work: Work, run: (source: pg.Client, target: pg.Client) => Promise<T>): Promise<T> {
    const { signal } = work;
    try {
      this.#open ??= await this.#connect(work);
      if (this.#limits !== undefined) await waitUntilQuiet(this.#open.source, this.#limits, work);
      return await run(this.#open.source, this.#open.target);
    } catch (error) {
      await this.close();
      if (signal.aborted) throw signal.reason;
      throw error;
    }
  }

  async #connect(work: Work): Promise<{ source: pg.Client; target: pg.Client }> {
    const target = await connect(this.#targetUrl, 'target', work.signal);
    try {
      if (this.#limits !== undefined) {
        await takePlace(target, this.#relation, this.#limits, work);
      }
      const { url, side } = this.#relation;
      const source = await connect(url, side, work.signal);
      if (this.#limits !== undefined) await limitSession(source, this.#limits);
      return { target, source };
    } catch (error) {
      await target.end();
      throw error;
    }
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await Promise.allSettled([open?.source.end(), open?.target.end()]);
  }
}

interface Attempt extends Omit<TransferRequest, 'chunk'> {
  readonly id: ChunkId;
  readonly source: pg.Client;
  readonly target: pg.Client;
}

async function attempt(
  { dataset, urls, mappingHash, id, source, target }: Attempt,
  mode: LoadMode,
  work: Work,
): Promise<ChunkFigures | undefined> {
  const range = await plannedRange(target, PLATFORM, id);
  if (range === undefined) {
    throw new SlipwayError('data/chunk-failed', `${id.dataset} has no planned chunk ${id.chunk}`);
  }
  const about = { kind: 'load', targetTable: tableName(dataset.target), mappingHash } as const;
  // Waits as long as another attempt is at it.
  const isOurs = await longQuery(
    target,
    { url: urls.target, side: 'target' },
    work,
    { done: 0, total: range.rows, unit: 'rows' },
    () => claimChunk(target, PLATFORM, id, about),
  );
  if (!isOurs) return undefined;
  const options = { dataset, places: PLATFORM, id, range, source, target };
  const figures = await loadChunk({ ...options, targetUrl: urls.target }, mode, work);
  await finishChunk(target, PLATFORM, id, figures);
  return figures;
}

/**
 * Tries the fastest way first; after an error of the rows the next one that can tell good rows from bad ones.
 * @param first where to begin instead
 * @throws what `load` throws when another way would not help; SlipwayError `data/chunk-failed` when the last one fails
 */
export async function inModes<T>(
  dataset: CompiledDataset,
  load: (mode: LoadMode) => Promise<T>,
  name: string,
  first: LoadMode = fastest(dataset),
): Promise<T> {
  let mode = first;
  for (;;) {
    try {
      return await load(mode);
    } catch (error) {
      if (isCollision(error)) {
        throw new SlipwayError('target/busy', `${name}: another transaction was in the way`);
      }
      const next = nextMode(dataset, mode, error);
      if (next === undefined) {
        if (!isDataError(error)) throw error;
        throw new SlipwayError('data/chunk-failed', `${name}: ${describeDataError(error)}`);
      }
      mode = next;
    }
  }
}

function fastest(dataset: CompiledDataset): LoadMode {
  return dataset.binary ? 'binary' : 'text';
}

/**
 * Which way to try after an error. An error of class 22 says that a row cannot be mapped, any other which constraint it
 * breaks. Where one row per value is taken, whether a row counts depends on all others: all are looked at.
 */
function nextMode(dataset: CompiledDataset, mode: LoadMode, error: unknown): LoadMode | undefined {
  if (error instanceof BinaryRefused) return mode === 'binary' ? 'text' : 'all';
  if (mode === 'checks' && isBeyondSource(error)) return 'constraints';
  if (!isDataError(error) || mode === 'rows') return undefined;
  if (mode === 'all') return 'rows';
  if (dataset.onePer !== undefined) return 'all';
  const code = (error as { code?: string }).code ?? '';
  const cannotBeMapped = code.startsWith('22');
  if (mode === 'binary' || mode === 'text') return cannotBeMapped ? 'mapping' : apartBy(code);
  // What the mapping says beforehand was not true.
  if (cannotBeMapped || mode === 'constraints') return 'all';
  // Rows of more than one kind: then all kinds are looked for.
  return mode === 'mapping' ? apartBy(code) : 'constraints';
}

/** A check of the platform uses a function or a type that the source does not have. */
function isBeyondSource(error: unknown): boolean {
  const { cause = error } = error as { cause?: unknown };
  const { code } = cause as { code?: unknown };
  return typeof code === 'string' && /^(42|3F)/.test(code);
}

/** What to look for when a constraint was broken. */
function apartBy(code: string): LoadMode {
  return BROKEN[code] ?? 'constraints';
}

const BROKEN: Readonly<Record<string, LoadMode>> = {
  '23502': 'nulls',
  '23503': 'references',
  '23505': 'uniques',
  '23514': 'checks',
};

/** Deadlock or serialisation failure: two chunks held what the other one wanted. */
function isCollision(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === '40P01' || code === '40001';
}
