import type pg from 'pg';
import type { ChunkId } from './isolate/keep-rejects.ts';
import type { CompiledDataset } from './mapping/compiled-dataset.ts';
import type { KeyRange } from './mapping/source-rows.ts';
import type { TargetPlaces } from './target-places.ts';

/** What every way of loading a chunk is given. */
export interface LoadOptions {
  readonly dataset: CompiledDataset;
  readonly places: TargetPlaces;
  readonly id: ChunkId;
  readonly range: KeyRange & { readonly rows: number };
  readonly source: pg.Client;
  /** In a transaction. */
  readonly target: pg.Client;
  readonly targetUrl: string;
}
