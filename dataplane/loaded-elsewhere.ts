import type pg from 'pg';
import type { CompiledDataset } from './mapping/compiled-dataset.ts';
import { PLATFORM } from './target-places.ts';

/** The number of source rows of a dataset whose row on the platform another dataset has loaded. */
export async function countLoadedElsewhere(
  target: pg.Client,
  dataset: CompiledDataset,
  loadId: string,
): Promise<number> {
  const { rows } = await target.query<{ rows: number }>(
    `select count(*)::int as rows from ${PLATFORM.loadedElsewhere}
     where department = $1 and load_id = $2 and dataset = $3`,
    [dataset.department, loadId, dataset.id],
  );
  return rows[0]?.rows ?? 0;
}
