import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  GRADE_CODES,
  PROFESSIONS,
  STUDENT_LOAN_PLANS,
  SUPPLIER_STATUSES,
} from '../../examples/legacy/code-lists.ts';
import { generateDepartment } from '../../examples/legacy/generate-department.ts';
import { loadLegacyPostgres } from '../../examples/legacy/load-legacy-postgres.ts';
import { PLACES_OF } from '../../examples/legacy/places.ts';
import { DATASETS, type DatasetName } from '../../examples/legacy/rows.ts';
import { migrate } from '../../store/migrate.ts';
import { freshDatabase, withClient } from '../support/database.ts';

/**
 * A mapping by hand, in SQL, independent of the manifests: what the platform's own constraints then refuse must be what
 * the generator says it planted, no more and no less.
 */
interface HandMapping {
  readonly target: string;
  readonly key: string;
  readonly where?: string;
  readonly columns: string;
  /** Totals of loaded rows, by target column. */
  readonly totals?: readonly string[];
}

const date = (column: string): string => `to_date(${column}, 'DD/MM/YYYY')`;
const openEnd = (column: string): string => date(`nullif(${column}, '31/12/9999')`);
const code = (list: Readonly<Record<string, string>>, column: string): string =>
  `pg_temp.code('${JSON.stringify(list)}', nullif(btrim(${column}::text), ''))`;
const pounds = (column: string): string => `replace(replace(${column}, '£', ''), ',', '')::numeric`;
const month = (column: string): string => `right(${column}, 4) || '-' || left(${column}, 2)`;

const MAPPINGS: Record<DatasetName, HandMapping> = {
  units: {
    target: 'hr.unit',
    key: 'btrim(org_cd::text)',
    where: `closed_flag = 'N'`,
    columns: `btrim(org_cd::text), btrim(org_name), nullif(btrim(parent_org_cd::text), '')`,
  },
  posts: {
    target: 'hr.post',
    key: 'post_no',
    columns: `post_no, org_cd::text, post_title, ${code(GRADE_CODES, 'grd_cd')}, fte::numeric, sal_min_p / 100.0,
      sal_max_p / 100.0, null, ${code(PROFESSIONS, 'prof_cd')}`,
    totals: ['fte'],
  },
  'reporting-lines': {
    target: 'hr.reporting_line',
    key: 'post_no',
    where: `reports_to <> ''`,
    columns: 'post_no, reports_to',
  },
  people: {
    target: 'hr.person',
    key: 'staff_no::text',
    where: `rec_type = 'L'`,
    columns: `staff_no::text, staff_no::text, surname, forenames, ${date('dob')},
      nullif(replace(ni_no, ' ', ''), ''), ${date('start_dt')}, ${date(`nullif(leave_dt, '00/00/0000')`)}`,
  },
  assignments: {
    target: 'hr.assignment',
    key: `concat_ws('|', staff_no, job_no, seq_no)`,
    columns: `staff_no::text, job_no, ${date('from_dt')}, ${openEnd('to_dt')}, org_cd::text, post_no, job_title,
      ${code(GRADE_CODES, 'grd_cd')}`,
  },
  salaries: {
    target: 'hr.salary',
    key: `concat_ws('|', staff_no, ${date('eff_from')})`,
    columns: `staff_no::text, ${date('eff_from')}, ${openEnd('eff_to')}, ${pounds('annual_sal')}`,
    totals: ['amount'],
  },
  'bank-accounts': {
    target: 'payroll.bank_account',
    key: `concat_ws('|', staff_no, ${date('eff_dt')})`,
    where: `current_yn = 'Y'`,
    columns: `staff_no::text, ${date('eff_dt')}, replace(left(bank_details, 8), '-', ''), substr(bank_details, 10), acct_name`,
  },
  tax: {
    target: 'payroll.tax',
    key: `concat_ws('|', staff_no, left(tax_yr, 4))`,
    columns: `staff_no::text, left(tax_yr, 4)::smallint, tax_cd, case wk1_ind when 'Y' then 'week1' else 'cumulative' end,
      ni_letter::text, ${code(STUDENT_LOAN_PLANS, `nullif(stud_ln, '0')`)}, taxable_p / 100.0, tax_p / 100.0, ni_p / 100.0`,
    totals: ['taxable_ytd', 'tax_ytd', 'ni_ytd'],
  },
  'cost-centres': {
    target: 'finance.cost_centre',
    key: 'btrim(cc::text)',
    columns: `btrim(cc::text), descr, org_cd::text, nullif(mgr_staff_no, '')`,
  },
  suppliers: {
    target: 'finance.supplier',
    key: 'btrim(supp_no::text)',
    where: `stat <> 'D'`,
    columns: `btrim(supp_no::text), supp_name, 'GB' || nullif(replace(vat_reg, ' ', ''), ''), replace(sort, '-', ''), acct,
      replace(terms, 'NET ', '')::smallint, ${code(SUPPLIER_STATUSES, 'stat')}`,
  },
  'open-items': {
    target: 'finance.open_item',
    key: 'doc_no',
    where: `paid_yn = 'N'`,
    columns: `doc_no, btrim(supp_no::text), ${date('inv_dt')}, ${date('due_dt')}, ${pounds('amt')}, ccy::text, btrim(cc::text)`,
    totals: ['amount'],
  },
  balances: {
    target: 'finance.balance',
    key: `concat_ws('|', ${month('per')}, acct, btrim(cc::text))`,
    columns: `${month('per')}, acct, btrim(cc::text), dr_p / 100.0, cr_p / 100.0`,
    totals: ['debit', 'credit'],
  },
};

