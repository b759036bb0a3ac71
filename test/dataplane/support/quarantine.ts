import { acceptQuarantine } from '../../../dataplane/accept-quarantine.ts';
import { loadState } from '../../../dataplane/ledger.ts';
import {
  type CompiledMapping,
  compileMapping,
} from '../../../dataplane/mapping/compile-mapping.ts';
import type { CompiledDataset } from '../../../dataplane/mapping/compiled-dataset.ts';
import type { Accepted, Redriven } from '../../../dataplane/quarantine-decision.ts';
import { type Reconciliation, reconcileDataset } from '../../../dataplane/reconcile.ts';
import { type CorrectedRow, redriveQuarantine } from '../../../dataplane/redrive.ts';
import type { Work } from '../../../dataplane/work.ts';
import type { Manifest } from '../../../domain/manifest.ts';
import { freeWork } from '../../support/work.ts';
import { loadManifest } from './load.ts';
import { makeScene, type Scene } from './scene.ts';

export const LOAD = 'load-1';

/** A row in quarantine as the tests look at it. */
export interface KeptRow {
  readonly id: string;
  readonly source_key: string;
  readonly rule: string;
  readonly status: string;
}

/** A loaded scene with its mapping, and what people decide about its quarantine. */
export interface LoadedScene extends Scene {
  readonly mapping: CompiledMapping;
  dataset(id: string): CompiledDataset;
  kept(dataset: string, status?: string): Promise<KeptRow[]>;
  /** Corrects rows by their source keys; none: tries them again as they are. */
  redrive(
    dataset: string,
    corrections?: Readonly<Record<string, Readonly<Record<string, string | null>>>>,
    options?: { id?: string; work?: Work },
  ): Promise<Redriven>;
  /** As `redrive`, with the rows by their ids. */
  redriveRows(
    dataset: string,
    rows: readonly CorrectedRow[],
    options?: { id?: string; work?: Work },
  ): Promise<Redriven>;
  accept(dataset: string, count: number, rule?: string, id?: string): Promise<Accepted>;
  reconcile(dataset: string): Promise<Reconciliation>;
  figures(dataset: string): Promise<{
    read: number;
    loaded: number;
    quarantined: number;
    excluded: number;
    totals: Readonly<Record<string, string>>;
  }>;
}

/** Makes a scene, and loads a manifest. */
export async function loadedScene(
  legacySql: string,
  platformSql: string,
  manifest: Manifest,
): Promise<LoadedScene> {
  const scene = await makeScene(legacySql, platformSql);
  await loadManifest(manifest, scene.urls, LOAD);
  return decidable(scene, manifest);
}

let decisions = 0;

/** What can be decided in a scene that was loaded. */
export async function decidable(scene: Scene, manifest: Manifest): Promise<LoadedScene> {
  const mapping = await compileMapping({ manifest, urls: scene.urls }, freeWork());
  const { urls } = scene;
  const department = manifest.department.id;
  const dataset = (id: string): CompiledDataset => {
    const found = mapping.datasets.find((each) => each.id === id);
    if (found === undefined) throw new Error(`no dataset ${id}`);
    return found;
  };
  const by = { by: 'someone', reason: 'a test', urls, loadId: LOAD };
  const loaded: LoadedScene = {
    ...scene,
    mapping,
    dataset,
    kept: async (id, status = 'open') =>
      (
        await scene.sql<KeptRow>(
          'platform',
          `select id::text, dataset, source_key, rule, status from slipway.quarantine order by quarantine.id`,
        )
      ).filter((row) => row.status === status && (row as { dataset?: string }).dataset === id),
    async redrive(id, corrections = {}, options = {}) {
      const open = await loaded.kept(id);
      const rows = Object.entries(corrections).map(([key, cells]) => ({
        id: open.find((row) => row.source_key === key)?.id ?? '0',
        cells,
      }));
      return loaded.redriveRows(id, rows, options);
    },
    redriveRows(id, rows, options = {}) {
      decisions += 1;
      return redriveQuarantine(
        {
          ...by,
          dataset: dataset(id),
          mappingHash: mapping.hash,
          id: options.id ?? `r${decisions}`,
          document: rows.length === 0 ? undefined : 'a'.repeat(64),
          corrections: () => Promise.resolve(rows),
        },
        options.work ?? freeWork(),
      );
    },
    accept: (id, count, rule, decision) => {
      decisions += 1;
      const request = { ...by, dataset: dataset(id), count, rule, id: decision ?? `a${decisions}` };
      return acceptQuarantine(request, freeWork());
    },
    reconcile: (id) => reconcileDataset({ mapping, dataset: id, urls, loadId: LOAD }, freeWork()),
    async figures(id) {
      const state = await loadState({ urls, department, loadId: LOAD }, freeWork());
      const found = state.find((each) => each.dataset === id);
      if (found === undefined) throw new Error(`no load of ${id}`);
      const { read, loaded: rows, quarantined, excluded, totals } = found;
      return { read, loaded: rows, quarantined, excluded, totals };
    },
  };
  return loaded;
}
