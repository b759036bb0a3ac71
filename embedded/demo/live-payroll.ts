import pg from 'pg';

/** Three live pay periods of a fabricated department: few errors, a falling backlog, a quarter that was closed. */
const PERIODS = [
  { period: 'live-1', errors: 1, cases: 12, quarter: false },
  { period: 'live-2', errors: 0, cases: 7, quarter: false },
  { period: 'live-3', errors: 0, cases: 2, quarter: true },
] as const;

const PAYMENTS = 1000;

/**
 * Plays the platform's payroll after the switch: pays three periods, each with its figures. Can be repeated.
 * @param url of the platform's database
 * @param onboarding `onboarding/<programme>/<department>`
 */
export async function payLive(url: string, onboarding: string): Promise<void> {
  const department = onboarding.split('/')[2] ?? '';
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const { period, errors, cases, quarter } of PERIODS) {
      await client.query(
        `insert into payroll.run (department, period, people, gross, net) values ($1, $2, $3, 0, 0) on conflict do nothing`,
        [department, period, PAYMENTS],
      );
      await client.query(
        `insert into payroll.live_period (department, period, payments, errors, open_cases, month_closed, quarter_closed)
         values ($1, $2, $3, $4, $5, true, $6) on conflict do nothing`,
        [department, period, PAYMENTS, errors, cases, quarter],
      );
    }
  } finally {
    await client.end();
  }
}
