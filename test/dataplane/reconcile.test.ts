import { beforeAll, describe, expect, it } from 'vitest';
import { compileMapping } from '../../dataplane/mapping/compile-mapping.ts';
import { type Reconciliation, reconcileDataset } from '../../dataplane/reconcile.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { freeWork } from '../support/work.ts';
import { loadManifest } from './support/load.ts';
import { BAD_ROWS, GOOD_PEOPLE, LEGACY, PLATFORM, peopleManifest } from './support/people.ts';
import { makeScene, manifestWith, type Scene } from './support/scene.ts';

async function reconcile(
  scene: Scene,
  dataset: string,
  manifest: Manifest = peopleManifest(),
): Promise<Reconciliation> {
  const work = freeWork();
  const mapping = await compileMapping({ manifest, urls: scene.urls }, work);
  return reconcileDataset({ mapping, dataset, urls: scene.urls, loadId: 'load-1' }, work);
}

describe('after a load with bad rows', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await makeScene(`${LEGACY} ${GOOD_PEOPLE} ${BAD_ROWS}`, PLATFORM);
    await loadManifest(peopleManifest(), scene.urls, 'load-1');
  });

  it('both sides are proven to hold the same, rows in quarantine and out of scope left out', async () => {
    const people = await reconcile(scene, 'people');
    expect(people).toMatchObject({
      reconciled: true,
      table: 'app.person',
      datasets: ['people'],
      rows: { source: 236, target: 236 },
      differing: { missing: 0, extra: 0, different: 0 },
      differences: [],
      counts: [
        {
          dataset: 'people',
          source: { read: 250, excluded: 1, quarantined: 13 },
          ledger: { read: 250, loaded: 236, excluded: 1, quarantined: 13 },
          equal: true,
        },
      ],
    });
    expect(people.totals).toEqual([
      expect.objectContaining({
        column: 'pay',
        equal: true,
        source: people.totals[0]?.target,
        loaded: { people: people.totals[0]?.target },
      }),
    ]);
    expect(await reconcile(scene, 'units')).toMatchObject({ reconciled: true });
  });

  it.each([
    [
      'a wrong value',
      "update app.person set grade = 'G7' where number = 100",
      'different',
      '100',
      ['grade'],
    ],
    [
      'an emptied value',
      'update app.person set note = null where number = 100',
      'different',
      '100',
      ['note'],
    ],
    [
      'two wrong values',
      'update app.person set pay = pay + 0.01, name = upper(name) where number = 100',
      'different',
      '100',
      ['name', 'pay'],
    ],
    ['a lost row', 'delete from app.person where number = 100', 'missing', '100', undefined],
    [
      'an invented row',
      "insert into app.person (department, number, name, unit) values ('moj', 9999, 'X', 'U1')",
      'extra',
      '9999',
      undefined,
    ],
  ])('%s on the platform is named by row and column', async (_, sql, kind, key, columns) => {
    await scene.sql(
      'platform',
      `create table if not exists backup as select * from app.person; ${sql}`,
    );
    const result = await reconcile(scene, 'people');
    await scene.sql(
      'platform',
      "delete from app.person where department = 'moj'; insert into app.person select * from backup",
    );
    expect(result.reconciled).toBe(false);
    expect(result.differing).toEqual({ missing: 0, extra: 0, different: 0, [kind]: 1 });
    expect(result.differences).toMatchObject([
      {
        kind,
        key,
        ...(kind === 'extra' ? {} : { dataset: 'people', sourceKey: key }),
        ...(columns === undefined ? {} : { columns }),
      },
    ]);
    expect(result.differences[0]?.columns).toEqual(columns);
  });

  it('two differences that cancel each other out are both found', async () => {
    await scene.sql(
      'platform',
      `update app.person set pay = pay + 10 where number = 100; update app.person set pay = pay - 10 where number = 101`,
    );
    const result = await reconcile(scene, 'people');
    expect(result.totals[0]?.equal).toBe(true);
    expect(
      result.differences.map(({ key, columns }) => `${key} ${columns?.join()}`).toSorted(),
    ).toEqual(['100 pay', '101 pay']);
    await scene.sql(
      'platform',
      `update app.person set pay = pay - 10 where number = 100; update app.person set pay = pay + 10 where number = 101`,
    );
    expect((await reconcile(scene, 'people')).reconciled).toBe(true);
  });

  it('rows of another department are not looked at', async () => {
    await scene.sql(
      'platform',
      "insert into app.person (department, number, name, unit) select 'other', 5, 'X', 'U1' where false; insert into app.unit values ('other', 'U1', 'One', null)",
    );
    expect((await reconcile(scene, 'units')).reconciled).toBe(true);
  });

  it('a source that changed is found: counts, and rows that cannot be mapped any more', async () => {
    await scene.sql(
      'legacy',
      `update person set born = 'never' where id = 60; insert into person (id, name, unit, kind) values (900, 'New', 'U1', 'JR'); delete from person where id = 61`,
    );
    const result = await reconcile(scene, 'people');
    expect(result.reconciled).toBe(false);
    expect(result.unmappable).toEqual(['60']);
    expect(result.differences.map(({ kind, key }) => `${kind} ${key}`).toSorted()).toEqual([
      'extra 60',
      'extra 61',
      'missing 900',
    ]);
  });
});

describe('several datasets of one table', () => {
  const part = (id: string, from: string, more: object = {}) => ({
    id,
    target: 'app.unit',
    source: 'legacy',
    from,
    key: ['id'],
    fields: { code: 'code', name: 'name' },
    ...more,
  });
  const manifest = manifestWith({
    datasets: [
      part('first', 'public.a', { onePer: ['code'] }),
      part('second', 'public.b', {
        onePer: ['code'],
        exclude: [{ when: { isNull: 'code' }, reason: 'no code' }],
      }),
    ],
  });

  it('are compared together; a row per value that the other one has loaded counts as excluded', async () => {
    const scene = await makeScene(
      `create table a (id integer primary key, code text, name text); create table b (like a including all);
       insert into a values (1, 'X', 'Ex'), (2, 'X', 'Ex again'), (3, 'Y', 'Why');
       insert into b values (1, 'Y', 'Why there'), (2, 'Z', 'Zed'), (3, 'Z', 'Zed again'), (4, null, 'None'), (5, 'lower', 'Bad code')`,
      PLATFORM,
    );
    const chunks = await loadManifest(manifest, scene.urls, 'load-1');
    expect(chunks).toMatchObject([
      { read: 3, loaded: 2, excluded: 1, quarantined: 0, path: 'direct' },
      { read: 5, loaded: 1, excluded: 3, quarantined: 1, path: 'isolated' },
    ]);
    for (const dataset of ['first', 'second']) {
      expect(await reconcile(scene, dataset, manifest)).toMatchObject({
        reconciled: true,
        datasets: ['first', 'second'],
        rows: { source: 3, target: 3 },
      });
    }
    const ledger = await scene.sql(
      'platform',
      "select excluded from slipway.load_ledger where dataset = 'second'",
    );
    expect(ledger).toEqual([
      {
        excluded: {
          'no code': 1,
          'not the first row of its code': 1,
          'loaded by an earlier dataset': 1,
        },
      },
    ]);
  });
});
