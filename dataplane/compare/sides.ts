import type pg from 'pg';
import { withConnection } from '../connections.ts';
import type { CompiledDataset } from '../mapping/compiled-dataset.ts';
import type { DataPlaneUrls } from '../urls.ts';
import type { Work } from '../work.ts';
import type { Comparison } from './comparison.ts';
import { type ComparedSide, sourceSide, targetSide } from './side.ts';

/** Opens a connection for each look at a side: a scan may take minutes, and what follows it as well. */
export class Sides {
  readonly #comparison: Comparison;
  readonly #urls: DataPlaneUrls;
  readonly #work: Work;
  readonly #target: pg.Client | undefined;

  /** @param target reads the platform within this connection's transaction */
  constructor(comparison: Comparison, urls: DataPlaneUrls, work: Work, target?: pg.Client) {
    this.#comparison = comparison;
    this.#urls = urls;
    this.#work = work;
    this.#target = target;
  }

  async onTarget<T>(use: (at: ComparedSide) => Promise<T>): Promise<T> {
    const url = this.#urls.target;
    const sql = targetSide(this.#comparison);
    if (this.#target !== undefined) return use({ client: this.#target, url, side: 'target', sql });
    return withConnection(url, 'target', this.#work.signal, (client) =>
      use({ client, url, side: 'target', sql }),
    );
  }

  async onSource<T>(
    dataset: CompiledDataset,
    leftOut: readonly string[],
    use: (at: ComparedSide) => Promise<T>,
  ): Promise<T> {
    const { url, side } = dataset.relation;
    const sql = sourceSide(this.#comparison, dataset, { leftOut });
    return withConnection(url, side, this.#work.signal, (client) =>
      use({ client, url, side, sql }),
    );
  }
}
