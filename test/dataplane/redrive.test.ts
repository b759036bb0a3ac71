import { beforeAll, describe, expect, it } from 'vitest';
import { whyNotCorrectable } from '../../dataplane/corrections.ts';
import { applyDelta } from '../../dataplane/delta.ts';
import { freeWork } from '../support/work.ts';
import { BAD_ROWS, GOOD_PEOPLE, LEGACY, PLATFORM, peopleManifest } from './support/people.ts';
import { LOAD, type LoadedScene, loadedScene } from './support/quarantine.ts';
import { manifestWith } from './support/scene.ts';

const NOTHING = { inserted: 0, updated: 0, deleted: 0, quarantined: 0, resolved: 0 };

const delta = (scene: LoadedScene) =>
  applyDelta({ mapping: scene.mapping, urls: scene.urls, loadId: LOAD }, freeWork());

const person = async (scene: LoadedScene, number: number) =>
  (
    await scene.sql(
      'platform',
      `select name, grade, pay::text, ni, born::text as born from app.person where number = ${number}`,
    )
  )[0];

async function expectTrue(scene: LoadedScene): Promise<void> {
  for (const dataset of ['units', 'people']) {
    const { read, loaded, quarantined, excluded } = await scene.figures(dataset);
    expect(read).toBe(loaded + quarantined + excluded);
    expect(await scene.reconcile(dataset)).toMatchObject({ reconciled: true, differences: [] });
  }
}

