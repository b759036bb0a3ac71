import { beforeAll, describe, expect, it } from 'vitest';
import { applyDelta, type DatasetDelta } from '../../dataplane/delta.ts';
import { loadState } from '../../dataplane/ledger.ts';
import { compileMapping } from '../../dataplane/mapping/compile-mapping.ts';
import { reconcileDataset } from '../../dataplane/reconcile.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { freeWork } from '../support/work.ts';
import { loadManifest } from './support/load.ts';
import { BAD_ROWS, GOOD_PEOPLE, LEGACY, PLATFORM, peopleManifest } from './support/people.ts';
import { makeScene, manifestWith, type Scene } from './support/scene.ts';

async function delta(scene: Scene, manifest = peopleManifest()): Promise<DatasetDelta[]> {
  const mapping = await compileMapping({ manifest, urls: scene.urls }, freeWork());
  return applyDelta({ mapping, urls: scene.urls, loadId: 'load-1' }, freeWork());
}

async function expectReconciled(
  scene: Scene,
  manifest: Manifest = peopleManifest(),
): Promise<void> {
  const mapping = await compileMapping({ manifest, urls: scene.urls }, freeWork());
  for (const { id } of mapping.datasets) {
    const result = await reconcileDataset(
      { mapping, dataset: id, urls: scene.urls, loadId: 'load-1' },
      freeWork(),
    );
    expect(result).toMatchObject({ reconciled: true, differences: [] });
  }
}

const NOTHING = { inserted: 0, updated: 0, deleted: 0, quarantined: 0, resolved: 0 };

const state = (scene: Scene) =>
  loadState({ urls: scene.urls, department: 'moj', loadId: 'load-1' }, freeWork());

const quarantined = (scene: Scene) =>
  scene.sql<{ source_key: string; rule: string }>(
    'platform',
    "select source_key, rule from slipway.quarantine where status = 'open' and dataset = 'people' order by source_key::int",
  );

