import { beforeAll, describe, expect, it } from 'vitest';
import { loadState } from '../../dataplane/ledger.ts';
import { compileMapping } from '../../dataplane/mapping/compile-mapping.ts';
import { preflightTarget } from '../../dataplane/preflight.ts';
import { prepareTarget } from '../../dataplane/prepare.ts';
import { createReadOnlyRole } from '../support/read-only-role.ts';
import { freeWork } from '../support/work.ts';
import { loadManifest } from './support/load.ts';
import { makeScene, manifestWith, type Scene } from './support/scene.ts';

const LEGACY = `
  create table person (id integer primary key, payroll text not null, surname text, forename text, born date, hired date);
  create table unit (code text primary key, name text, parent text);
  insert into unit values ('HQ', 'Headquarters', null), ('IT', 'Technology', 'HQ');
  insert into person select i, 'P' || i, 'Surname ' || i, 'Forename', '1980-01-01', '2010-01-01' from generate_series(1, 20) i;
`;

const manifest = manifestWith({
  datasets: [
    {
      id: 'people',
      target: 'hr.person',
      source: 'legacy',
      from: 'public.person',
      key: ['id'],
      fields: {
        person_number: { padLeft: { of: 'id', width: 6, fill: '0' } },
        legacy_payroll_id: 'payroll',
        surname: 'surname',
        forename: 'forename',
        birth_date: 'born',
        hired_on: 'hired',
      },
    },
    {
      id: 'units',
      target: 'hr.unit',
      source: 'legacy',
      from: 'public.unit',
      key: ['code'],
      fields: { unit_code: 'code', name: 'name', parent_unit_code: 'parent' },
    },
    {
      id: 'assignments',
      target: 'hr.assignment',
      source: 'legacy',
      from: 'public.person',
      key: ['id'],
      fields: {
        person_number: { padLeft: { of: 'id', width: 6, fill: '0' } },
        effective_from: 'hired',
        unit_code: { value: 'IT' },
        job_title: { value: 'Officer' },
        grade_code: { value: 'EO' },
      },
    },
  ],
});

const preflight = async (scene: Scene, approvedAgainst = scene) => {
  const approved = await compileMapping({ manifest, urls: approvedAgainst.urls }, freeWork());
  return preflightTarget({ manifest, urls: scene.urls, approved }, freeWork());
};

describe('preparing the platform for a load', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await makeScene(LEGACY);
  });
  const prepare = (loadId: string) =>
    prepareTarget({ manifest, urls: scene.urls, loadId }, freeWork());

  it('gives the department its tenant row and finds nothing to remove at first', async () => {
    expect(await prepare('first')).toEqual({ superseded: [], removed: [] });
    expect(
      await scene.sql('platform', 'select department, name, status from platform.tenant'),
    ).toEqual([{ department: 'moj', name: 'Ministry of Justice', status: 'loading' }]);
  });

  it('never touches rows of the load itself', async () => {
    await loadManifest(manifest, scene.urls, 'first');
    expect(await prepare('first')).toEqual({ superseded: [], removed: [] });
    const state = await loadState(
      { urls: scene.urls, department: 'moj', loadId: 'first' },
      freeWork(),
    );
    expect(state.map(({ loaded }) => loaded)).toEqual([20, 20, 2]);
  });

  it('removes the rows of an earlier load, referring tables first, and keeps its ledger', async () => {
    await scene.sql(
      'platform',
      "insert into hr.unit values ('other', 'HQ', 'Of another department')",
    );
    expect(await prepare('second')).toEqual({
      superseded: ['first'],
      removed: [
        { table: 'hr.assignment', rows: 20 },
        expect.objectContaining({ rows: expect.any(Number) }),
        expect.objectContaining({ rows: expect.any(Number) }),
      ],
    });
    const left = await scene.sql('platform', 'select department from hr.unit');
    expect(left).toEqual([{ department: 'other' }]);
    const ledger = await scene.sql(
      'platform',
      'select superseded_at is null as "inForce" from slipway.load_ledger',
    );
    expect(ledger).toEqual([{ inForce: false }, { inForce: false }, { inForce: false }]);
    expect(await prepare('second')).toEqual({ superseded: [], removed: [] });
    await loadManifest(manifest, scene.urls, 'second');
  });

  it('is refused once the platform serves the department', async () => {
    await scene.sql('platform', "update platform.tenant set status = 'live', live_from = now()");
    await expect(prepare('third')).rejects.toMatchObject({ code: 'target/live' });
    const [count] = await scene.sql(
      'platform',
      "select count(*)::int as n from hr.person where department = 'moj'",
    );
    expect(count).toEqual({ n: 20 });
  });
});

describe('the pre-flight of the platform', () => {
  it('finds nothing on a platform that is ready, also after a load', async () => {
    const scene = await makeScene(LEGACY);
    const tables = ['hr.person', 'hr.unit', 'hr.assignment'];
    const before = await preflight(scene);
    expect(before.problems).toEqual([]);
    expect(before.tables.toSorted()).toEqual(tables.toSorted());
    await loadManifest(manifest, scene.urls, 'first');
    expect((await preflight(scene)).problems).toEqual([]);
  });

  it('finds rows of somebody else, empty reference data, a live tenant and drift, all at once', async () => {
    const scene = await makeScene(LEGACY);
    const approved = await compileMapping({ manifest, urls: scene.urls }, freeWork());
    await scene.sql('legacy', 'alter table unit add column closed date');
    await scene.sql(
      'platform',
      `delete from hr.grade; alter table hr.person add column nickname text;
       insert into hr.unit values ('moj', 'X', 'From elsewhere');
       insert into platform.tenant values ('moj', 'M', 'live', now());`,
    );
    const { problems } = await preflightTarget(
      { manifest, urls: scene.urls, approved },
      freeWork(),
    );
    expect(problems.map(({ check, subject }) => `${check} ${subject}`).toSorted()).toEqual([
      'drift people',
      'drift units',
      'foreign-rows hr.unit',
      'reference-data hr.grade',
      'tenant moj',
    ]);
    expect(problems.find(({ check }) => check === 'foreign-rows')?.message).toBe(
      'it holds 1 rows of moj, of which Slipway loaded 0',
    );
  });

  it('finds a mapping that no longer fits', async () => {
    const scene = await makeScene(LEGACY);
    const approved = await compileMapping({ manifest, urls: scene.urls }, freeWork());
    await scene.sql('platform', 'alter table hr.person drop column forename');
    const { problems } = await preflightTarget(
      { manifest, urls: scene.urls, approved },
      freeWork(),
    );
    expect(problems).toEqual([
      {
        check: 'mapping',
        subject: 'datasets.0.fields.forename',
        message: 'hr.person has no column "forename"',
        advice: 'correct the mapping, or the platform, and approve the mapping again',
      },
    ]);
  });

  it('finds every missing privilege', async () => {
    const scene = await makeScene(LEGACY);
    const target = await createReadOnlyRole(scene.platform, ['hr', 'platform', 'slipway']);
    const approved = await compileMapping({ manifest, urls: scene.urls }, freeWork());
    const urls = { ...scene.urls, target };
    const { problems } = await preflightTarget({ manifest, urls, approved }, freeWork());
    expect(new Set(problems.map(({ check }) => check))).toEqual(new Set(['privilege']));
    expect(problems).toContainEqual({
      check: 'privilege',
      subject: 'hr.person',
      message: 'the account of Slipway lacks INSERT on it',
      advice: 'grant INSERT on hr.person',
    });
  });
});