describe('a re-drive', () => {
  let scene: LoadedScene;
  beforeAll(async () => {
    scene = await loadedScene(`${LEGACY} ${GOOD_PEOPLE} ${BAD_ROWS}`, PLATFORM, peopleManifest());
  });

  it('loads corrected rows by the same mapping, and all totals stay true', async () => {
    const before = await scene.figures('people');
    expect(before).toMatchObject({ read: 250, quarantined: 13 });
    const done = await scene.redrive('people', {
      '1': { grade: 'six', ni: 'NI1000' },
      '3': { born: '28/02/1980' },
      '4': { name: ' Found again ' },
      '6': { pay: '12.34' },
      '14': { born: '01/01/1990' },
    });
    expect(done).toEqual({
      kind: 'redrive',
      corrected: 5,
      loaded: 4,
      excluded: 0,
      gone: 0,
      remaining: 9,
    });
    expect(await person(scene, 4)).toMatchObject({ name: 'Found again' });
    expect(await person(scene, 6)).toMatchObject({ pay: '12.34' });
    expect(await person(scene, 3)).toMatchObject({ born: '1980-02-28' });
    const after = await scene.figures('people');
    expect(after).toMatchObject({ read: 250, loaded: before.loaded + 4, quarantined: 9 });
    const [sum] = await scene.sql('platform', 'select sum(pay)::text as pay from app.person');
    expect(after.totals).toEqual({ pay: sum?.['pay'] });
    await expectTrue(scene);
  });

  it('keeps a row that is still bad, with the values and the rule it has now', async () => {
    const row = (await scene.kept('people')).find(({ source_key }) => source_key === '14');
    expect(row).toMatchObject({ rule: 'unmapped:grades' });
    const [kept] = await scene.sql(
      'platform',
      `select raw ->> 'born' as born, rules from slipway.quarantine where id = ${row?.id}`,
    );
    expect(kept).toEqual({ born: '01/01/1990', rules: ['unmapped:grades'] });
    // The next correction is laid over the first one.
    expect(await scene.redrive('people', { '14': { grade: 'seven' } })).toMatchObject({
      loaded: 1,
    });
    expect(await person(scene, 14)).toMatchObject({ born: '1990-01-01', grade: 'G7' });
    await expectTrue(scene);
  });

  it('says in ledger and record which rows came by it, and by whom', async () => {
    const [row] = await scene.sql(
      'platform',
      `select l.kind, l.path, l.rows_read::int as read, l.rows_loaded::int as loaded, l.rows_quarantined::int as quarantined,
         d.decided_by, d.reason, d.kind as decision
       from app.person p join slipway.load_ledger l on l.xact::xid = p.xmin
         join slipway.quarantine_decision d on d.dataset = l.dataset and d.chunk = l.chunk
       where p.number = 4`,
    );
    expect(row).toEqual({
      kind: 'redrive',
      path: 'redrive',
      read: 0,
      loaded: 4,
      quarantined: -4,
      decided_by: 'someone',
      reason: 'a test',
      decision: 'redrive',
    });
    const resolved = await scene.sql(
      'platform',
      "select count(*)::int as n from slipway.quarantine where status = 'resolved' and decision is not null",
    );
    expect(resolved).toEqual([{ n: 6 }]);
  });

  it('does nothing when it is carried out a second time', async () => {
    const first = await scene.redrive('people', { '12': { note: 'short' } }, { id: 'same' });
    const figures = await scene.figures('people');
    const [ledger] = await scene.sql(
      'platform',
      'select count(*)::int as n from slipway.load_ledger',
    );
    expect(await scene.redrive('people', { '12': { note: 'other' } }, { id: 'same' })).toEqual(
      first,
    );
    expect(await scene.figures('people')).toEqual(figures);
    expect(
      await scene.sql('platform', 'select count(*)::int as n from slipway.load_ledger'),
    ).toEqual([ledger]);
  });

  it('without corrections tries the rows again: those that lacked another row get in after it', async () => {
    await scene.redrive('units', { D: { parent: 'A' } });
    expect((await scene.kept('units')).map(({ source_key }) => source_key)).toEqual([
      'C',
      'G',
      'h',
    ]);
    // Person 5 belongs to unit D, which is there now.
    expect(await scene.redrive('people')).toMatchObject({ corrected: 0, loaded: 1 });
    const [ledger] = await scene.sql(
      'platform',
      'select count(*)::int as n from slipway.load_ledger',
    );
    expect(await scene.redrive('people')).toMatchObject({ corrected: 0, loaded: 0 });
    expect(
      await scene.sql('platform', 'select count(*)::int as n from slipway.load_ledger'),
    ).toEqual([ledger]);
    await expectTrue(scene);
  });

  it('puts a row that a correction takes out of scope among the excluded ones', async () => {
    expect(await scene.redrive('people', { '2': { status: 'test' } })).toMatchObject({
      loaded: 0,
      excluded: 1,
    });
    await expectTrue(scene);
  });

  it('is refused, with nothing half done, when a row is no longer open', async () => {
    const before = await scene.kept('people');
    const done = await scene.redrive('people', { '7': { ni: 'X' }, '8': { ni: 'NI8000' } });
    expect(done).toMatchObject({ loaded: 0, refused: 'rows that are no longer open: 0' });
    expect(await scene.kept('people')).toEqual(before);
  });

  it('is refused for a row whose source was changed since, until it is looked at again', async () => {
    await scene.sql('legacy', "update person set note = 'still too long' where id = 8");
    const done = await scene.redrive('people', { '8': { ni: 'NI8000' } });
    expect(done.refused).toContain('rows whose source has changed since: 8');
    expect(await scene.redrive('people')).toMatchObject({ loaded: 0 });
    const [row] = await scene.sql(
      'platform',
      "select rules from slipway.quarantine where status = 'open' and dataset = 'people' and source_key = '8'",
    );
    expect(row).toMatchObject({ rules: expect.arrayContaining(['cast:note']) });
    expect(await scene.redrive('people', { '8': { ni: 'NI8000', note: 'ok' } })).toMatchObject({
      loaded: 1,
    });
    await expectTrue(scene);
  });

  it('leaves nothing for a delta to do, once or twice', async () => {
    for (const _ of [1, 2]) {
      expect(await delta(scene)).toEqual([
        { dataset: 'units', ...NOTHING },
        { dataset: 'people', ...NOTHING },
      ]);
    }
    await expectTrue(scene);
  });

  it('gives way to the source when the source row changes later', async () => {
    await scene.sql(
      'legacy',
      "update person set name = 'Named at last' where id = 4; delete from person where id = 3",
    );
    // The source says something else than what was loaded, and no correction hides it.
    expect(await scene.reconcile('people')).toMatchObject({ reconciled: false });
    expect(await delta(scene)).toMatchObject([
      { dataset: 'units', ...NOTHING },
      { dataset: 'people', inserted: 0, updated: 1, deleted: 1 },
    ]);
    expect(await person(scene, 4)).toMatchObject({ name: 'Named at last' });
    expect(
      await scene.sql(
        'platform',
        "select source_key, closed_because from slipway.correction where status = 'superseded' and closed_because like 'the source%' order by 1",
      ),
    ).toEqual([
      { source_key: '3', closed_because: 'the source row is gone' },
      { source_key: '4', closed_because: 'the source row has changed' },
    ]);
    expect(await delta(scene)).toMatchObject([NOTHING, NOTHING]);
    await expectTrue(scene);
  });

  it('takes a row back to quarantine when its source row turns bad in another way', async () => {
    await scene.sql('legacy', 'update person set pay = -5 where id = 6');
    expect(await delta(scene)).toMatchObject([NOTHING, { deleted: 1, quarantined: 1 }]);
    expect((await scene.kept('people')).map(({ source_key }) => source_key)).toContain('6');
    await expectTrue(scene);
  });
});