describe('a delta', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await makeScene(`${LEGACY} ${GOOD_PEOPLE} ${BAD_ROWS}`, PLATFORM);
    await loadManifest(peopleManifest(), scene.urls, 'load-1');
  });

  it('changes nothing when nothing changed', async () => {
    expect(await delta(scene)).toEqual([
      { dataset: 'units', ...NOTHING },
      { dataset: 'people', ...NOTHING },
    ]);
    const [count] = await scene.sql(
      'platform',
      "select count(*)::int as n from slipway.load_ledger where kind = 'delta'",
    );
    expect(count).toEqual({ n: 0 });
  });

  it('brings inserts, updates and deletes, bad rows to quarantine and corrected rows out of it', async () => {
    await scene.sql(
      'legacy',
      `insert into person (id, name, unit, kind, pay, born) values (301, 'New', 'U1', 'JR', 10, '01/01/1990'), (302, 'New bad', 'U1', 'JR', 10, '1/1/1990');
       update person set pay = 1234.5 where id = 100;
       update person set born = 'never' where id = 101;
       update person set ni = 'NI103' where id = 102;
       update person set born = '01/03/1980' where id = 3;
       update person set status = 'test' where id = 104;
       delete from person where id in (105, 4);`,
    );
    expect(await delta(scene)).toEqual([
      { dataset: 'units', ...NOTHING },
      // 100 updated; 301 and 3 inserted; 101 (cannot be mapped), 102 (a rule broken), 104 (out of scope) and 105 deleted.
      { dataset: 'people', inserted: 2, updated: 1, deleted: 4, quarantined: 3, resolved: 2 },
    ]);
    expect((await quarantined(scene)).filter(({ source_key }) => Number(source_key) > 100)).toEqual(
      [
        { source_key: '101', rule: 'cast:born' },
        { source_key: '102', rule: 'unique:person_ni_key' },
        { source_key: '202', rule: 'unique:person_ni_key' },
        { source_key: '302', rule: 'cast:born' },
      ],
    );
    await expectReconciled(scene);
  });

  it('leaves ledger sums that are true', async () => {
    const people = (await state(scene)).find(({ dataset }) => dataset === 'people');
    const [platform] = await scene.sql<{ n: number; pay: string }>(
      'platform',
      'select count(*)::int as n, sum(pay)::text as pay from app.person',
    );
    expect(people).toMatchObject({
      read: 250,
      loaded: platform?.n,
      quarantined: 14,
      excluded: 2,
      totals: { pay: platform?.pay },
    });
    expect(250).toBe((people?.loaded ?? 0) + 14 + 2);
  });

  it('can be found as the origin of a row', async () => {
    const rows = await scene.sql(
      'platform',
      `select p.number, l.kind from app.person p join slipway.load_ledger l on l.xact::xid = p.xmin
       where p.number in (99, 100, 301) order by 1`,
    );
    expect(rows.map(({ number, kind }) => [number, kind])).toEqual([
      [99, 'load'],
      [100, 'delta'],
      [301, 'delta'],
    ]);
  });

  it('changes nothing the second time', async () => {
    expect(await delta(scene)).toEqual([
      { dataset: 'units', ...NOTHING },
      { dataset: 'people', ...NOTHING },
    ]);
  });

  it('removes what refers to a removed row, and says why it is not there', async () => {
    await scene.sql(
      'legacy',
      `insert into unit values ('U2', 'Two', 'U1'); update person set unit = 'U2' where id between 120 and 130`,
    );
    await delta(scene);
    await scene.sql('legacy', "delete from unit where code = 'U2'");
    expect(await delta(scene)).toEqual([
      { dataset: 'units', ...NOTHING, deleted: 1 },
      { dataset: 'people', ...NOTHING, deleted: 11, quarantined: 11 },
    ]);
    expect(
      (await quarantined(scene)).filter(({ rule }) => rule === 'foreign-key:person_unit_fk'),
    ).toHaveLength(12);
    await expectReconciled(scene);
    await scene.sql('legacy', "insert into unit values ('U2', 'Two', 'U1')");
    expect(await delta(scene)).toEqual([
      { dataset: 'units', ...NOTHING, inserted: 1 },
      { dataset: 'people', ...NOTHING, inserted: 11, resolved: 11 },
    ]);
    await expectReconciled(scene);
  });

  it('can exchange unique values between rows', async () => {
    await scene.sql(
      'legacy',
      "update person set ni = case id when 140 then 'NI141' else 'NI140' end, name = 'Renamed ' || id where id in (140, 141)",
    );
    const people = (await delta(scene)).find(({ dataset }) => dataset === 'people');
    expect(people).toMatchObject({ inserted: 2, deleted: 2, quarantined: 0 });
    await expectReconciled(scene);
  });

  it('corrects what was changed on the platform', async () => {
    await scene.sql(
      'platform',
      "update app.person set name = 'Wrong' where number = 150; delete from app.person where number = 151",
    );
    const people = (await delta(scene)).find(({ dataset }) => dataset === 'people');
    expect(people).toMatchObject({ updated: 1, inserted: 1, deleted: 0 });
    await expectReconciled(scene);
  });
});

it('a delta keeps one row per value across the datasets of a table', async () => {
  const part = (id: string, from: string) => ({
    id,
    target: 'app.unit',
    source: 'legacy',
    from,
    key: ['id'],
    onePer: ['code'],
    fields: { code: 'code', name: 'name' },
  });
  const manifest = manifestWith({
    datasets: [part('first', 'public.a'), part('second', 'public.b')],
  });
  const scene = await makeScene(
    `create table a (id integer primary key, code text, name text); create table b (like a including all);
     insert into a values (1, 'X', 'Ex'), (2, 'X', 'Ex again'), (3, 'Y', 'Why');
     insert into b values (1, 'Y', 'Why there'), (2, 'Z', 'Zed');`,
    PLATFORM,
  );
  await loadManifest(manifest, scene.urls, 'load-1');
  expect(await delta(scene, manifest)).toEqual([
    { dataset: 'first', ...NOTHING },
    { dataset: 'second', ...NOTHING },
  ]);
  // The first of X goes, so the second row counts; Y goes from the first dataset, so that of the second counts.
  await scene.sql('legacy', 'delete from a where id in (1, 3)');
  expect(await delta(scene, manifest)).toEqual([
    { dataset: 'first', ...NOTHING, updated: 1, deleted: 1 },
    { dataset: 'second', ...NOTHING, inserted: 1 },
  ]);
  expect(await scene.sql('platform', 'select code, name from app.unit order by code')).toEqual([
    { code: 'X', name: 'Ex again' },
    { code: 'Y', name: 'Why there' },
    { code: 'Z', name: 'Zed' },
  ]);
  await expectReconciled(scene, manifest);
});
