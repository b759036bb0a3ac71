import { beforeAll, describe, expect, it } from 'vitest';
import { differenceValues } from '../../dataplane/difference-values.ts';
import { compileMapping, tryCompileMapping } from '../../dataplane/mapping/compile-mapping.ts';
import { type Reconciliation, reconcileDataset } from '../../dataplane/reconcile.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { freeWork } from '../support/work.ts';
import { loadManifest } from './support/load.ts';
import { makeScene, manifestWith, type Scene } from './support/scene.ts';

const LEGACY = `
  create table pay (staff integer primary key, full_name text, unit text, amount numeric(10,2), fte double precision, hours numeric);
  insert into pay select i, 'Person ' || i, case when i > 38 then 'R' else 'U' || i % 3 end, 1000 + i, 0.5, 37.25 from generate_series(1, 40) i;`;

/** Names of columns differ on the two sides. */
const PLATFORM = `
  create schema app;
  create table app.pay (department text, number integer, name text, cost_centre text, pay numeric(12,2), fte double precision, hours numeric,
    primary key (department, number));`;

function manifestOf(more: object = {}): Manifest {
  return manifestWith({
    datasets: [
      {
        id: 'pay',
        target: 'app.pay',
        source: 'legacy',
        from: 'public.pay',
        key: ['staff'],
        fields: {
          number: 'staff',
          name: 'full_name',
          cost_centre: 'unit',
          pay: 'amount',
          fte: 'fte',
          hours: 'hours',
        },
        totals: ['pay'],
        ...more,
      },
    ],
  });
}

const OPTIONS = { totalsBy: ['cost_centre'], tolerances: { fte: 0.01, hours: 0.05 } };

async function reconcile(scene: Scene, manifest: Manifest): Promise<Reconciliation> {
  const mapping = await compileMapping({ manifest, urls: scene.urls }, freeWork());
  return reconcileDataset(
    { mapping, dataset: 'pay', urls: scene.urls, loadId: 'load-1' },
    freeWork(),
  );
}

