import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { DEFECT_KINDS } from '../../examples/legacy/defects.ts';
import { DATASET_FILES, payFiles } from '../../examples/legacy/files-shape.ts';
import {
  generateDepartment,
  type LegacyDepartment,
} from '../../examples/legacy/generate-department.ts';
import { POSTGRES_TABLES } from '../../examples/legacy/postgres-shape.ts';
import { DATASETS } from '../../examples/legacy/rows.ts';
import { writeLegacyFiles } from '../../examples/legacy/write-legacy-files.ts';
import { digests, temporaryFolder } from './support.ts';

const options = { department: 'example', staff: 240, seed: 7 };

/** The records of a legacy file, header first, read by a parser that is not ours. */
function readRecords(folder: string, name: string, periods: readonly string[]): string[][] {
  const file = [...DATASET_FILES, ...payFiles(periods)].find((each) => each.table.name === name);
  if (file === undefined) throw new Error(`no such file: ${name}`);
  const content = iconv.decode(readFileSync(join(folder, name)), file.encoding);
  return parse(content, { delimiter: file.delimiter, record_delimiter: file.newline });
}

async function written(department: LegacyDepartment): Promise<string> {
  const folder = await temporaryFolder();
  await writeLegacyFiles(folder, department);
  return folder;
}

describe('a generated department', () => {
  test('is the same, byte by byte, for the same seed', async () => {
    const first = digests(await written(generateDepartment(options)));
    const second = digests(await written(generateDepartment(options)));
    expect(second).toEqual(first);
    expect(Object.keys(first)).toHaveLength(15);
  });

  test('is another one for another seed', async () => {
    const first = digests(await written(generateDepartment(options)));
    const second = digests(await written(generateDepartment({ ...options, seed: 8 })));
    const same = Object.keys(first).filter((name) => first[name] === second[name]);
    expect(same).toEqual([]);
  });

  test('holds the files and lines it says, each planted defect on its line', async () => {
    const department = generateDepartment(options);
    const folder = await written(department);
    for (const dataset of DATASETS) {
      const defects = department.plantedDefects.filter((defect) => defect.dataset === dataset);
      expect(defects).toHaveLength(department.expected[dataset].quarantined);
      for (const defect of defects) {
        const records = readRecords(folder, defect.file, department.spec.periods);
        expect(records).toHaveLength(department.expected[dataset].read + 1);
        const [first] = defect.key.split('|');
        const record = records[defect.line - 1];
        const shown = dataset === 'balances' ? `${record?.[0]}` : record?.[0];
        expect(shown).toBe(first);
      }
    }
  });

  test('plants every kind of defect once in a small department and lists what falls with it', () => {
    const { plantedDefects } = generateDepartment(options);
    const kinds = new Set(plantedDefects.map((defect) => defect.kind));
    expect([...kinds].toSorted()).toEqual([...DEFECT_KINDS, 'orphan-of'].toSorted());
    for (const defect of plantedDefects) {
      expect(defect.cause !== undefined).toBe(defect.kind === 'orphan-of');
    }
  });

  test('accounts for every row of every dataset', () => {
    const { expected } = generateDepartment(options);
    for (const dataset of DATASETS) {
      const { read, excluded, quarantined, loaded } = expected[dataset];
      expect(read).toBe(excluded + quarantined + loaded);
      expect(loaded).toBeGreaterThan(0);
    }
  });

  test('has no defects when none are wanted', () => {
    const department = generateDepartment({ ...options, defects: 'none' });
    expect(department.plantedDefects).toEqual([]);
    for (const dataset of DATASETS) expect(department.expected[dataset].quarantined).toBe(0);
  });

  test('plants only the kinds and the number asked for', () => {
    const { plantedDefects } = generateDepartment({
      ...options,
      defects: { kinds: ['salary-unreadable'], perKind: 3 },
    });
    expect(plantedDefects.map((defect) => defect.kind)).toEqual(
      Array.from({ length: 3 }, () => 'salary-unreadable'),
    );
  });

  test('breaks only people who have left, unless told otherwise', () => {
    const brokenWhoArePaid = (department: LegacyDepartment): number => {
      const paid = new Set([...department.results('2026-07')].map((row) => row.staffNo));
      return department.plantedDefects.filter(
        (defect) => defect.dataset === 'people' && paid.has(defect.key),
      ).length;
    };
    expect(brokenWhoArePaid(generateDepartment(options))).toBe(0);
    const onPayroll = { onPayroll: true };
    expect(brokenWhoArePaid(generateDepartment({ ...options, defects: onPayroll }))).toBe(5);
  });

  test('has payslips that add up, and control records that agree with them', () => {
    const department = generateDepartment(options);
    for (const period of department.spec.periods) {
      const slips = new Map<string, Map<string, number>>();
      for (const row of department.results(period)) {
        const slip = slips.get(row.staffNo) ?? new Map<string, number>();
        slip.set(row.element, row.amount);
        slips.set(row.staffNo, slip);
      }
      let net = 0;
      for (const slip of slips.values()) {
        const amount = (element: string): number => slip.get(element) ?? 0;
        expect(amount('GROSS') - amount('DEDUCTIONS')).toBe(amount('NET'));
        const earned = ['BASIC', 'LONDON', 'OVERTIME', 'SHIFT', 'ARREARS'].map(amount);
        expect(earned.reduce((sum, pence) => sum + pence, 0)).toBe(amount('GROSS'));
        net += amount('NET');
      }
      const control = department.control(period);
      expect(control.people).toBe(slips.size);
      expect(control.net).toBe(net);
    }
  });

  test('has the same rows in both legacy shapes', () => {
    const department = generateDepartment(options);
    const files = [...DATASET_FILES, ...payFiles(department.spec.periods)];
    const rows = (tables: Iterable<{ records(of: LegacyDepartment): Iterable<unknown> }>): number =>
      [...tables].reduce((sum, table) => sum + [...table.records(department)].length, 0);
    expect(rows(POSTGRES_TABLES)).toBe(rows(files.map((file) => file.table)));
  });

  test.each([
    [{ ...options, staff: 19 }, 'staff'],
    [{ ...options, seed: 1.5 }, 'seed'],
    [{ ...options, payPeriods: 0 }, 'payPeriods'],
    [{ ...options, department: 'No Such' }, 'department'],
  ])('refuses options that make no department: %o', (wrong, name) => {
    expect(() => generateDepartment(wrong)).toThrow(name);
  });
});
