import { compileMapping } from '../../dataplane/mapping/compile-mapping.ts';
import { transferDataset } from '../../dataplane/transfer-dataset.ts';
import type { Work } from '../../dataplane/work.ts';
import {
  type LegacyTable,
  type PlatformTable,
  type TransferScene,
  transferManifest,
} from './transfer-scene.ts';

const FREE: Work = { signal: new AbortController().signal, progress: () => undefined };

interface LoadChoices {
  readonly style?: 'coded' | 'plain';
  readonly target?: PlatformTable;
  readonly work?: Work;
}

/** Compiles, plans and loads a legacy table as the transfer step does; goes on where a load before it was stopped. */
export async function load(
  { urls }: TransferScene,
  table: LegacyTable,
  { style = 'coded', target = 'hr.emp', work = FREE }: LoadChoices = {},
): Promise<void> {
  const manifest = transferManifest(table, style, target);
  const mapping = await compileMapping({ manifest, urls }, work);
  const [dataset] = mapping.datasets;
  if (dataset === undefined) throw new Error('nothing to load');
  const { limits } = manifest.policy;
  await transferDataset(
    { dataset, urls, loadId: 'bench', mappingHash: mapping.hash, limits },
    work,
  );
}
