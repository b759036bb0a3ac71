import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../store/migrate.ts';
import { freshDatabase, withClient } from '../support/database.ts';

const folder = fileURLToPath(new URL('../../embedded/platform', import.meta.url));

let url: string;

beforeAll(async () => {
  url = await freshDatabase('platform');
  await migrate({ url, folder, name: 'platform' });
  await withClient(url, (client) => fill(client, 'alpha'));
});

/** One sound row per departmental table. */
async function fill(client: pg.Client, department: string): Promise<void> {
  const rows = [
    `platform.tenant (department, name) values ($1, 'Department')`,
    `hr.unit values ($1, 'U1', 'Top', null)`,
    `hr.unit values ($1, 'U2', 'Below', 'U1')`,
    `hr.post values ($1, 'P1', 'U1', 'Head', 'SCS1', 1, 100000, 120000, null, 'Policy')`,
    `hr.post values ($1, 'P2', 'U2', 'Clerk', 'AO', 12.50, 23000, 26000, null, null)`,
    `hr.reporting_line values ($1, 'P2', 'P1')`,
    `hr.person values ($1, '001', '001', 'Jones', 'Siân', '1980-02-29', 'JA123456C', '2001-01-01', null)`,
    `hr.assignment values ($1, '001', 1, '2001-01-01', null, 'U2', 'P2', 'Clerk', 'AO')`,
    `hr.salary values ($1, '001', '2001-01-01', null, 24000)`,
    `payroll.bank_account values ($1, '001', '2001-01-01', '200000', '12345678', 'S JONES')`,
    `payroll.tax values ($1, '001', 2026, '1257L', 'cumulative', 'A', null, 6000, 700.2, 310)`,
    `payroll.run (department, period, people, gross, net) values ($1, '2026-07', 1, 2000, 1650.5)`,
    `payroll.live_period values ($1, '2026-07', 1, 0, 0)`,
    `payroll.result values ($1, '2026-07', '001', 'GROSS', 2000)`,
    `finance.cost_centre values ($1, 'CC1', 'Court', 'U2', '001')`,
    `finance.supplier values ($1, 'S1', 'Paper Ltd', 'GB123456789', '200000', '87654321', 30, 'active')`,
    `finance.open_item values ($1, 'INV/1', 'S1', '2026-06-01', '2026-07-01', 120.5, 'GBP', 'CC1')`,
    `finance.balance values ($1, '2026-06', '5100', 'CC1', 120.5, 0)`,
  ];
  for (const row of rows) await client.query(`insert into ${row}`, [department]);
}

describe('the target model of the platform', () => {
  test('is applied once', async () => {
    expect(await migrate({ url, folder, name: 'platform' })).toEqual([]);
  });

  test('puts the department first in the primary key of every departmental table', async () => {
    const { rows } = await withClient(url, (client) =>
      client.query<{ name: string; first: string }>(
        `select format('%s.%s', n.nspname, c.relname) as name, a.attname as first
           from pg_class c
           join pg_namespace n on n.oid = c.relnamespace
           join pg_index i on i.indrelid = c.oid and i.indisprimary
           join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
          where n.nspname in ('hr', 'payroll', 'finance') and c.relkind = 'r'
          order by 1`,
      ),
    );
    const others = rows.filter((row) => row.first !== 'department').map((row) => row.name);
    expect(others).toEqual(['hr.grade', 'payroll.pay_element']);
    expect(rows).toHaveLength(17);
  });

  test('says in a comment what each table is for', async () => {
    const { rows } = await withClient(url, (client) =>
      client.query<{ name: string }>(
        `select format('%s.%s', n.nspname, c.relname) as name
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where n.nspname in ('platform', 'hr', 'payroll', 'finance') and c.relkind = 'r'
            and obj_description(c.oid, 'pg_class') is null`,
      ),
    );
    expect(rows).toEqual([]);
  });

  test('holds two departments with the same keys side by side', async () => {
    await withClient(url, async (client) => {
      await fill(client, 'beta');
      const { rows } = await client.query(
        'select department, count(*)::int as posts from hr.post group by 1 order by 1',
      );
      expect(rows).toEqual([
        { department: 'alpha', posts: 2 },
        { department: 'beta', posts: 2 },
      ]);
    });
  });

  test('does not let a department refer to the rows of another', async () => {
    const unit = `hr.unit values ('gamma', 'U2', 'Below', 'U1')`;
    expect(await refusal(unit)).toBe('unit_parent_fk');
  });
});

