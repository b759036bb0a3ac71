import { countLoadedElsewhere } from './loaded-elsewhere.ts';
import type pg from 'pg';
import { SlipwayError } from '../domain/errors.ts';
import { leftOutKeys } from './compare/left-out.ts';
import { inTransaction, withConnection } from './connections.ts';
import {
  activeCorrections,
  corrected,
  type CorrectedCells,
  type Correction,
  CORRECTIONS,
  jsonChecksumSql,
  sourceChecksums,
} from './corrections.ts';
import { describeDataError, isDataError } from './data-error.ts';
import { insertGood, totalsOfGood } from './isolate/good-rows.ts';
import { type Isolated, isolateOnly } from './isolate/isolate-rows.ts';
import { updateRejects } from './isolate/keep-rejects.ts';
import { claimChunk, finishChunk, nextChunk } from './ledger.ts';
import type { CompiledDataset } from './mapping/compiled-dataset.ts';
import { LOADED_BY_ANOTHER } from './mapping/source-rows.ts';
import {
  type DecidedBy,
  findDecision,
  keepDecision,
  lockQuarantine,
  type QuarantineOf,
  type Redriven,
} from './quarantine-decision.ts';
import { PLATFORM } from './target-places.ts';
import { tableName } from './target-table.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

/** The corrected cells of one row in quarantine. */
export interface CorrectedRow {
  /** Id of the row in quarantine. */
  readonly id: string;
  readonly cells: CorrectedCells;
}

export interface RedriveRequest extends QuarantineOf, DecidedBy {
  readonly urls: DataPlaneUrls;
  /** Of the whole mapping, for the ledger. */
  readonly mappingHash: string;
  /** SHA-256 of the imported corrections; left out to try the rows again as they are. */
  readonly document?: string | undefined;
  /** Reads the corrections, unless they are gone. Not called for a decision that was carried out before. */
  readonly corrections: () => Promise<readonly CorrectedRow[] | undefined>;
}

/** Source keys that a refusal names. */
const NAMED = 5;

/**
 * Loads rows of the quarantine after all: takes corrections up, looks at every row of the dataset that was kept out, with
 * the same mapping and rules as the load, loads the good ones and keeps the bad ones with what is wrong now. Corrections,
 * rows, quarantine and a ledger row of kind `redrive`, whose figures are differences, are committed together; the same
 * decision again does nothing.
 * @returns what was done; refused, with nothing done, when a corrected row is no longer open or its source row has changed
 * @throws SlipwayError `data/chunk-failed` when the platform refuses rows for a reason that cannot be told apart; or a
 *   database cannot be reached
 */
export async function redriveQuarantine(request: RedriveRequest, work: Work): Promise<Redriven> {
  try {
    return await attempt(request, 'sets', work);
  } catch (error) {
    if (!isDataError(error)) throw error;
  }
  try {
    // A trigger or an exclusion constraint: it can only be found by trying.
    return await attempt(request, 'rows', work);
  } catch (error) {
    if (!isDataError(error)) throw error;
    throw new SlipwayError(
      'data/chunk-failed',
      `rows of ${request.dataset.id} cannot be re-driven: ${describeDataError(error)}`,
    );
  }
}

async function attempt(
  request: RedriveRequest,
  by: 'sets' | 'rows',
  work: Work,
): Promise<Redriven> {
  const { dataset, urls, id } = request;
  return withConnection(urls.target, 'target', work.signal, (target) =>
    inTransaction(target, 'write', async () => {
      await lockQuarantine(target, dataset.department);
      const before = await findDecision<Redriven>(target, request, id);
      if (before !== undefined) return before;
      const rows = request.document === undefined ? [] : await request.corrections();
      const refused =
        rows === undefined
          ? 'the corrections are no longer there: they were applied already, or have expired'
          : await takeUp(target, request, rows, work);
      if (refused !== undefined) {
        const none = { corrected: 0, loaded: 0, excluded: 0, gone: 0, remaining: 0 };
        const result: Redriven = { kind: 'redrive', ...none, refused };
        await keepDecision(target, request, { ...request, result });
        return result;
      }
      return load(target, request, rows?.length ?? 0, by, work);
    }),
  );
}

interface OpenRow {
  readonly id: string;
  readonly rowKey: string;
  readonly sourceKey: string;
  readonly checksum: string;
}

/** Writes the corrections down, over earlier ones of the same rows. @returns why it must not, in words */
async function takeUp(
  target: pg.Client,
  request: RedriveRequest,
  rows: readonly CorrectedRow[],
  work: Work,
): Promise<string | undefined> {
  if (rows.length === 0) return undefined;
  const { dataset, loadId } = request;
  const found = await target.query<OpenRow>(
    `select q.id::text, row_key as "rowKey", source_key as "sourceKey", ${jsonChecksumSql('raw')} as checksum
     from ${PLATFORM.quarantine} q
     where department = $1 and load_id = $2 and dataset = $3 and status = 'open' and q.id = any($4::bigint[])`,
    [dataset.department, loadId, dataset.id, rows.map((row) => row.id)],
  );
  const open = new Map(found.rows.map((row) => [row.id, row]));
  const closed = rows.filter((row) => !open.has(row.id)).map((row) => row.id);
  if (closed.length > 0) return `rows that are no longer open: ${named(closed)}`;
  const earlier = await activeCorrections(target, dataset, loadId);
  const keys = found.rows.map(({ rowKey }) => rowKey);
  // What the row looked like to whoever corrected it: with earlier corrections, and without.
  const seen = await sourceChecksums(corrected(dataset, earlier), keys, work);
  const source = earlier.length === 0 ? seen : await sourceChecksums(dataset, keys, work);
  const stale = found.rows.filter(({ rowKey, checksum }) => seen.get(rowKey) !== checksum);
  if (stale.length > 0) {
    return `rows whose source has changed since: ${named(stale.map(({ sourceKey }) => sourceKey))}; re-drive without corrections to look at them as they are now, and export again`;
  }
  await keepCorrections(target, request, rows, open, earlier, source);
  return undefined;
}

