import type pg from 'pg';
import { type Comparison, comparisonOf } from './compare/comparison.ts';
import { type Differences, findDifferences } from './compare/differences.ts';
import { leftOutKeys } from './compare/left-out.ts';
import { inTransaction, withConnection } from './connections.ts';
import { correctedMapping, supersedeCorrections } from './corrections.ts';
import { hidingValues } from './data-error.ts';
import { type Change, isNothing, recount } from './delta/recount.ts';
import { type Doomed, removeRows } from './delta/remove-rows.ts';
import { type Upserted, upsertRows } from './delta/upsert-rows.ts';
import { claimChunk, finishChunk, nextChunk, readLoadState } from './ledger.ts';
import type { CompiledDataset } from './mapping/compiled-dataset.ts';
import type { CompiledMapping } from './mapping/compile-mapping.ts';
import { PLATFORM } from './target-places.ts';
import { tableName } from './target-table.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

export interface DeltaRequest {
  readonly mapping: CompiledMapping;
  readonly urls: DataPlaneUrls;
  readonly loadId: string;
}

/** What a delta did to a dataset. */
export interface DatasetDelta {
  readonly dataset: string;
  readonly inserted: number;
  readonly updated: number;
  /** Of its table; where several datasets share one, it is said of the first. */
  readonly deleted: number;
  /** Rows that are new in quarantine, and rows that left it. */
  readonly quarantined: number;
  readonly resolved: number;
}

/**
 * Brings the platform to what the source holds now, by the checksums of a reconciliation: rows that are gone are removed
 * (with what refers to them, looked at anew), changed and new ones are written, bad ones go to quarantine and rows of the
 * quarantine that are good now are loaded. All of it in one transaction, with a ledger row of kind `delta` for every
 * dataset that changed, so that the ledger's sums stay true. The same delta twice changes nothing.
 * @throws SlipwayError `data/source-changed` when the source is written to meanwhile; `data/chunk-failed`; or a database
 *   cannot be reached
 */
export async function applyDelta(request: DeltaRequest, work: Work): Promise<DatasetDelta[]> {
  const { mapping, urls } = request;
  const [first] = mapping.datasets;
  if (first === undefined) return [];
  return withConnection(urls.target, 'target', work.signal, (target) =>
    inTransaction(target, 'write', async () => {
      // Two deltas at the same time would both write what is missing.
      await target.query("select pg_advisory_xact_lock(hashtext('slipway delta'), hashtext($1))", [
        first.department,
      ]);
      return hidingValues('applying the delta', async () => {
        // Where the source row has changed since it was corrected, the source counts again.
        for (const dataset of mapping.datasets) {
          await supersedeCorrections(target, dataset, request.loadId, work);
        }
        const corrected = await correctedMapping(target, mapping, request.loadId);
        return new Delta({ ...request, mapping: corrected }, target, work).apply();
      });
    }),
  );
}

class Delta {
  readonly #request: DeltaRequest;
  readonly #target: pg.Client;
  readonly #work: Work;
  readonly #comparisons: readonly Comparison[];
  /** Per table, what was found; dropped when its rows are removed for another reason. */
  readonly #found = new Map<string, Differences>();
  readonly #deleted = new Map<string, number>();

  constructor(request: DeltaRequest, target: pg.Client, work: Work) {
    this.#request = request;
    this.#target = target;
    this.#work = work;
    const { mapping } = request;
    const all = mapping.datasets.map(({ id }) => comparisonOf(mapping, id));
    this.#comparisons = [...new Map(all.map((each) => [tableName(each.table), each])).values()];
  }

