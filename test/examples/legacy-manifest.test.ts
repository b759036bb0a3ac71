import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Coverage } from '../../dataplane/coverage.ts';
import { manifestSchema } from '../../domain/manifest.ts';
import { generateDepartment } from '../../examples/legacy/generate-department.ts';
import { loadLegacyPostgres } from '../../examples/legacy/load-legacy-postgres.ts';
import { DATASETS, type DatasetName } from '../../examples/legacy/rows.ts';
import { writeLegacyFiles } from '../../examples/legacy/write-legacy-files.ts';
import { legacyManifest } from '../../examples/manifests/legacy-manifest.ts';
import { makeScene, type Scene } from '../dataplane/support/scene.ts';
import { loadDepartment } from './load-department.ts';

const department = generateDepartment({ department: 'example', staff: 120, seed: 7 });
const shapes = ['postgres', 'files'] as const;
type Shape = (typeof shapes)[number];

const scenes = new Map<Shape, Scene>();
const coverages = new Map<Shape, Coverage>();
const folder = mkdtempSync(join(tmpdir(), 'slipway-examples-'));

beforeAll(async () => {
  for (const shape of shapes) {
    const scene = await makeScene('');
    scenes.set(shape, scene);
    const manifest = manifestSchema.parse(parse(legacyManifest(department, { shape })));
    if (shape === 'postgres') await loadLegacyPostgres(scene.legacy, department);
    else await writeLegacyFiles(join(folder, 'files'), department);
    coverages.set(shape, await loadDepartment(manifest, folder, scene.urls));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function sql(shape: Shape, text: string): Promise<Record<string, unknown>[]> {
  const scene = scenes.get(shape);
  if (scene === undefined) throw new Error(`${shape} was not loaded`);
  return scene.sql('platform', text);
}

/** The keys under which a shape knows the planted rows. */
function plantedKeys(shape: Shape, dataset: DatasetName): string[] {
  return department.plantedDefects
    .filter((defect) => defect.dataset === dataset)
    .map(({ file, line, recordId }) => (shape === 'files' ? `${file}:${line}` : String(recordId)));
}

const cases = shapes.flatMap((shape) => DATASETS.map((dataset) => [shape, dataset] as const));

describe('the manifest of a generated department', () => {
  test.each(shapes)('in the shape %s covers every field of both sides', (shape) => {
    const coverage = coverages.get(shape);
    expect(coverage?.source).toMatchObject({ share: 1, missing: [] });
    expect(coverage?.target).toMatchObject({ share: 1, missing: [] });
  });

  test.each(cases)(
    'in the shape %s quarantines exactly the planted rows of %s',
    async (shape, dataset) => {
      const rows = await sql(
        shape,
        `select source_key from slipway.quarantine where dataset = '${dataset}'`,
      );
      const keys = rows.map((row) => String(row['source_key']));
      expect(keys.toSorted()).toEqual(plantedKeys(shape, dataset).toSorted());
    },
  );

  test.each(cases)(
    'in the shape %s brings the expected rows and totals of %s',
    async (shape, dataset) => {
      const rows = await sql(
        shape,
        `select rows_read::int as read, rows_excluded::int as excluded, rows_quarantined::int as quarantined,
              rows_loaded::int as loaded, totals from slipway.load_ledger where dataset = '${dataset}'`,
      );
      expect(rows).toEqual([department.expected[dataset]]);
    },
  );

  test('finds the column at fault', async () => {
    const rows = await sql('files', 'select source_key, field from slipway.quarantine order by id');
    const fields = new Map(rows.map((row) => [row['source_key'], row['field']]));
    // Posts and their reporting lines are on the same lines of the same file.
    const defects = department.plantedDefects.filter((each) => each.file !== 'posts.csv');
    const wrong = defects.filter((each) => fields.get(`${each.file}:${each.line}`) !== each.field);
    expect(wrong).toEqual([]);
  });

  test('brings the same people to the platform in both shapes', async () => {
    const text = `
      select upper(p.surname) as surname, p.forename, p.birth_date, p.ni_number, p.hired_on, p.left_on, b.sort_code,
             b.account_number, t.tax_code, t.basis, t.tax_ytd, s.amount, a.grade_code, a.effective_to
        from hr.person p
        left join payroll.bank_account b using (department, person_number)
        left join payroll.tax t using (department, person_number)
        left join hr.salary s using (department, person_number)
        left join hr.assignment a using (department, person_number)
       order by person_number, s.effective_from, a.assignment_no, a.effective_from, b.valid_from`;
    const files = await sql('files', text);
    expect(files.length).toBeGreaterThan(department.expected.salaries.loaded);
    expect(files).toEqual(await sql('postgres', text));
  });
});
