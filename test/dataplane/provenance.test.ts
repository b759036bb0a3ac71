import { beforeAll, describe, expect, it } from 'vitest';
import { applyDelta } from '../../dataplane/delta.ts';
import { loadHistory } from '../../dataplane/load-history.ts';
import { prepareTarget } from '../../dataplane/prepare.ts';
import { type Provenance, provenanceOf } from '../../dataplane/provenance.ts';
import { comparedRates } from '../../domain/load-rates.ts';
import { freeWork } from '../support/work.ts';
import { loadManifest } from './support/load.ts';
import { BAD_ROWS, GOOD_PEOPLE, LEGACY, PLATFORM, peopleManifest } from './support/people.ts';
import { LOAD, type LoadedScene, loadedScene } from './support/quarantine.ts';

/** What the platform needs for a load to be superseded. */
const TENANT = `create schema platform; create table platform.tenant (department text primary key, name text not null,
  status text not null default 'loading', updated_at timestamptz not null default now());`;

let scene: LoadedScene;
beforeAll(async () => {
  scene = await loadedScene(
    `${LEGACY} ${GOOD_PEOPLE} ${BAD_ROWS}`,
    `${PLATFORM} ${TENANT}`,
    peopleManifest(),
  );
  await scene.redrive('people', { '3': { born: '28/02/1980', note: 'x' } });
  await scene.accept('people', 1, 'unmapped:grades').catch(() => undefined);
  await scene.accept('people', 2, 'unmapped:grades');
  await scene.sql('legacy', "update person set name = 'Renamed' where id = 20");
  await applyDelta({ mapping: scene.mapping, urls: scene.urls, loadId: LOAD }, freeWork());
});

const trace = (key: string, table = 'app.person'): Promise<Provenance> =>
  provenanceOf({ mapping: scene.mapping, urls: scene.urls, loadId: LOAD, table, key }, freeWork());

describe('the provenance of a row', () => {
  it('names chunk, load, mapping and source row', async () => {
    expect(await trace('205')).toEqual({
      table: 'app.person',
      key: '205',
      status: 'loaded',
      load: {
        loadId: LOAD,
        dataset: 'people',
        chunk: 2,
        kind: 'load',
        mapping: scene.mapping.hash,
        at: expect.stringMatching(/^\d{4}-/),
        by: null,
        reason: null,
      },
      source: {
        dataset: 'people',
        sourceKey: '205',
        file: null,
        line: null,
        correctedColumns: [],
      },
      because: null,
    });
  });

  it('that was re-driven names who asked for it and what was corrected', async () => {
    expect(await trace('3')).toMatchObject({
      load: { kind: 'redrive', by: 'someone', reason: 'a test' },
      source: { sourceKey: '3', correctedColumns: ['born', 'note'] },
    });
  });

  it('that a delta wrote names the delta', async () => {
    expect(await trace('20')).toMatchObject({ load: { kind: 'delta', dataset: 'people' } });
  });

  it('that the platform has changed since still names its source row', async () => {
    await scene.sql('platform', "update app.person set note = 'us' where number = 30");
    expect(await trace('30')).toMatchObject({
      status: 'loaded',
      load: null,
      source: { sourceKey: '30' },
    });
  });

  it('that is not there says why', async () => {
    expect(await trace('4')).toMatchObject({
      status: 'quarantined',
      because: 'not-null:name',
      load: null,
      source: { sourceKey: '4' },
    });
    expect(await trace('1')).toMatchObject({ status: 'accepted', because: 'unmapped:grades' });
    expect(await trace('15')).toMatchObject({ status: 'excluded', because: 'a test record' });
    expect(await trace('h', 'app.unit')).toMatchObject({
      status: 'quarantined',
      because: 'check:code_check',
    });
    expect(await trace('4711')).toMatchObject({ status: 'unknown', source: null });
    expect(await trace('no number')).toMatchObject({ status: 'unknown', source: null });
  });

  it('is refused for a table that nothing loads, and for a key of other parts', async () => {
    await expect(trace('1', 'app.grade')).rejects.toMatchObject({
      code: 'request/invalid',
      message: 'no dataset loads app.grade; loaded are app.unit, app.person',
    });
  });
});

describe('the history of loads', () => {
  it('keeps what each load was, its decisions and what is so now', async () => {
    await prepareTarget(
      { manifest: peopleManifest(), urls: scene.urls, loadId: 'load-2' },
      freeWork(),
    );
    await scene.sql('legacy', "update person set grade = 'six', ni = 'NI1001' where id = 1");
    await loadManifest(peopleManifest(), scene.urls, 'load-2', { only: 'units' });
    await loadManifest(peopleManifest(), scene.urls, 'load-2', { only: 'people' });
    const loads = await loadHistory(
      { urls: scene.urls, department: 'moj', dataset: 'people' },
      freeWork(),
    );
    expect(loads).toMatchObject([
      {
        loadId: 'load-1',
        complete: true,
        read: 250,
        quarantined: 13,
        mappings: [scene.mapping.hash],
        supersededAt: expect.any(String),
        now: { read: 250, quarantined: 12 },
        decisions: [
          { by: 'someone', result: { kind: 'redrive', loaded: 1 } },
          { result: { kind: 'accept', accepted: 0 } },
          { result: { kind: 'accept', accepted: 2 } },
        ],
      },
      { loadId: 'load-2', read: 250, quarantined: 12, supersededAt: null, decisions: [] },
    ]);
    expect(comparedRates(loads, 'load-2')).toEqual({
      rejectRate: 12 / 250,
      rejectRateBefore: 13 / 250,
      loadBefore: 'load-1',
      loads: 2,
    });
    expect(comparedRates(loads, 'load-1')).toMatchObject({
      rejectRateBefore: null,
      loadBefore: null,
    });
  });

  it('compares with the last load that was complete', () => {
    const load = (loadId: string, quarantined: number, complete = true) => ({
      loadId,
      read: 100,
      quarantined,
      complete,
    });
    const loads = [load('a', 3), load('b', 50, false), load('c', 2)];
    expect(comparedRates(loads, 'c')).toEqual({
      rejectRate: 0.02,
      rejectRateBefore: 0.03,
      loadBefore: 'a',
      loads: 2,
    });
  });
});
