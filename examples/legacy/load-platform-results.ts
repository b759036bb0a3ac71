import pg from 'pg';
import { copyRows } from './copy-rows.ts';
import { plainPounds } from './legacy-table.ts';
import type { PlatformResults } from './platform-results.ts';

/**
 * Puts the platform's pay results of some periods into `payroll.result`, each with its control record in `payroll.run`, in one
 * transaction. What was there for those periods is replaced.
 * @param url connection URL of the platform's database
 */
export async function loadPlatformResults(
  url: string,
  department: string,
  platform: PlatformResults,
  periods: readonly string[],
): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin');
    for (const period of periods) {
      for (const table of ['payroll.run', 'payroll.result']) {
        await client.query(`delete from ${table} where department = $1 and period = $2`, [
          department,
          period,
        ]);
      }
      const rows = function* () {
        for (const row of platform.results(period)) {
          yield [department, row.period, row.staffNo, row.element, plainPounds(row.amount)];
        }
      };
      const columns = ['department', 'period', 'person_number', 'element', 'amount'];
      await copyRows(client, 'payroll.result', columns, rows());
      const control = platform.control(period);
      await client.query(
        'insert into payroll.run (department, period, people, gross, net) values ($1, $2, $3, $4, $5)',
        [department, period, control.people, plainPounds(control.gross), plainPounds(control.net)],
      );
    }
    await client.query('commit');
  } finally {
    await client.end();
  }
}
