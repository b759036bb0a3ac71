import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeCsv } from './csv-file.ts';
import { DATASET_FILES, payFiles } from './files-shape.ts';
import type { LegacyDepartment } from './generate-department.ts';

/**
 * Writes the legacy files of a department into a folder, which is made when it is not there. Files of the same names
 * are replaced.
 * @returns the names of the files, in the order of their datasets
 */
export async function writeLegacyFiles(
  folder: string,
  department: LegacyDepartment,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const files = [...DATASET_FILES, ...payFiles(department.spec.periods)];
  for (const { table, ...habits } of files) {
    const header = table.columns.map((column) => column.name);
    await writeCsv(join(folder, table.name), habits, header, table.records(department));
  }
  return files.map((file) => file.table.name);
}