const refusals: [what: string, row: string, constraint: string][] = [
  ['a unit without a name', `hr.unit values ('alpha', 'U9', ' ', null)`, 'unit_name_check'],
  ['a unit with an unknown parent', `hr.unit values ('alpha', 'U9', 'x', 'U8')`, 'unit_parent_fk'],
  [
    'a unit that is its own parent',
    `hr.unit values ('alpha', 'U9', 'x', 'U9')`,
    'unit_not_its_own_parent',
  ],
  [
    'a post of an unknown unit',
    `hr.post values ('alpha', 'P9', 'U9', 'x', 'AO', 1)`,
    'post_unit_fk',
  ],
  [
    'a post with an unknown grade',
    `hr.post values ('alpha', 'P9', 'U1', 'x', 'A2', 1)`,
    'post_grade_code_fkey',
  ],
  [
    'a post with a negative FTE',
    `hr.post values ('alpha', 'P9', 'U1', 'x', 'AO', -1)`,
    'post_fte_check',
  ],
  ['a post without an FTE', `hr.post values ('alpha', 'P9', 'U1', 'x', 'AO', null)`, 'fte'],
  [
    'a pay ceiling below the floor',
    `hr.post values ('alpha', 'P9', 'U1', 'x', 'AO', 1, 2, 1)`,
    'post_pay_range',
  ],
  [
    'a post that reports to itself',
    `hr.reporting_line values ('alpha', 'P1', 'P1')`,
    'reporting_line_not_to_itself',
  ],
  [
    'a post that reports to an unknown one',
    `hr.reporting_line values ('alpha', 'P1', 'XX')`,
    'reporting_line_reports_to_fk',
  ],
  ['a second legacy payroll id', person({ legacy: '001' }), 'person_legacy_payroll_id_key'],
  ['a second person with an NI number', person({ ni: 'JA123456C' }), 'person_ni_number_key'],
  ['an NI number that cannot be', person({ ni: 'QQ123456C' }), 'person_ni_number_check'],
  ['an NI number of a prefix never used', person({ ni: 'GB123456A' }), 'person_ni_number_check'],
  [
    'a leaver who left before being hired',
    person({ left: '1999-12-31' }),
    'person_left_after_hired',
  ],
  ['a person hired before birth', person({ born: '2010-01-01' }), 'person_hired_after_birth'],
  ['a person without a surname', person({ surname: '' }), 'person_surname_check'],
  [
    'an assignment of nobody',
    `hr.assignment values ('alpha', '009', 1, '2001-01-01', null, 'U1', null, 'x', 'AO')`,
    'assignment_person_fk',
  ],
  [
    'an assignment that ends before it starts',
    `hr.assignment values ('alpha', '001', 2, '2001-01-02', '2001-01-01', 'U1', null, 'x', 'AO')`,
    'assignment_period',
  ],
  [
    'a negative salary',
    `hr.salary values ('alpha', '001', '2002-01-01', null, -1)`,
    'salary_amount_check',
  ],
  [
    'a sort code with hyphens',
    `payroll.bank_account values ('alpha', '001', '2002-01-01', '20-00-00', '12345678', 'x')`,
    'bank_account_sort_code_check',
  ],
  [
    'an account number of seven digits',
    `payroll.bank_account values ('alpha', '001', '2002-01-01', '200000', '1234567', 'x')`,
    'bank_account_account_number_check',
  ],
  [
    'a tax code that is none',
    `payroll.tax values ('alpha', '001', 2025, 'TBC', 'cumulative', 'A', null, 1, 1, 1)`,
    'tax_tax_code_check',
  ],
  [
    'a second result of an element',
    `payroll.result values ('alpha', '2026-07', '001', 'GROSS', 1)`,
    'result_pkey',
  ],
  [
    'a manager nobody employs',
    `finance.cost_centre values ('alpha', 'CC9', 'x', null, '009')`,
    'cost_centre_manager_fk',
  ],
  [
    'a supplier with a malformed VAT number',
    `finance.supplier values ('alpha', 'S9', 'x', '123', '200000', '12345678', 30, 'active')`,
    'supplier_vat_number_check',
  ],
  [
    'an invoice of an unknown supplier',
    `finance.open_item values ('alpha', 'I9', 'S9', '2026-01-01', '2026-01-01', 1, 'GBP', 'CC1')`,
    'open_item_supplier_fk',
  ],
  [
    'an invoice that was due before it was written',
    `finance.open_item values ('alpha', 'I9', 'S1', '2026-01-02', '2026-01-01', 1, 'GBP', 'CC1')`,
    'open_item_due_after_invoice',
  ],
  [
    'a negative balance',
    `finance.balance values ('alpha', '2026-05', '5100', 'CC1', -1, 0)`,
    'balance_debit_check',
  ],
  [
    'a live department without a date',
    `platform.tenant values ('delta', 'x', 'live', null)`,
    'tenant_check',
  ],
];

function person(
  changed: { legacy?: string; surname?: string; born?: string; ni?: string; left?: string } = {},
): string {
  const { legacy = '9', surname = 'x', born = '1980-01-01', ni, left } = changed;
  const quoted = (value: string | undefined): string =>
    value === undefined ? 'null' : `'${value}'`;
  return `hr.person values ('alpha', '9', '${legacy}', '${surname}', 'x', '${born}', ${quoted(ni)}, '2001-01-01', ${quoted(left)})`;
}

/** The constraint or column that refuses a row; undefined when it is accepted. Nothing stays. */
function refusal(row: string): Promise<string | undefined> {
  return withClient(url, async (client) => {
    await client.query('begin');
    try {
      await client.query(`insert into ${row}`);
      return undefined;
    } catch (error) {
      const { constraint, column } = error as { constraint?: string; column?: string };
      return constraint ?? column;
    }
  });
}

describe('the target model refuses', () => {
  test.each(refusals)('%s', async (_what, row, constraint) => {
    expect(await refusal(row)).toBe(constraint);
  });
});
