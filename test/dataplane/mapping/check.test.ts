import { beforeAll, describe, expect, it } from 'vitest';
import { measureCoverage } from '../../../dataplane/coverage.ts';
import { checkMapping } from '../../../dataplane/mapping/check.ts';
import { compileMapping } from '../../../dataplane/mapping/compile-mapping.ts';
import type { Manifest } from '../../../domain/manifest.ts';
import { freeWork } from '../../support/work.ts';
import { LEGACY, PLATFORM, peopleManifest } from '../support/people.ts';
import { makeScene, manifestWith, type Scene } from '../support/scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await makeScene(`${LEGACY} create table note (id integer, text text);`, PLATFORM);
});

const UNITS = {
  id: 'units',
  target: 'app.unit',
  source: 'legacy',
  from: 'public.unit',
  key: ['code'],
  fields: { code: 'code', name: 'name' },
};

const check = (datasets: object[]) =>
  checkMapping({ manifest: manifestWith({ datasets }), urls: scene.urls }, freeWork());

describe('the check of a mapping', () => {
  it('finds nothing in one that fits', async () => {
    expect(
      await checkMapping({ manifest: peopleManifest(), urls: scene.urls }, freeWork()),
    ).toEqual({
      problems: [],
      datasets: [
        { dataset: 'units', target: 'app.unit', fields: 4 },
        { dataset: 'people', target: 'app.person', fields: 12 },
      ],
    });
  });

  it('finds all problems at once, each with its place', async () => {
    const { problems, datasets } = await check(
      [
        { ...UNITS, target: 'app.unti' },
        { ...UNITS, id: 'a', from: 'public.units' },
        { ...UNITS, id: 'b', fields: { code: 'cod', nmae: 'name', department: { value: 'x' } } },
        {
          ...UNITS,
          id: 'c',
          key: ['cod'],
          exclude: [{ when: { isNull: 'codes' }, reason: 'no code' }],
        },
        {
          ...UNITS,
          id: 'd',
          target: 'app.person',
          fields: { number: { value: 'x' }, born: 'name', unit: { trim: { matches: 'x' } } },
          totals: ['born'],
        },
        {
          ...UNITS,
          id: 'e',
          exclude: [{ when: { matches: { of: 'name', pattern: '(' } }, reason: 'no name' }],
        },
        { ...UNITS, id: 'f', target: 'app.grade', fields: { grade: 'code' } },
      ].map(
        (dataset) =>
          JSON.parse(JSON.stringify(dataset).replace('{"matches":"x"}', '"name"')) as object,
      ),
    );
    expect(datasets).toEqual([]);
    const shown = problems.map(({ path, message }) => `${path.join('.')}: ${message}`).toSorted();
    expect(shown).toEqual(
      [
        'datasets.0.target: the platform has no table app.unti; did you mean "app.unit"?',
        'datasets.1.from: there is no table public.units',
        'datasets.2.fields.code: there is no source column "cod"; did you mean "code"?',
        'datasets.2.fields.nmae: app.unit has no column "nmae"; did you mean "name"?',
        'datasets.2.fields.department: Slipway supplies department by itself',
        'datasets.2.fields: app.unit needs name: it has no default',
        'datasets.3.key.0: there is no source column "cod"; did you mean "code"?',
        'datasets.3.exclude.0.when.isNull: there is no source column "codes"; did you mean "code"?',
        'datasets.4.fields.number: number is integer: expected that, found a text',
        'datasets.4.fields.born: born is date: expected that, found a text',
        'datasets.4.fields: app.person needs name: it has no default',
        'datasets.4.totals.0: born is date: only whole numbers and decimals have control totals',
        'datasets.5.exclude.0.when.matches.pattern: not a regular expression',
        'datasets.6.target: app.grade has no column "department"',
      ].toSorted(),
    );
  });

  it('finds a key that does not tell rows apart, or is empty', async () => {
    await scene.sql('legacy', "insert into note values (1, 'a'), (1, 'b'), (2, 'c')");
    const notes = {
      ...UNITS,
      from: 'public.note',
      key: ['id'],
      fields: { code: 'text', name: 'text' },
    };
    expect((await check([notes])).problems).toEqual([
      {
        path: ['datasets', 0, 'key'],
        message: 'the key (id) of public.note is not unique: 1 of its values are repeated',
      },
    ]);
    await scene.sql('legacy', "delete from note; insert into note values (null, 'a'), (2, 'c')");
    expect((await check([notes])).problems[0]?.message).toBe(
      'the key (id) of public.note is empty in some rows',
    );
  });

  it('finds datasets that wait for each other', async () => {
    // People refer to units on the platform.
    const [people, units] = peopleManifest().datasets;
    const manifest = { ...peopleManifest(), datasets: [people, { ...units, after: ['people'] }] };
    const waiting = await checkMapping(
      { manifest: manifest as Manifest, urls: scene.urls },
      freeWork(),
    );
    expect(waiting.problems).toEqual([
      {
        path: ['datasets'],
        message:
          'these datasets wait for each other: people -> units -> people (each for the next)',
      },
    ]);
  });
});

describe('the hash of a mapping', () => {
  const hashOf = async (manifest: Manifest) =>
    (await compileMapping({ manifest, urls: scene.urls }, freeWork())).hash;

  it('is the same for the same mapping, however its datasets are ordered, and another for another', async () => {
    const manifest = peopleManifest();
    const hash = await hashOf(manifest);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await hashOf({ ...manifest, datasets: manifest.datasets.toReversed() })).toBe(hash);
    const codeLists = { ...manifest.codeLists, grades: { values: { six: 'G7' } } };
    expect(await hashOf({ ...manifest, codeLists })).not.toBe(hash);
  });

  it('is what a load insists on', async () => {
    const request = { manifest: peopleManifest(), urls: scene.urls, frozenHash: 'f'.repeat(64) };
    await expect(compileMapping(request, freeWork())).rejects.toMatchObject({
      code: 'mapping/not-frozen',
    });
  });
});

describe('the coverage of a mapping', () => {
  it('counts mandatory columns that are mapped, and source columns that are mapped or dropped', async () => {
    const manifest = manifestWith({
      datasets: [
        { ...UNITS, fields: { code: 'code' } },
        {
          ...UNITS,
          id: 'parents',
          fields: { code: 'code', name: 'code' },
          drop: { parent: 'flat from now on' },
        },
      ],
    });
    expect(await measureCoverage({ manifest, urls: scene.urls }, freeWork())).toEqual({
      datasets: [
        {
          dataset: 'units',
          target: { total: 2, covered: 1, share: 0.5, missing: ['name'] },
          source: { total: 3, covered: 2, share: 2 / 3, missing: ['name'] },
        },
        {
          dataset: 'parents',
          target: { total: 2, covered: 2, share: 1, missing: [] },
          source: { total: 3, covered: 2, share: 2 / 3, missing: ['name'] },
        },
      ],
      target: { total: 4, covered: 3, share: 0.75, missing: ['units.name'] },
      source: { total: 3, covered: 2, share: 2 / 3, missing: ['legacy.public.unit.name'] },
    });
  });

  it('does not take a dropped column that is not there, or is mapped', async () => {
    const manifest = manifestWith({
      datasets: [{ ...UNITS, drop: { nam: 'not needed', name: 'not needed' } }],
    });
    await expect(measureCoverage({ manifest, urls: scene.urls }, freeWork())).rejects.toMatchObject(
      {
        code: 'mapping/invalid',
        message:
          'datasets.0.drop.nam: there is no source column "nam"; did you mean "name"?; datasets.0.drop.name: "name" is dropped and mapped',
      },
    );
  });
});
