import { applyDelta } from '../../../dataplane/delta.ts';
import { compileMapping } from '../../../dataplane/mapping/compile-mapping.ts';
import { reconcileDataset } from '../../../dataplane/reconcile.ts';
import { simulateMapping } from '../../../dataplane/simulate.ts';
import type { Manifest } from '../../../domain/manifest.ts';
import { freeWork } from '../../support/work.ts';
import { loadManifest } from './load.ts';
import type { Scene } from './scene.ts';

const LOAD = 'load-1';

/** A legacy system and a platform, a manifest, and what is done with them. */
export class Stage {
  readonly scene: Scene;
  readonly manifest: Manifest;

  constructor(scene: Scene, manifest: Manifest) {
    this.scene = scene;
    this.manifest = manifest;
  }

  async mapping() {
    return compileMapping({ manifest: this.manifest, urls: this.scene.urls }, freeWork());
  }

  async simulate() {
    const { urls } = this.scene;
    const { datasets } = await simulateMapping({ mapping: await this.mapping(), urls }, freeWork());
    return datasets[0];
  }

  async load(): Promise<void> {
    await loadManifest(this.manifest, this.scene.urls, LOAD);
  }

  async delta() {
    const request = { mapping: await this.mapping(), urls: this.scene.urls, loadId: LOAD };
    return (await applyDelta(request, freeWork()))[0];
  }

  async reconcile() {
    const mapping = await this.mapping();
    const dataset = mapping.datasets[0]?.id ?? '';
    const request = { mapping, dataset, urls: this.scene.urls, loadId: LOAD };
    return reconcileDataset(request, freeWork());
  }

  /** Source key to rule of the open quarantine. */
  async quarantine(): Promise<Record<string, string>> {
    const rows = await this.scene.sql<{ source_key: string; rule: string }>(
      'platform',
      "select source_key, rule from slipway.quarantine where status = 'open' order by id",
    );
    return Object.fromEntries(rows.map((row) => [row.source_key, row.rule]));
  }
}
