import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { generateDepartment } from '../../examples/legacy/generate-department.ts';
import { loadPlatformResults } from '../../examples/legacy/load-platform-results.ts';
import {
  type PlantedVariance,
  type PlatformResults,
  platformResults,
  VARIANCE_KINDS,
} from '../../examples/legacy/platform-results.ts';
import type { ResultRow } from '../../examples/legacy/rows.ts';
import { writePlatformResults } from '../../examples/legacy/write-platform-results.ts';
import { migrate } from '../../store/migrate.ts';
import { freshDatabase, withClient } from '../support/database.ts';
import { digests, temporaryFolder } from './support.ts';

const department = generateDepartment({
  department: 'example',
  staff: 240,
  seed: 7,
  payPeriods: 5,
});
const { periods } = department.spec;

const amounts = (rows: Iterable<ResultRow>): Map<string, number> =>
  new Map([...rows].map((row) => [`${row.staffNo} ${row.element}`, row.amount]));

/** What differs between the two sides, found by comparing them. */
function differences(platform: PlatformResults, period: string): string[] {
  const left = amounts(department.results(period));
  const right = amounts(platform.results(period));
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((key) => left.get(key) !== right.get(key))
    .map((key) => `${key}: ${left.get(key) ?? null} ${right.get(key) ?? null}`)
    .toSorted();
}

const inWords = (variance: PlantedVariance): string =>
  `${variance.personNumber} ${variance.element}: ${variance.legacy} ${variance.platform}`;

describe("the platform's pay results", () => {
  test('differ from the legacy ones in exactly the lines that are listed', () => {
    const platform = platformResults(department, { cleanPeriods: 2, perKind: 3 });
    for (const period of periods) {
      const listed = platform.plantedVariances.filter((variance) => variance.period === period);
      expect(differences(platform, period)).toEqual(listed.map(inWords).toSorted());
    }
  });

  test('show every kind of variance, fewer from period to period and none in the clean ones', () => {
    const { plantedVariances } = platformResults(department, { cleanPeriods: 2, perKind: 3 });
    const people = periods.map(
      (period) =>
        new Set(
          plantedVariances
            .filter((variance) => variance.period === period)
            .map((variance) => variance.personNumber),
        ).size,
    );
    const kinds = VARIANCE_KINDS.length;
    expect(people).toEqual([3 * kinds, 2 * kinds, kinds, 0, 0]);
    expect(new Set(plantedVariances.map((variance) => variance.kind)).size).toBe(kinds);
  });

  test('are written to the platform with a control record, and replace those of the same period', async () => {
    const url = await freshDatabase('results');
    const folder = fileURLToPath(new URL('../../embedded/platform', import.meta.url));
    await migrate({ url, folder, name: 'platform' });
    const [first = ''] = periods;
    const platform = platformResults(department);
    await loadPlatformResults(url, 'example', platform, periods);
    await loadPlatformResults(url, 'example', platform, [first]);
    await withClient(url, async (client) => {
      const { rows } = await client.query<{ period: string; agrees: boolean; lines: number }>(
        `select run.period, count(*)::int as lines,
                count(distinct result.person_number) = run.people
                and sum(amount) filter (where element = 'NET') = run.net as agrees
           from payroll.run join payroll.result using (department, period)
          group by run.period, run.people, run.net order by 1`,
      );
      const expected = periods.map((period) => ({
        period,
        agrees: true,
        lines: amounts(platform.results(period)).size,
      }));
      expect(rows.map(({ period, agrees, lines }) => ({ period, agrees, lines }))).toEqual(
        expected,
      );
    });
  });

  test('are the same files for the same seed', async () => {
    const folders = [await temporaryFolder(), await temporaryFolder()] as const;
    for (const folder of folders) {
      await writePlatformResults(folder, platformResults(department), periods);
    }
    expect(Object.keys(digests(folders[0]))).toHaveLength(periods.length + 1);
    expect(digests(folders[0])).toEqual(digests(folders[1]));
  });
});