/** Refuses a code that is not in the list, and rows one by one in the order of their records. */
const HELPERS = `
  create function pg_temp.code(list jsonb, code text) returns text language plpgsql as $$
  begin
    if code is null or list ? code then return list ->> code; end if;
    raise data_exception using message = 'unmapped';
  end $$;
  create function pg_temp.load(source text, target text, key text, filter text, columns text) returns setof text
  language plpgsql as $$
  declare r record;
  begin
    for r in execute format('select rec_id, %s as key from %s where %s order by rec_id', key, source, filter) loop
      begin
        execute format('insert into %s select ''example'', %s from %s where rec_id = $1', target, columns, source) using r.rec_id;
      exception when data_exception or integrity_constraint_violation then
        return next r.key;
      end;
    end loop;
  end $$;`;

const department = generateDepartment({ department: 'example', staff: 240, seed: 7 });

let url: string;
const refused = new Map<DatasetName, string[]>();

beforeAll(async () => {
  url = await freshDatabase('planted');
  const folder = fileURLToPath(new URL('../../embedded/platform', import.meta.url));
  await migrate({ url, folder, name: 'platform' });
  await loadLegacyPostgres(url, department);
  await withClient(url, async (client) => {
    await client.query(HELPERS);
    for (const dataset of DATASETS) refused.set(dataset, await load(client, dataset));
  });
});

async function load(client: pg.Client, dataset: DatasetName): Promise<string[]> {
  const { target, key, where = 'true', columns } = MAPPINGS[dataset];
  const { rows } = await client.query<{ key: string }>(
    'select pg_temp.load($1, $2, $3, $4, $5) as key',
    [PLACES_OF[dataset].table, target, key, where, columns],
  );
  return rows.map((row) => row.key);
}

describe('the platform, given a department mapped by hand,', () => {
  test.each(DATASETS)('refuses exactly the planted rows of %s', (dataset) => {
    const planted = department.plantedDefects
      .filter((defect) => defect.dataset === dataset)
      .map((defect) => defect.key);
    expect(refused.get(dataset)?.toSorted()).toEqual(planted.toSorted());
  });

  test.each(DATASETS)('holds what is expected of %s', async (dataset) => {
    const { target, totals = [], where = 'true' } = MAPPINGS[dataset];
    const sums = totals.map((column) => `, sum(${column})::text as ${column}`).join('');
    const counts = await withClient(url, async (client) => {
      const { rows } = await client.query<Record<string, string>>(
        `select count(*)::text as loaded${sums} from ${target}`,
      );
      const source = await client.query<{ read: number; excluded: number }>(
        `select count(*)::int as read, (count(*) filter (where not (${where})))::int as excluded
           from ${PLACES_OF[dataset].table}`,
      );
      const { loaded, ...sums_ } = rows[0] ?? {};
      return { ...source.rows[0], loaded: Number(loaded), totals: sums_ };
    });
    const { quarantined, ...expected } = department.expected[dataset];
    expect(counts).toEqual(expected);
    expect(counts.loaded + quarantined + expected.excluded).toBe(counts.read);
  });
});