async function keepCorrections(
  target: pg.Client,
  { dataset, loadId, id }: RedriveRequest,
  rows: readonly CorrectedRow[],
  open: ReadonlyMap<string, OpenRow>,
  earlier: readonly Correction[],
  source: ReadonlyMap<string, string>,
): Promise<void> {
  const cellsBefore = new Map(earlier.map(({ rowKey, cells }) => [rowKey, cells]));
  const of = [dataset.department, loadId, dataset.id];
  const list = rows.map((row) => {
    const { rowKey = '', sourceKey = '' } = open.get(row.id) ?? {};
    const cells = { ...cellsBefore.get(rowKey), ...row.cells };
    return { rowKey, sourceKey, checksum: source.get(rowKey), cells, quarantine: row.id };
  });
  await target.query(
    `update ${CORRECTIONS} set status = 'superseded', closed_at = now(), closed_because = 'corrected again'
     where department = $1 and load_id = $2 and dataset = $3 and status = 'active' and row_key = any($4)`,
    [...of, list.map(({ rowKey }) => rowKey)],
  );
  await target.query(
    `insert into ${CORRECTIONS} (department, load_id, dataset, row_key, source_key, checksum, cells, decision, quarantine_id)
     select $1, $2, $3, r."rowKey", r."sourceKey", r.checksum, r.cells, $4, r.quarantine
     from jsonb_to_recordset($5::jsonb) as r("rowKey" text, "sourceKey" text, checksum text, cells jsonb, quarantine bigint)`,
    [...of, id, JSON.stringify(list)],
  );
}

async function load(
  target: pg.Client,
  request: RedriveRequest,
  correctedRows: number,
  by: 'sets' | 'rows',
  work: Work,
): Promise<Redriven> {
  const { urls, loadId, mappingHash } = request;
  const dataset = corrected(
    request.dataset,
    await activeCorrections(target, request.dataset, loadId),
  );
  const only = await leftOutKeys(target, dataset, loadId);
  const before = await countLoadedElsewhere(target, dataset, loadId);
  const isolated = await isolate({ dataset, urls, target, only, by }, work);
  const chunk = await nextChunk(target, dataset, loadId);
  const rejects = await updateRejects(chunk, { dataset, places: PLATFORM, target });
  await target.query(
    `update ${PLATFORM.quarantine} set decision = $4
     where department = $1 and load_id = $2 and dataset = $3 and status = 'resolved' and closed_at = now()`,
    [dataset.department, loadId, dataset.id, request.id],
  );
  const totals = await totalsOfGood(target, dataset);
  const loaded = await insertGood(
    { dataset, places: PLATFORM, target, targetUrl: urls.target },
    work,
  );
  await target.query('set constraints all immediate');
  const { figures, result } = accountFor(isolated, {
    kept: only.length,
    elsewhere: before,
    loaded,
  });
  const changed = rejects.quarantined + rejects.resolved + loaded > 0;
  if (changed) {
    const about = { kind: 'redrive', targetTable: tableName(dataset.target), mappingHash } as const;
    await claimChunk(target, PLATFORM, chunk, about);
    await finishChunk(target, PLATFORM, chunk, {
      ...figures,
      totals,
      checksum: isolated.checksum,
      path: 'redrive',
      changes: { inserted: loaded, updated: 0, deleted: 0 },
    });
  }
  const outcome: Redriven = { kind: 'redrive', corrected: correctedRows, loaded, ...result };
  await keepDecision(target, request, {
    ...request,
    ...(changed ? { chunk: chunk.chunk } : {}),
    result: outcome,
  });
  return outcome;
}

async function isolate(
  options: {
    readonly dataset: CompiledDataset;
    readonly urls: DataPlaneUrls;
    readonly target: pg.Client;
    readonly only: readonly string[];
    readonly by: 'sets' | 'rows';
  },
  work: Work,
): Promise<Isolated> {
  const { dataset, urls } = options;
  const { url, side } = dataset.relation;
  return withConnection(url, side, work.signal, (source) =>
    isolateOnly({ ...options, places: PLATFORM, source, targetUrl: urls.target }, work),
  );
}

/** By how much the dataset's figures change: what is true of the rows now, less what the ledger says of them. */
function accountFor(
  isolated: Isolated,
  was: { readonly kept: number; readonly elsewhere: number; readonly loaded: number },
) {
  const { read, quarantined } = isolated;
  const excludedBy: Record<string, number> = { ...isolated.excluded };
  const elsewhere = (excludedBy[LOADED_BY_ANOTHER] ?? 0) - was.elsewhere;
  if (elsewhere === 0) delete excludedBy[LOADED_BY_ANOTHER];
  else excludedBy[LOADED_BY_ANOTHER] = elsewhere;
  const excluded = Object.values(excludedBy).reduce((sum, rows) => sum + rows, 0);
  const figures = {
    read: read - was.kept,
    loaded: was.loaded,
    quarantined: quarantined - (was.kept - was.elsewhere),
    excluded,
    excludedBy,
  };
  return { figures, result: { excluded, gone: was.kept - read, remaining: quarantined } };
}

function named(keys: readonly string[]): string {
  const more = keys.length > NAMED ? ` and ${keys.length - NAMED} more` : '';
  return `${keys.slice(0, NAMED).join(', ')}${more}`;
}
