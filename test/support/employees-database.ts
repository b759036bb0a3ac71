import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { withClient } from './database.ts';

/** Tables of the sample database, referenced ones first. */
const TABLES = ['department', 'employee', 'dept_emp', 'dept_manager', 'title', 'salary'];

/**
 * Loads the employees sample database, as a legacy HR system.
 * @param folder of its files
 */
export async function loadEmployees(url: string, folder: string): Promise<void> {
  await withClient(url, async (client) => {
    await client.query(readFileSync(join(folder, 'schema.sql'), 'utf8'));
    for (const table of TABLES) {
      const sql = gunzipSync(readFileSync(join(folder, `load_${table}.sql.gz`))).toString('utf8');
      await client.query(sql);
    }
    await client.query('analyze');
  });
}
