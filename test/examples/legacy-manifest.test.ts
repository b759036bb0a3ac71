import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { manifestSchema } from '../../domain/manifest.ts';
import { generateDepartment } from '../../examples/legacy/generate-department.ts';
import { loadLegacyPostgres } from '../../examples/legacy/load-legacy-postgres.ts';
import { DATASETS, type DatasetName } from '../../examples/legacy/rows.ts';
import { writeLegacyFiles } from '../../examples/legacy/write-legacy-files.ts';
import { legacyManifest } from '../../examples/manifests/legacy-manifest.ts';
import { migrate } from '../../store/migrate.ts';
import { freshDatabase, withClient } from '../support/database.ts';
import { loadAllBut, type Outcome, takeInFiles } from './load-by-sql.ts';

const department = generateDepartment({ department: 'example', staff: 120, seed: 7 });
const platform = fileURLToPath(new URL('../../embedded/platform', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'slipway-examples-'));
const shapes = ['postgres', 'files'] as const;
type Shape = (typeof shapes)[number];
const outcomes = new Map<string, Outcome>();
const urls = new Map<string, string>();

beforeAll(async () => {
  for (const shape of shapes) {
    const url = await freshDatabase(shape);
    urls.set(shape, url);
    await migrate({ url, folder: platform, name: 'platform' });
    const manifest = manifestSchema.parse(parse(legacyManifest(department, { shape })));
    if (shape === 'postgres') await loadLegacyPostgres(url, department);
    else await writeLegacyFiles(join(folder, 'files'), department);
    await takeInFiles(manifest, folder, url);
    await withClient(url, async (client) => {
      await client.query('begin');
      for (const dataset of DATASETS) {
        outcomes.set(
          `${shape} ${dataset}`,
          await loadAllBut(client, manifest, dataset, url, plantedKeys(shape, dataset)),
        );
      }
      await client.query('commit');
    });
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cases = shapes.flatMap((shape) => DATASETS.map((dataset) => [shape, dataset] as const));

/** The keys under which a shape knows the planted rows. */
function plantedKeys(shape: Shape, dataset: DatasetName): string[] {
  return department.plantedDefects
    .filter((defect) => defect.dataset === dataset)
    .map(({ file, line, recordId }) => (shape === 'files' ? `${file}:${line}` : String(recordId)));
}

describe('the manifest of a generated department', () => {
  test.each(cases)('in the shape %s loses exactly the planted rows of %s', (shape, dataset) => {
    const outcome = outcomes.get(`${shape} ${dataset}`);
    const { quarantined, ...expected } = department.expected[dataset];
    expect(outcome?.refused).toEqual(plantedKeys(shape, dataset));
    expect(outcome?.refused).toHaveLength(quarantined);
    expect(outcome).toMatchObject(expected);
  });

  test('brings the same rows to the platform in both shapes', async () => {
    const contents = async (shape: string): Promise<unknown[]> =>
      withClient(urls.get(shape) ?? '', async (client) => {
        const { rows } = await client.query(
          `select upper(p.surname) as surname, p.forename, p.birth_date, p.ni_number, p.hired_on, p.left_on,
                  b.sort_code, b.account_number, t.tax_code, t.basis, t.tax_ytd, s.amount, a.grade_code, a.effective_to
             from hr.person p
             left join payroll.bank_account b using (department, person_number)
             left join payroll.tax t using (department, person_number)
             left join hr.salary s using (department, person_number)
             left join hr.assignment a using (department, person_number)
            order by person_number, s.effective_from, a.assignment_no, a.effective_from, b.valid_from`,
        );
        return rows;
      });
    const files = await contents('files');
    expect(files.length).toBeGreaterThan(department.expected.salaries.loaded);
    expect(files).toEqual(await contents('postgres'));
  });
});
