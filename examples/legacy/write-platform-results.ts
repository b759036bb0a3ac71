import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PLAIN, writeCsv } from './csv-file.ts';
import { plainPounds } from './legacy-table.ts';
import { PLATFORM_CONTROL_FILE, platformResultsFile } from './places.ts';
import type { PlatformResults } from './platform-results.ts';

/**
 * Writes the platform's pay results of some periods as files, one per period, and one of control records: for a
 * platform that delivers its results rather than letting them be read.
 * @returns the names of the files
 */
export async function writePlatformResults(
  folder: string,
  platform: PlatformResults,
  periods: readonly string[],
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  for (const period of periods) {
    const rows = function* () {
      for (const row of platform.results(period)) {
        yield [row.period, row.staffNo, row.element, plainPounds(row.amount)];
      }
    };
    const header = ['period', 'person_number', 'element', 'amount'];
    await writeCsv(join(folder, platformResultsFile(period)), PLAIN, header, rows());
  }
  const controls = periods.map((period) => {
    const { people, gross, net } = platform.control(period);
    return [period, people, plainPounds(gross), plainPounds(net)];
  });
  const header = ['period', 'people', 'gross', 'net'];
  await writeCsv(join(folder, PLATFORM_CONTROL_FILE), PLAIN, header, controls);
  return [...periods.map(platformResultsFile), PLATFORM_CONTROL_FILE];
}
