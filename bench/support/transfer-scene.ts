import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { withConnection } from '../../dataplane/connections.ts';
import type { DataPlaneUrls } from '../../dataplane/urls.ts';
import { type Manifest, manifestSchema } from '../../domain/manifest.ts';
import type { PostgresServer } from '../../embedded/postgres.ts';
import { migrate } from '../../store/migrate.ts';

/** One in so many rows of the tables with bad rows is bad. */
export const BAD_ROW_EVERY = 100;

/**
 * `emp` has no bad rows; in `emp_bad` grades are in no code list; in the others the platform refuses rows: `emp_null` lacks
 * surnames, `emp_check` has pay below zero, `emp_reference` units that nobody knows, `emp_unique` numbers of other rows.
 */
export const LEGACY_TABLES = {
  emp: '',
  emp_bad: "grade = 'unknown'",
  emp_null: 'surname = null',
  emp_check: 'pay = -1',
  emp_reference: "unit = 'Unit of nobody'",
  emp_unique: "staff_no = lpad((id - 1)::text, 8, '0')",
} as const;

/** A table of the legacy side. */
export type LegacyTable = keyof typeof LEGACY_TABLES;

/** Where a table is loaded to: `hr.emp` has a primary key, `hr.strict` also a check, a reference and a unique column. */
export type PlatformTable = 'hr.emp' | 'hr.strict';

const COLUMNS = `
  staff_no text not null, surname text not null, forename text not null, born date not null, hired date not null,
  grade text not null, unit text not null, pay numeric(12,2) not null, fte numeric(5,2) not null, current boolean not null,
  note text, updated timestamptz not null`;

/** The legacy tables and their counterparts on the platform: 13 columns, and the department on the platform. */
export interface TransferScene {
  readonly urls: DataPlaneUrls;
  readonly legacy: string;
  readonly platform: string;
  readonly rows: number;
}

/** Makes the databases and fills the legacy side. */
export async function makeTransferScene(
  server: PostgresServer,
  rows: number,
): Promise<TransferScene> {
  const legacy = await server.ensureDatabase('legacy');
  const platform = await server.ensureDatabase('platform');
  await onDatabase(legacy, (client) =>
    client.query(
      `create table emp (id integer primary key, ${COLUMNS});
       insert into emp select i, lpad(i::text, 8, '0'), 'Surname ' || md5(i::text), 'Forename ' || i % 1000,
         date '1950-01-01' + i % 18000, date '1990-01-01' + i % 12000, 'G' || i % 10, 'Unit ' || i % 500,
         20000 + i % 60000 + (i % 100) / 100.0, (i % 100 + 1) / 100.0, i % 7 <> 0,
         case when i % 3 = 0 then 'A remark on row ' || i end, timestamptz '2026-01-01 00:00Z' + i * interval '1 second'
       from generate_series(1, ${rows}) i;`,
    ),
  );
  for (const [table, change] of Object.entries(LEGACY_TABLES)) {
    if (change === '') continue;
    await onDatabase(legacy, (client) =>
      client.query(
        `create table ${table} (like emp including all);
         alter table ${table} alter surname drop not null;
         insert into ${table} select * from emp;
         update ${table} set ${change} where id % ${BAD_ROW_EVERY} = 7;`,
      ),
    );
  }
  // Outside the transaction that several statements of one query make.
  await onDatabase(legacy, (client) => client.query('vacuum (full, freeze, analyze)'));
  const folder = fileURLToPath(new URL('../../dataplane/migrations/target', import.meta.url));
  await migrate({ url: platform, folder, name: 'slipway_target' });
  await onDatabase(platform, (client) =>
    client.query(
      `create schema hr;
       create table hr.emp (department text not null, id integer not null, ${COLUMNS}, primary key (department, id));
       create table hr.unit (unit text primary key);
       insert into hr.unit select 'Unit ' || i from generate_series(0, 499) i;
       create table hr.strict (like hr.emp including all);
       alter table hr.strict add check (pay >= 0), add foreign key (unit) references hr.unit, add unique (department, staff_no);
       create table public.emp (id integer primary key, ${COLUMNS});`,
    ),
  );
  const urls = { sources: { legacy }, staging: legacy, target: platform };
  return { urls, legacy, platform, rows };
}

/** Empties both targets, and the ledger with them, so that every round begins alike. */
export async function emptyTargets({ platform }: TransferScene): Promise<void> {
  await onDatabase(platform, async (client) => {
    await client.query(
      'truncate hr.emp, hr.strict, public.emp, slipway.load_ledger, slipway.load_plan, slipway.quarantine cascade',
    );
    await client.query('checkpoint');
  });
}

/** The number of rows of a table of the platform. */
export async function countRows({ platform }: TransferScene, table: string): Promise<number> {
  return onDatabase(platform, async (client) => {
    const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from ${table}`);
    return rows[0]?.n ?? 0;
  });
}

/** The server's version. */
export async function serverVersion({ platform }: TransferScene): Promise<string> {
  return onDatabase(platform, async (client) => {
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return rows[0]?.server_version ?? '';
  });
}

async function onDatabase<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  return withConnection(url, 'target', undefined, use);
}

/** The columns but the key. */
export function columnNames(): string[] {
  const columns = COLUMNS.replaceAll('\n', ' ').matchAll(
    /(\w+) (?:text|date|numeric|boolean|timestamptz)/g,
  );
  return [...columns].map(([, name = '']) => name);
}

/** Copies the rows of `hr.emp` to `public.emp`, which has no department. */
export async function copyRowsOver(scene: TransferScene): Promise<void> {
  const names = ['id', ...columnNames()].join(', ');
  await onPlatform(scene, `insert into public.emp (${names}) select ${names} from hr.emp`);
}

/** Runs SQL on the platform. */
export async function onPlatform({ platform }: TransferScene, sql: string): Promise<void> {
  await onDatabase(platform, (client) => client.query(sql));
}

/**
 * The mapping of a legacy table.
 * @param style `coded`: every column as it is, but grades through a code list; `plain`: every column as it is
 */
export function transferManifest(
  table: LegacyTable,
  style: 'coded' | 'plain' = 'coded',
  target: PlatformTable = 'hr.emp',
): Manifest {
  const fields = Object.fromEntries(columnNames().map((name) => [name, name]));
  const grades = Array.from({ length: 10 }, (_, i) => [`G${i}`, `GRADE-${i}`]);
  const grade = style === 'plain' ? 'grade' : { lookup: { of: 'grade', list: 'grades' } };
  return manifestSchema.parse({
    slipway: 1,
    programme: 'bench',
    department: { id: 'bench', name: 'Bench', headcount: 1 },
    people: [{ id: 'someone', name: 'Some One', roles: ['programme-lead'] }],
    sources: { legacy: { kind: 'postgres', connection: { env: 'LEGACY_URL' } } },
    codeLists: { grades: { values: Object.fromEntries(grades) } },
    datasets: [
      {
        id: 'employees',
        target,
        source: 'legacy',
        from: `public.${table}`,
        key: ['id'],
        fields: { id: 'id', ...fields, grade },
        totals: ['pay'],
      },
    ],
    parallelRun: { notApplicable: 'a bench compares no pay' },
    cutover: { window: { from: '2026-10-17T08:00:00Z', to: '2026-10-18T08:00:00Z' } },
    baseline: { annualServiceCost: 1 },
  });
}
