import type pg from 'pg';
import { addDecimals, equalDecimals } from '../domain/decimal.ts';
import { withConnection } from './connections.ts';
import { type DatasetLoad, readLoadState } from './ledger.ts';
import type { CompiledMapping } from './mapping/compile-mapping.ts';
import { quoteIdentifier } from './quote.ts';
import { PLATFORM } from './target-places.ts';
import { DEPARTMENT, type TargetTable, tableName } from './target-table.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

/** One look at the platform after the switch. */
export interface SmokeCheck {
  readonly check: string;
  readonly ok: boolean;
  /** What was found, in words. */
  readonly detail: string;
}

/**
 * Asks the platform what its users will ask first: does it serve the department, is everything there that the ledger
 * says, and does it hang together.
 * @throws SlipwayError `target/unreachable`; a check that fails is a result, not an error
 */
export async function runSmokeChecks(
  {
    mapping,
    urls,
    department,
    loadId,
  }: { mapping: CompiledMapping; urls: DataPlaneUrls; department: string; loadId: string },
  work: Work,
): Promise<SmokeCheck[]> {
  return withConnection(urls.target, 'target', work.signal, async (target) => {
    const load = await readLoadState(target, department, loadId);
    const tables = new Map(mapping.datasets.map((each) => [tableName(each.target), each.target]));
    const checks = [await tenantIsLive(target, department)];
    for (const table of tables.values()) {
      const loads = load.filter((each) => each.target === tableName(table));
      checks.push(await rowsAreThere(target, department, table, loads));
      checks.push(...(await totalsAreThere(target, department, table, mapping, load)));
      work.progress({ done: checks.length, unit: 'tables' });
    }
    const mapped = new Set(
      mapping.datasets.flatMap((each) =>
        each.fields.map(({ name }) => `${tableName(each.target)}.${name}`),
      ),
    );
    for (const sound of SOUND) {
      const isMapped = sound.needs.every((column) => mapped.has(column));
      if (isMapped) checks.push(await isSound(target, department, sound, load));
    }
    return checks;
  });
}

async function tenantIsLive(target: pg.Client, department: string): Promise<SmokeCheck> {
  const { rows } = await target.query<{ status: string }>(
    'select status from platform.tenant where department = $1',
    [department],
  );
  const status = rows[0]?.status ?? 'unknown';
  return {
    check: 'the platform serves the department',
    ok: status === 'live',
    detail: `the department is ${status}`,
  };
}

async function rowsAreThere(
  target: pg.Client,
  department: string,
  table: TargetTable,
  loads: readonly DatasetLoad[],
): Promise<SmokeCheck> {
  const { rows } = await target.query<{ rows: string }>(
    `select count(*) as rows from ${PLATFORM.table(table)} where ${quoteIdentifier(DEPARTMENT)} = $1`,
    [department],
  );
  const found = Number(rows[0]?.rows);
  const loaded = loads.reduce((sum, each) => sum + each.loaded, 0);
  return {
    check: `${tableName(table)} has the rows that were loaded`,
    ok: found === loaded,
    detail: `${found} rows, ${loaded} loaded`,
  };
}

async function totalsAreThere(
  target: pg.Client,
  department: string,
  table: TargetTable,
  mapping: CompiledMapping,
  load: readonly DatasetLoad[],
): Promise<SmokeCheck[]> {
  const datasets = mapping.datasets.filter((each) => tableName(each.target) === tableName(table));
  const checks: SmokeCheck[] = [];
  for (const column of new Set(datasets.flatMap(({ totals }) => totals))) {
    // The ledger knows the whole of a column only when every dataset that fills it declares it.
    const filling = datasets.filter(({ fields }) => fields.some(({ name }) => name === column));
    if (!filling.every(({ totals }) => totals.includes(column))) continue;
    const { rows } = await target.query<{ sum: string }>(
      `select coalesce(sum(${quoteIdentifier(column)}), 0)::text as sum from ${PLATFORM.table(table)} where ${quoteIdentifier(DEPARTMENT)} = $1`,
      [department],
    );
    const sum = rows[0]?.sum ?? '0';
    const kept = addDecimals(
      filling.map(({ id }) => load.find(({ dataset }) => dataset === id)?.totals[column] ?? '0'),
    );
    checks.push({
      check: `${tableName(table)}.${column} adds up to its control total`,
      ok: equalDecimals(sum, kept),
      detail: `${sum}, loaded ${kept}`,
    });
  }
  return checks;
}

/** A condition that the platform's rows must keep between them. */
interface Sound {
  readonly check: string;
  /** It is asked when all of these columns are mapped. */
  readonly needs: readonly string[];
  /** Counts the rows that break it, for department `$1`. */
  readonly broken: string;
  /** Rows of this table that are in quarantine explain as many broken ones: they were accepted with the load. */
  readonly explainedBy: string;
}

const CURRENT = '(x.effective_to is null or x.effective_to >= current_date)';

const SOUND: readonly Sound[] = [
  {
    check: 'every current assignment has its person',
    needs: ['hr.assignment.person_number', 'hr.person.person_number'],
    broken: `select count(*) from hr.assignment x where x.department = $1 and ${CURRENT}
      and not exists (select from hr.person p where p.department = x.department and p.person_number = x.person_number)`,
    explainedBy: 'hr.person',
  },
  {
    check: 'every current assignment has its unit',
    needs: ['hr.assignment.unit_code', 'hr.unit.unit_code'],
    broken: `select count(*) from hr.assignment x where x.department = $1 and ${CURRENT}
      and not exists (select from hr.unit u where u.department = x.department and u.unit_code = x.unit_code)`,
    explainedBy: 'hr.assignment',
  },
  {
    check: 'everybody who is paid has a bank account',
    needs: ['hr.salary.amount', 'payroll.bank_account.account_number'],
    broken: `select count(distinct x.person_number) from hr.salary x where x.department = $1 and ${CURRENT}
      and not exists (select from payroll.bank_account b where b.department = x.department and b.person_number = x.person_number)`,
    explainedBy: 'payroll.bank_account',
  },
];

async function isSound(
  target: pg.Client,
  department: string,
  sound: Sound,
  load: readonly DatasetLoad[],
): Promise<SmokeCheck> {
  const { rows } = await target.query<{ count: string }>(sound.broken, [department]);
  const broken = Number(rows[0]?.count);
  const explained = load
    .filter((each) => each.target === sound.explainedBy)
    .reduce((sum, each) => sum + each.quarantined, 0);
  const about = explained > 0 ? `; ${explained} rows of ${sound.explainedBy} in quarantine` : '';
  return { check: sound.check, ok: broken <= explained, detail: `${broken} without${about}` };
}