describe('an acceptance', () => {
  let scene: LoadedScene;
  beforeAll(async () => {
    scene = await loadedScene(`${LEGACY} ${GOOD_PEOPLE} ${BAD_ROWS}`, PLATFORM, peopleManifest());
  });

  it('is refused when another number of rows is open', async () => {
    expect(await scene.accept('people', 12)).toEqual({
      kind: 'accept',
      accepted: 0,
      refused: '12 rows were to be accepted; 13 rows are open',
    });
    expect(await scene.accept('people', 3, 'unmapped:grades')).toMatchObject({ accepted: 0 });
    expect(await scene.kept('people')).toHaveLength(13);
  });

  it('takes the rows of a rule, and they keep counting as quarantined', async () => {
    const before = await scene.figures('people');
    const done = await scene.accept('people', 2, 'unmapped:grades', 'once');
    expect(done).toEqual({ kind: 'accept', accepted: 2 });
    expect(await scene.accept('people', 2, 'unmapped:grades', 'once')).toEqual(done);
    expect(await scene.kept('people')).toHaveLength(11);
    expect(await scene.kept('people', 'accepted')).toHaveLength(2);
    expect(await scene.figures('people')).toEqual(before);
    expect(await delta(scene)).toMatchObject([NOTHING, NOTHING]);
    await expectTrue(scene);
  });

  it('ends when the source is corrected after all', async () => {
    await scene.sql('legacy', "update person set grade = 'six', born = '01/02/1980' where id = 14");
    expect(await delta(scene)).toMatchObject([NOTHING, { inserted: 1, resolved: 1 }]);
    expect(await scene.kept('people', 'accepted')).toHaveLength(1);
    await expectTrue(scene);
  });
});

it('a re-drive keeps one row per value across the datasets of a table', async () => {
  const part = (id: string, from: string) => ({
    id,
    target: 'app.unit',
    source: 'legacy',
    from,
    key: ['id'],
    onePer: ['code'],
    exclude: [{ when: { equals: ['kind', { value: 'test' }] }, reason: 'a test record' }],
    fields: { code: 'code', name: 'name' },
  });
  const manifest = manifestWith({
    datasets: [part('first', 'public.a'), part('second', 'public.b')],
  });
  const scene = await loadedScene(
    `create table a (id integer primary key, code text, name text, kind text); create table b (like a including all);
     insert into a values (1, 'X', 'Ex'), (2, 'X', 'Ex again'), (3, 'Y', 'A name longer than twenty');
     insert into b values (1, 'Y', 'Why there'), (2, 'Z', 'A name longer than twenty');`,
    PLATFORM,
    manifest,
  );
  expect(await scene.figures('first')).toMatchObject({ loaded: 1, quarantined: 1, excluded: 1 });
  // Y is there by the other dataset: the corrected row is left to it.
  expect(await scene.redrive('first', { '3': { name: 'Why' } })).toMatchObject({
    loaded: 0,
    excluded: 1,
    remaining: 0,
  });
  expect(await scene.redrive('second', { '2': { name: 'Zed' } })).toMatchObject({ loaded: 1 });
  expect(await scene.figures('first')).toMatchObject({ read: 3, loaded: 1, excluded: 2 });
  expect(await scene.sql('platform', 'select code, name from app.unit order by code')).toEqual([
    { code: 'X', name: 'Ex' },
    { code: 'Y', name: 'Why there' },
    { code: 'Z', name: 'Zed' },
  ]);
  for (const dataset of ['first', 'second'])
    expect(await scene.reconcile(dataset)).toMatchObject({ reconciled: true });
  expect(await delta(scene)).toEqual([
    { dataset: 'first', ...NOTHING },
    { dataset: 'second', ...NOTHING },
  ]);
  const why = (column: string) => whyNotCorrectable(scene.dataset('first'), column);
  expect(why('name')).toBeUndefined();
  expect(why('id')).toBe('it is the key of the source row');
  expect([why('code'), why('kind')]).toEqual(
    Array(2).fill('it decides which other rows are loaded'),
  );
});