  async apply(): Promise<DatasetDelta[]> {
    const extra: Doomed[] = [];
    for (const comparison of this.#comparisons) {
      const { found } = await this.#differences(comparison);
      const keys = found.filter(({ kind }) => kind === 'extra').map(({ key }) => key);
      extra.push({ table: comparison.table, key: keyOf(comparison), keys });
    }
    await this.#remove(extra);
    const upserted: DatasetUpsert[] = [];
    for (const dataset of this.#request.mapping.datasets) {
      upserted.push({ dataset, ...(await this.#upsert(dataset)) });
    }
    return this.#writeDown(upserted);
  }

  async #differences(comparison: Comparison): Promise<Differences> {
    const name = tableName(comparison.table);
    const { urls, loadId } = this.#request;
    const keep = Number.POSITIVE_INFINITY;
    const found =
      this.#found.get(name) ??
      (await findDifferences({ comparison, urls, loadId, keep, target: this.#target }, this.#work));
    this.#found.set(name, found);
    return found;
  }

  async #remove(doomed: readonly Doomed[]): Promise<void> {
    if (doomed.every(({ keys }) => keys.length === 0)) return;
    const tables = this.#comparisons.map(({ table }) => table);
    const department = this.#comparisons[0]?.department ?? '';
    for (const [name, rows] of await removeRows(this.#target, tables, department, doomed)) {
      this.#deleted.set(name, (this.#deleted.get(name) ?? 0) + rows);
      this.#found.delete(name);
    }
  }

  /** Again when its own rows had to be removed: those that referred to them have to come back. */
  async #upsert(dataset: CompiledDataset): Promise<Upserted> {
    const { mapping, urls, loadId } = this.#request;
    const comparison = comparisonOf(mapping, dataset.id);
    const { table } = comparison;
    const key = keyOf(comparison);
    const total = { inserted: 0, updated: 0, quarantined: 0, resolved: 0 };
    let checksum: string | null;
    do {
      const { found, unmappable } = await this.#differences(comparison);
      const rejected = await leftOutKeys(this.#target, dataset, loadId);
      const bad = (unmappable.get(dataset.id) ?? []).map(({ rowKey }) => rowKey);
      const result = await upsertRows(
        {
          comparison,
          dataset,
          urls,
          target: this.#target,
          id: await nextChunk(this.#target, dataset, loadId),
          differences: found.filter(({ source }) => source?.dataset === dataset.id),
          leftOut: [...rejected, ...bad],
          remove: (keys) => this.#remove([{ table, key, keys }]),
        },
        this.#work,
      );
      for (const name of ['inserted', 'updated', 'quarantined', 'resolved'] as const) {
        total[name] += result[name];
      }
      checksum = result.checksum;
    } while (!this.#found.has(tableName(table)));
    return { ...total, checksum };
  }

  /** One ledger row for every dataset that changed. */
  async #writeDown(upserted: readonly DatasetUpsert[]): Promise<DatasetDelta[]> {
    const { mapping, loadId } = this.#request;
    const changes = new Map<string, Change>();
    for (const comparison of this.#comparisons) {
      const ledger = await readLoadState(this.#target, comparison.department, loadId);
      const found = await recount(this.#target, comparison, loadId, ledger, this.#work);
      for (const [dataset, change] of found) changes.set(dataset, change);
    }
    const results: DatasetDelta[] = [];
    for (const { dataset, inserted, updated, quarantined, resolved, checksum } of upserted) {
      const table = tableName(dataset.target);
      const deleted = this.#deleted.get(table) ?? 0;
      this.#deleted.delete(table);
      const done = { inserted, updated, deleted };
      results.push({ dataset: dataset.id, ...done, quarantined, resolved });
      const change = changes.get(dataset.id);
      const touched = inserted + updated + deleted + quarantined + resolved > 0;
      if (change === undefined || (!touched && isNothing(change))) continue;
      const id = await nextChunk(this.#target, dataset, loadId);
      const about = { kind: 'delta', targetTable: table, mappingHash: mapping.hash } as const;
      const figures = { ...change, checksum, path: 'delta', changes: done } as const;
      await claimChunk(this.#target, PLATFORM, id, about);
      await finishChunk(this.#target, PLATFORM, id, figures);
    }
    return results;
  }
}

function keyOf({ key }: Comparison): string[] {
  return key.map(({ name }) => name);
}

type DatasetUpsert = Upserted & { readonly dataset: CompiledDataset };
