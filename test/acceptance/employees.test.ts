import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { applyDelta } from '../../dataplane/delta.ts';
import { type DatasetLoad, loadState } from '../../dataplane/ledger.ts';
import { checkMapping } from '../../dataplane/mapping/check.ts';
import { type CompiledMapping, compileMapping } from '../../dataplane/mapping/compile-mapping.ts';
import { prepareTarget } from '../../dataplane/prepare.ts';
import { reconcileDataset } from '../../dataplane/reconcile.ts';
import { simulateMapping } from '../../dataplane/simulate.ts';
import { manifestSchema } from '../../domain/manifest.ts';
import { loadManifest } from '../dataplane/support/load.ts';
import { makeScene, type Scene } from '../dataplane/support/scene.ts';
import { loadEmployees } from '../support/employees-database.ts';
import { sharedData } from '../support/shared-data.ts';
import { freeWork } from '../support/work.ts';

const folder = sharedData('employees');
const LOAD = 'load-1';

describe.skipIf(folder === undefined)('the employees database as a legacy HR system', () => {
  const file = resolve(import.meta.dirname, '../../examples/employees.yaml');
  const manifest = manifestSchema.parse(parseYaml(readFileSync(file, 'utf8')));
  const { id: department } = manifest.department;
  let scene: Scene;
  let mapping: CompiledMapping;
  let state: readonly DatasetLoad[];

  beforeAll(async () => {
    scene = await makeScene('');
    await loadEmployees(scene.legacy, folder ?? '');
    mapping = await compileMapping({ manifest, urls: scene.urls }, freeWork());
    await prepareTarget({ manifest, urls: scene.urls, loadId: LOAD }, freeWork());
    await loadManifest(manifest, scene.urls, LOAD);
    state = await loadState({ urls: scene.urls, department, loadId: LOAD }, freeWork());
  });

  /** Datasets of which the two sides differ. */
  const differing = async (): Promise<string[]> => {
    const found: string[] = [];
    for (const { id } of mapping.datasets) {
      const request = { mapping, dataset: id, urls: scene.urls, loadId: LOAD };
      const { reconciled } = await reconcileDataset(request, freeWork());
      if (!reconciled) found.push(id);
    }
    return found;
  };

  test('the mapping fits', async () => {
    expect((await checkMapping({ manifest, urls: scene.urls }, freeWork())).problems).toEqual([]);
  });

  test('people are loaded before what refers to them', () => {
    const order = mapping.order.map(({ dataset }) => dataset);
    expect(order.toSorted()).toEqual(['assignments', 'people', 'salaries', 'units']);
    for (const dataset of ['assignments', 'salaries']) {
      expect(order.indexOf(dataset)).toBeGreaterThan(order.indexOf('people'));
      expect(mapping.order.find((each) => each.dataset === dataset)?.after).toContain('people');
    }
  });

  test('four datasets are loaded, 94,917 salaries among them, and not a row is lost', async () => {
    expect(
      state.map(({ dataset, read, loaded, quarantined }) => [dataset, read, loaded, quarantined]),
    ).toEqual([
      ['assignments', 14_782, 14_782, 0],
      ['people', 10_000, 10_000, 0],
      ['salaries', 94_917, 94_917, 0],
      ['units', 9, 9, 0],
    ]);
    const [legacy] = await scene.sql<{ sum: string }>(
      'legacy',
      'select sum(amount)::text as sum from salary',
    );
    const [platform] = await scene.sql<{ sum: string; current: number }>(
      'platform',
      'select sum(amount)::text as sum, count(*) filter (where effective_to is null)::int as current from hr.salary',
    );
    expect(platform?.sum).toBe(`${legacy?.sum}.00`);
    const [today] = await scene.sql(
      'legacy',
      "select count(*)::int as current from salary where to_date = '9999-01-01'",
    );
    expect(platform?.current).toBe(today?.['current']);
  });

  test('both sides are proven to hold the same', async () => {
    expect(await differing()).toEqual([]);
  });

  test('a simulation says the same', async () => {
    const simulation = await simulateMapping({ mapping, urls: scene.urls }, freeWork());
    expect(simulation).toMatchObject({ read: 119_708, loaded: 119_708, quarantined: 0 });
  });

  test('what changes afterwards comes with a delta, and what is taken away goes', async () => {
    await scene.sql(
      'legacy',
      `update salary set amount = amount + 1000 where to_date = '9999-01-01' and emp_no % 100 = 0;
       insert into employee values (999999, '1990-01-01', 'New', 'Starter', 'F', '2026-10-01');
       insert into salary values (999999, 30000, '2026-10-01', '9999-01-01');
       delete from dept_emp where emp_no = 10001; delete from dept_manager where emp_no = 10001;
       delete from title where emp_no = 10001; delete from salary where emp_no = 10001; delete from employee where emp_no = 10001;`,
    );
    const applied = await applyDelta({ mapping, urls: scene.urls, loadId: LOAD }, freeWork());
    const of = (dataset: string) => applied.find((each) => each.dataset === dataset);
    expect(of('people')).toMatchObject({ inserted: 1, updated: 0, deleted: 1 });
    const [raised] = await scene.sql<{ n: number }>(
      'legacy',
      "select count(*)::int as n from salary where to_date = '9999-01-01' and emp_no % 100 = 0",
    );
    expect(of('salaries')).toMatchObject({ inserted: 1, updated: raised?.n, deleted: 17 });
    expect(await differing()).toEqual([]);
  });
});
