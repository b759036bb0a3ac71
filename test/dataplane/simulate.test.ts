import { beforeAll, describe, expect, it } from 'vitest';
import { loadState } from '../../dataplane/ledger.ts';
import { compileMapping } from '../../dataplane/mapping/compile-mapping.ts';
import { quarantineRows, quarantineSummary } from '../../dataplane/quarantine.ts';
import { type Simulation, simulateMapping } from '../../dataplane/simulate.ts';
import { freeWork } from '../support/work.ts';
import { BAD_ROWS, GOOD_PEOPLE, LEGACY, PLATFORM, peopleManifest } from './support/people.ts';
import { loadManifest } from './support/load.ts';
import { makeScene, type Scene } from './support/scene.ts';

describe('a simulation', () => {
  let scene: Scene;
  let simulation: Simulation;
  beforeAll(async () => {
    scene = await makeScene(`${LEGACY} ${GOOD_PEOPLE} ${BAD_ROWS}`, PLATFORM);
    const work = freeWork();
    const mapping = await compileMapping({ manifest: peopleManifest(), urls: scene.urls }, work);
    const manifest = peopleManifest();
    simulation = await simulateMapping({ mapping, urls: scene.urls, manifest }, work);
  });

  it('counts every row as loaded, quarantined by rule, or excluded by reason', () => {
    expect(simulation).toMatchObject({ read: 259, loaded: 239, quarantined: 19, excluded: 1 });
    const people = simulation.datasets.find(({ dataset }) => dataset === 'people');
    expect(people).toMatchObject({ target: 'app.person', excludedBy: { 'a test record': 1 } });
    expect(people?.quarantinedBy).toContainEqual({
      rule: 'unmapped:grades',
      field: 'grade',
      rows: 2,
      examples: ['1', '14'],
      shapes: [
        { values: { grade: 'aaaa' }, rows: 1 },
        { values: { grade: 'a' }, rows: 1 },
      ],
    });
  });

  it('writes nothing to the platform', async () => {
    const [counts] = await scene.sql(
      'platform',
      `select (select count(*) from app.person)::int + (select count(*) from app.unit)::int
         + (select count(*) from slipway.load_ledger)::int + (select count(*) from slipway.quarantine)::int as rows`,
    );
    expect(counts).toEqual({ rows: 0 });
  });

  it('says what a load then does', async () => {
    await loadManifest(peopleManifest(), scene.urls, 'load-1');
    const request = { urls: scene.urls, department: 'moj', loadId: 'load-1' };
    const state = await loadState(request, freeWork());
    for (const simulated of simulation.datasets) {
      const { read, loaded, quarantined, excluded, excludedBy, totals } = simulated;
      const actual = state.find(({ dataset }) => dataset === simulated.dataset);
      expect(actual).toMatchObject({ read, loaded, quarantined, excluded, excludedBy, totals });
      const rules = await quarantineSummary({ ...request, dataset: simulated.dataset }, freeWork());
      expect(
        rules.map(({ rule, field, rows, examples }) => ({ rule, field, rows, examples })),
      ).toEqual(simulated.quarantinedBy.map(({ shapes: _shapes, ...rest }) => rest));
    }
  });

  it('can be repeated after a load without seeing its rows', async () => {
    const work = freeWork();
    const mapping = await compileMapping({ manifest: peopleManifest(), urls: scene.urls }, work);
    const manifest = peopleManifest();
    const again = await simulateMapping({ mapping, urls: scene.urls, manifest }, work);
    expect(again).toEqual(simulation);
  });
});

it('the quarantine is read page by page, with the raw rows', async () => {
  const scene = await makeScene(`${LEGACY} ${GOOD_PEOPLE} ${BAD_ROWS}`, PLATFORM);
  await loadManifest(peopleManifest(), scene.urls, 'load-1');
  const request = { urls: scene.urls, department: 'moj', loadId: 'load-1', dataset: 'people' };
  const first = await quarantineRows({ ...request, limit: 10 }, freeWork());
  const after = first.at(-1)?.id ?? '';
  const second = await quarantineRows({ ...request, limit: 10, after }, freeWork());
  expect([first.length, second.length]).toEqual([10, 3]);
  expect(first[0]).toMatchObject({
    sourceKey: '1',
    rule: 'unmapped:grades',
    raw: { grade: 'nine' },
  });
  expect(await quarantineRows({ ...request, rule: 'cast:born' }, freeWork())).toHaveLength(1);
});
