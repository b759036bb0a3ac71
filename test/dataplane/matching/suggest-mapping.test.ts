import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { SourcePlace } from '../../../dataplane/matching/source-table.ts';
import { suggestMapping } from '../../../dataplane/matching/suggest-mapping.ts';
import { profileTable } from '../../../dataplane/profile.ts';
import { placeOf } from '../../../dataplane/relation.ts';
import { type Manifest, manifestSchema } from '../../../domain/manifest.ts';
import type { Suggestions } from '../../../domain/matching/suggestions.ts';
import { generateDepartment } from '../../../examples/legacy/generate-department.ts';
import { loadLegacyPostgres } from '../../../examples/legacy/load-legacy-postgres.ts';
import { legacyManifest } from '../../../examples/manifests/legacy-manifest.ts';
import { freeWork } from '../../support/work.ts';
import { makeScene, type Scene } from '../support/scene.ts';

type Found = Omit<Suggestions, 'manifest'>;

const department = generateDepartment({ department: 'example', staff: 200, seed: 7 });
const whole = manifestSchema.parse(parse(legacyManifest(department, { shape: 'postgres' })));
const places: SourcePlace[] = [];
let scene: Scene;

/** Suggests for the example manifest, changed as a person may change it. */
async function suggested(change: (manifest: Manifest) => void = () => undefined): Promise<Found> {
  const manifest = structuredClone(whole);
  change(manifest);
  return suggestMapping({ manifest, urls: scene.urls, places }, freeWork());
}

const columnOf = (found: Found, dataset: string | null, column: string) =>
  found.columns.find((each) => each.dataset === dataset && each.column === column);

let found: Found;
beforeAll(async () => {
  scene = await makeScene('');
  await loadLegacyPostgres(scene.legacy, department);
  for (const from of new Set(whole.datasets.map((dataset) => dataset.from))) {
    const relation = placeOf(whole, { source: 'legacy', from, key: ['rec_id'] }, scene.urls);
    places.push({ source: 'legacy', from, profile: await profileTable(relation, freeWork()) });
  }
  found = await suggested();
});

describe('a legacy department against the platform', () => {
  test('most of what people mapped is confirmed, and nothing is called wrong', () => {
    const mapped = found.columns.filter((each) => (each.mapped?.length ?? 0) > 0);
    const confirmed = mapped.filter(({ state }) => state === 'confirmed');
    expect(mapped.length).toBeGreaterThan(60);
    expect(confirmed.length / mapped.length).toBeGreaterThan(0.85);
    expect(mapped.filter(({ state }) => state === 'contradicted')).toEqual([]);
  });

  test('columns of other departments’ rows are not read, code tables are', () => {
    const grades = found.codes.find(
      ({ dataset, column }) => dataset === 'posts' && column === 'grade_code',
    );
    expect(grades).toMatchObject({ sourceColumn: 'grd_cd', list: 'grades' });
    expect(grades?.codes.find(({ code }) => code === 'A1')).toMatchObject({ mapped: 'AA' });
    const statuses = found.codes.find(({ column }) => column === 'status');
    expect(statuses?.codes.find(({ code }) => code === 'A')).toMatchObject({
      mapped: 'active',
      match: 'active',
      state: 'confirmed',
    });
    // Dormant suppliers are excluded: no code of the platform means them.
    expect(statuses?.codes.find(({ code }) => code === 'D')).toMatchObject({
      mapped: null,
      state: 'no-match',
    });
  });

  test('source columns that go nowhere are named with the reason they were dropped for', () => {
    expect(found.unused.find(({ column }) => column === 'email')).toMatchObject({
      dropped: 'the platform gives out addresses of its own',
      state: 'no-match',
    });
  });

  test('no personal value is in the answer', async () => {
    const text = JSON.stringify(found);
    const people = await scene.sql<Record<'surname' | 'dob' | 'ni_no' | 'staff_no', string>>(
      'legacy',
      'select surname, dob, ni_no, staff_no from hrms.tbl_staff limit 200',
    );
    const values = people.flatMap(({ surname, dob, ni_no, staff_no }) => [
      surname,
      dob,
      ni_no,
      staff_no,
    ]);
    const shown = values
      .map((value) => value.trim())
      .filter((value) => value.length > 4 && text.includes(value));
    expect(shown).toEqual([]);
  });

  test('the same is suggested again', async () => {
    expect(await suggested()).toEqual(found);
  });
});

test('codes of what was not profiled are not shown: they may be personal', async () => {
  const unknown = places.map((place) => ({ ...place, profile: undefined }));
  const request = { manifest: whole, urls: scene.urls, places: unknown };
  expect((await suggestMapping(request, freeWork())).codes).toEqual([]);
});

test('a column mapped from the wrong place is worth a look', async () => {
  const wrong = await suggested(({ datasets }) => {
    const people = datasets.find(({ id }) => id === 'people');
    if (people !== undefined) people.fields['surname'] = { trim: 'ni_no' };
  });
  expect(columnOf(wrong, 'people', 'surname')).toMatchObject({
    mapped: ['ni_no'],
    state: 'contradicted',
    candidates: expect.arrayContaining([expect.objectContaining({ column: 'surname' })]),
  });
});

test('what a manifest leaves out is suggested: fields, whole tables, and code values', async () => {
  const gaps = await suggested((manifest) => {
    const posts = manifest.datasets.find(({ id }) => id === 'posts');
    delete posts?.fields['title'];
    delete manifest.codeLists['supplier-statuses']?.values['A'];
    manifest.datasets = manifest.datasets.filter(({ id }) => id !== 'tax');
  });
  expect(columnOf(gaps, 'posts', 'title')).toMatchObject({
    mapped: null,
    mandatory: true,
    state: 'suggested',
  });
  expect(columnOf(gaps, 'posts', 'title')?.candidates[0]).toMatchObject({ column: 'post_title' });
  expect(gaps.tables.find(({ table }) => table === 'payroll.tax')).toMatchObject({
    state: 'suggested',
    datasets: [],
    candidates: [
      expect.objectContaining({ from: 'pay.tbl_tax' }),
      expect.anything(),
      expect.anything(),
    ],
  });
  expect(columnOf(gaps, null, 'tax_code')).toMatchObject({
    table: 'payroll.tax',
    state: 'suggested',
  });
  const statuses = gaps.codes.find(({ column }) => column === 'status');
  expect(statuses?.codes.find(({ code }) => code === 'A')).toMatchObject({
    mapped: null,
    match: 'active',
    state: 'suggested',
  });
});