describe('a reconciliation of renamed columns, with groups and tolerances', () => {
  let scene: Scene;
  const manifest = manifestOf(OPTIONS);
  beforeAll(async () => {
    scene = await makeScene(LEGACY, PLATFORM);
    await loadManifest(manifest, scene.urls, 'load-1');
  });

  /** What it says while the platform is changed. */
  async function changed(sql: string, with_: Manifest = manifest): Promise<Reconciliation> {
    await scene.sql('platform', `create table backup as select * from app.pay; ${sql}`);
    try {
      return await reconcile(scene, with_);
    } finally {
      await scene.sql(
        'platform',
        'truncate app.pay; insert into app.pay select * from backup; drop table backup',
      );
    }
  }

  it('compares the totals of every group', async () => {
    expect(await reconcile(scene, manifest)).toMatchObject({
      reconciled: true,
      groups: { by: ['cost_centre'], compared: 4, differing: 0, named: [] },
      tolerances: { fte: '0.01', hours: '0.05' },
      withinTolerance: 0,
    });
  });

  it('names the groups that are not equal to the penny, even where the total over all is', async () => {
    const result = await changed(
      'update app.pay set pay = pay + 0.01 where number = 3; update app.pay set pay = pay - 0.01 where number = 4',
    );
    expect(result.totals).toMatchObject([{ column: 'pay', equal: true }]);
    expect(result.groups).toMatchObject({ compared: 4, differing: 2 });
    expect(result.groups.named).toEqual([
      {
        group: ['U0'],
        rows: { source: 12, target: 12 },
        totals: [{ column: 'pay', source: '12234.00', target: '12234.01' }],
      },
      {
        group: ['U1'],
        rows: { source: 13, target: 13 },
        totals: [{ column: 'pay', source: '13247.00', target: '13246.99' }],
      },
    ]);
  });

  it('does not name a group of few rows, nor its totals', async () => {
    const { groups } = await changed('update app.pay set pay = 1 where number = 40');
    expect(groups.named).toEqual([
      {
        group: null,
        rows: { source: 2, target: 2 },
        totals: [{ column: 'pay', source: '9999.99', target: '9999.99' }],
      },
    ]);
  });

  it('counts rows within the tolerances by themselves, and names those beyond', async () => {
    const result = await changed(
      `update app.pay set fte = fte + 0.009 where number in (1, 2); update app.pay set hours = hours - 0.05 where number = 3;
       update app.pay set hours = hours + 0.051 where number = 4; update app.pay set fte = 0.505, name = 'X' where number = 5;
       update app.pay set hours = null where number = 6; update app.pay set fte = 'NaN' where number = 7`,
    );
    expect(result).toMatchObject({
      reconciled: false,
      withinTolerance: 3,
      differing: { missing: 0, extra: 0, different: 4 },
    });
    expect(result.differences.map(({ key, columns }) => `${key}: ${columns?.join()}`)).toEqual([
      '4: hours',
      '5: name',
      '6: hours',
      '7: fte',
    ]);
  });

  it('holds when rows differ by no more than the tolerances, and does not without them', async () => {
    const sql = 'update app.pay set fte = fte + 0.009';
    expect(await changed(sql)).toMatchObject({ reconciled: true, withinTolerance: 40 });
    expect(await changed(sql, manifestOf())).toMatchObject({
      reconciled: false,
      differing: { different: 40 },
    });
  });

  it('shows what differing values look like, and gives the values only when it is asked for them', async () => {
    await scene.sql(
      'platform',
      `update app.pay set name = 'Pérson 8 ', pay = 9 where number = 8; delete from app.pay where number = 9;
       insert into app.pay values ('moj', 99, 'New', 'U1', 1, 0.5, null)`,
    );
    const result = await reconcile(scene, manifest);
    const sorted = result.differences.toSorted((a, b) => Number(a.key) - Number(b.key));
    expect(sorted[0]?.masked).toEqual([
      { column: 'name', source: 'Aaaaaa·9', target: 'Aaaaaa·9·' },
      { column: 'pay', source: '9999.99', target: '9.99' },
    ]);
    expect(JSON.stringify(result)).not.toContain('Pérson');
    const mapping = await compileMapping({ manifest, urls: scene.urls }, freeWork());
    const about = { mapping, dataset: 'pay', urls: scene.urls, loadId: 'load-1' };
    const values = await differenceValues({ ...about, differences: sorted }, freeWork());
    expect(values[0]).toEqual([
      { column: 'name', source: 'Person 8', target: 'Pérson 8 ' },
      { column: 'pay', source: '1008.00', target: '9.00' },
    ]);
    expect(values[1]).toContainEqual({ column: 'name', source: 'Person 9', target: null });
    expect(values[2]).toContainEqual({ column: 'name', source: null, target: 'New' });
  });
});

it('tolerances and groups that cannot be are problems of the mapping', async () => {
  const scene = await makeScene(LEGACY, PLATFORM);
  const manifest = manifestOf({
    totalsBy: ['cost_center'],
    tolerances: { pay: 0.01, name: 1, number: 1, wages: 1 },
  });
  const outcome = await tryCompileMapping(manifest, scene.urls, freeWork());
  const problems = 'problems' in outcome ? outcome.problems : [];
  expect(problems.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`)).toEqual([
    'totalsBy.0: cost_center is not mapped; did you mean "cost_centre"?',
    'tolerances.pay: pay is a control total, which is equal to the penny: it has no tolerance',
    'tolerances.name: name is text: only numbers have a tolerance',
    'tolerances.number: number tells rows apart: it has no tolerance',
    'tolerances.wages: wages is not mapped',
  ]);
});

it('a tolerance is part of what is approved: another one is another mapping', async () => {
  const scene = await makeScene(LEGACY, PLATFORM);
  const hash = async (more: object): Promise<string> =>
    (await compileMapping({ manifest: manifestOf(more), urls: scene.urls }, freeWork())).hash;
  expect(await hash({ tolerances: { fte: 0.01 } })).not.toBe(
    await hash({ tolerances: { fte: 0.02 } }),
  );
});
