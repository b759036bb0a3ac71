import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { takeIn } from '../../dataplane/intake.ts';
import { suggestMapping } from '../../dataplane/matching/suggest-mapping.ts';
import { manifestSchema } from '../../domain/manifest.ts';
import { makeScene } from '../dataplane/support/scene.ts';
import { sharedData } from '../support/shared-data.ts';
import { freeWork } from '../support/work.ts';

const folder = sharedData('organograms');

describe.skipIf(folder === undefined)('suggestions for the published organograms', () => {
  const examples = resolve(import.meta.dirname, '../../examples');
  const manifest = manifestSchema.parse(
    parse(readFileSync(`${examples}/ministry-of-justice.yaml`, 'utf8')),
  );
  let found: Awaited<ReturnType<typeof suggestMapping>>;

  beforeAll(async () => {
    const { urls } = await makeScene('');
    const source = manifest.sources['organograms'];
    if (source?.kind !== 'files') throw new Error('the example has changed');
    for (const [fileId, { paths, ...format }] of Object.entries(source.files)) {
      const files = paths.map((path) => ({ path: resolve(examples, path), name: basename(path) }));
      const entry = { department: manifest.department.id, sourceId: 'organograms', fileId };
      await takeIn({ stagingUrl: urls.staging, ...entry, files, format }, freeWork());
    }
    const places = ['junior', 'senior'].map((from) => ({
      source: 'organograms',
      from,
      profile: undefined,
    }));
    found = await suggestMapping({ manifest, urls, places }, freeWork());
  });

  const stateOf = (dataset: string, column: string) =>
    found.columns.find((each) => each.dataset === dataset && each.column === column)?.state;

  test('posts are mapped as the names and values suggest', () => {
    for (const column of [
      'unit_code',
      'title',
      'grade_code',
      'fte',
      'pay_floor',
      'pay_ceiling',
      'profession',
    ]) {
      expect([column, stateOf('posts', column)]).toEqual([column, 'confirmed']);
      expect([column, stateOf('senior-posts', column)]).toEqual([column, 'confirmed']);
    }
    expect(stateOf('senior-reporting-lines', 'reports_to')).toBe('confirmed');
  });

  test('columns that are empty or technical have no match, and neither have tables of people and money', () => {
    const unused = new Map(found.unused.map((each) => [`${each.from}.${each.column}`, each.state]));
    for (const column of [
      'senior.Notes',
      'senior.Valid?',
      'senior.column_13',
      'junior.source_file',
    ]) {
      expect([column, unused.get(column)]).toEqual([column, 'no-match']);
    }
    const fillable = found.tables.filter(({ state }) => state === 'suggested');
    expect(fillable).toEqual([]);
  });

  test('every grade that people have mapped is confirmed or left alone, and none is called wrong', () => {
    const codes = found.codes
      .filter(({ column }) => column === 'grade_code')
      .flatMap((list) => list.codes);
    const confirmed = codes.filter(({ state }) => state === 'confirmed');
    expect(codes.length).toBeGreaterThan(55);
    expect(confirmed.length / codes.length).toBeGreaterThan(0.95);
    expect(codes.filter(({ state }) => state === 'contradicted')).toEqual([]);
  });
});
