import type pg from 'pg';
import type { FirstRunFacts, TaxStanding } from '../domain/controls/c14-first-live-run.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { Manifest } from '../domain/manifest.ts';
import { columnsUsed } from '../domain/mapping/columns-used.ts';
import type { BankTables } from '../domain/modulus-check.ts';
import { leftOutKeys } from './compare/left-out.ts';
import { comparisonOf } from './compare/comparison.ts';
import { sourceSide } from './compare/side.ts';
import { Sides } from './compare/sides.ts';
import { withConnection } from './connections.ts';
import { correctedMapping } from './corrections.ts';
import { hidingValues } from './data-error.ts';
import { readDeclaredSubmission } from './first-run/declared-submission.ts';
import { longQuery } from './long-query.ts';
import type { CompiledMapping } from './mapping/compile-mapping.ts';
import { MAPPED } from './mapping/source-rows.ts';
import { quoteIdentifier } from './quote.ts';
import { PLATFORM } from './target-places.ts';
import { tableName } from './target-table.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

export interface FirstRunRequest {
  readonly manifest: Manifest;
  readonly mapping: CompiledMapping;
  readonly urls: DataPlaneUrls;
  readonly loadId: string;
  readonly tables: BankTables;
}

/** The facts of the pre-flight, and what was taken for the last submission, in words. */
export interface ReadFirstRun {
  readonly facts: FirstRunFacts;
  readonly submittedBy: string;
}

type SubmittedFacts = Pick<FirstRunFacts, 'submission' | 'leftBehind'>;

const TAX = 'payroll.tax';
const BANK = 'payroll.bank_account';
const PEOPLE = 'hr.person';
const STANDING: readonly (readonly [keyof TaxStanding, string])[] = [
  ['taxCode', 'tax_code'],
  ['basis', 'basis'],
  ['niCategory', 'ni_category'],
  ['taxable', 'taxable_ytd'],
  ['tax', 'tax_ytd'],
  ['ni', 'ni_ytd'],
];
const MONEY = new Set(['taxable', 'tax', 'ni']);

/** Does the first live pay run of this department concern the platform: are people paid by what is loaded? */
export function paysPeople({ datasets }: Manifest): boolean {
  const targets = new Set(datasets.map(({ target }) => target));
  return targets.has(PEOPLE) && [TAX, BANK].some((target) => targets.has(target));
}

/**
 * Reads what the platform has of everybody whose employment goes on, and the last legacy submission: the declared one, else
 * the rows of the dataset that fills payroll.tax, under the id that those rows themselves carry and not under what the
 * mapping makes of it. A person's facts: some hundred bytes.
 * @throws SlipwayError `mapping/invalid` when a declared submission does not compile, or when the rows of payroll.tax
 *   carry no id of their own; errors of connections
 */
export async function readFirstRun(request: FirstRunRequest, work: Work): Promise<ReadFirstRun> {
  return hidingValues('the first live pay run', () => read(request, work));
}

async function read(request: FirstRunRequest, work: Work): Promise<ReadFirstRun> {
  const { manifest, urls, loadId, tables } = request;
  const department = manifest.department.id;
  const loads = (target: string): boolean =>
    manifest.datasets.some((dataset) => dataset.target === target);
  const declared = manifest.cutover.lastSubmission;
  const submitted: SubmittedFacts =
    declared !== undefined
      ? { submission: await readDeclaredSubmission(manifest, declared, urls, work) }
      : loads(TAX)
        ? await readTaxRows(request, work)
        : { submission: undefined };
  const platform = await withConnection(urls.target, 'target', work.signal, async (target) => ({
    people: await readPeople(target, department, loads(TAX)),
    known: await readKnown(target, department),
    taxAccepted: await readAccepted(target, department, loadId),
  }));
  work.progress({ done: platform.people.length, unit: 'rows' });
  return {
    facts: { ...platform, ...submitted, tables: loads(BANK) ? tables : undefined },
    submittedBy:
      declared !== undefined
        ? `${declared.source} ${declared.from}, as declared`
        : submitted.submission === undefined
          ? 'nothing: no tax data is in scope'
          : 'the rows of the legacy payroll that fill payroll.tax',
  };
}

interface PersonRow {
  readonly person: string;
  readonly payrollId: string | null;
  readonly standing: Record<keyof TaxStanding, string | null> | null;
  readonly sortCode: string | null;
  readonly accountNumber: string | null;
}

/** Everybody whose employment goes on, with the newest tax year and the account that counts. */
async function readPeople(
  target: pg.Client,
  department: string,
  withTax: boolean,
): Promise<FirstRunFacts['people']> {
  const members = STANDING.map(([name, column]) => `'${name}', x.${column}::text`);
  const { rows } = await target.query<PersonRow>(
    `select p.person_number as person, p.legacy_payroll_id as "payrollId",
       case when x.person_number is not null then json_build_object(${members.join(', ')}) end as standing,
       b.sort_code as "sortCode", b.account_number as "accountNumber"
     from hr.person p
     left join lateral (select * from ${TAX} t where t.department = p.department and t.person_number = p.person_number
       order by t.tax_year desc limit 1) x on true
     left join lateral (select * from ${BANK} a where a.department = p.department and a.person_number = p.person_number
       and a.valid_from <= current_date order by a.valid_from desc limit 1) b on true
     where p.department = $1 and (p.left_on is null or p.left_on >= current_date)
     order by p.person_number`,
    [department],
  );
  return rows.map(({ person, payrollId, standing, sortCode, accountNumber }) => ({
    person,
    payrollId,
    tax: withTax ? (standing ?? undefined) : undefined,
    account: sortCode === null || accountNumber === null ? undefined : { sortCode, accountNumber },
  }));
}

async function readKnown(target: pg.Client, department: string): Promise<Set<string>> {
  const { rows } = await target.query<{ id: string }>(
    'select legacy_payroll_id as id from hr.person where department = $1',
    [department],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Rows of people and of their tax that named people left in quarantine. */
async function readAccepted(
  target: pg.Client,
  department: string,
  loadId: string,
): Promise<number> {
  const { rows } = await target.query<{ accepted: number }>(
    `select count(*)::int as accepted from ${PLATFORM.quarantine} q
     where q.department = $1 and q.load_id = $2 and q.status = 'accepted'
       and q.dataset in (select l.dataset from ${PLATFORM.ledger} l where l.department = $1 and l.load_id = $2
         and l.target_table in ('${TAX}', '${PEOPLE}'))`,
    [department, loadId],
  );
  return rows[0]?.accepted ?? 0;
}

/** The legacy payroll's own rows, as they are mapped now, under the id that they carry. */
async function readTaxRows(
  { manifest, mapping, urls, loadId }: FirstRunRequest,
  work: Work,
): Promise<SubmittedFacts> {
  const leftBehind = new Set<string>();
  const corrected = await withConnection(urls.target, 'target', work.signal, (target) =>
    correctedMapping(target, mapping, loadId),
  );
  const found = new Map<string, { year: number; standing: TaxStanding }>();
  for (const dataset of corrected.datasets) {
    if (tableName(dataset.target) !== TAX) continue;
    const id = ownId(manifest, dataset.id);
    const comparison = comparisonOf(corrected, dataset.id);
    const sides = new Sides(comparison, urls, work);
    const leftOut = await sides.onTarget(({ client }) => leftOutKeys(client, dataset, loadId));
    const sql = sourceSide(comparison, dataset, { leftOut });
    const members = STANDING.map(
      ([name, column]) =>
        `'${name}', ${MONEY.has(name) ? `round((${sql.value(column)})::numeric, 2)::text` : `(${sql.value(column)})::text`}`,
    );
    const query = `select btrim(s.${quoteIdentifier(id)}::text) as id, (${sql.value('tax_year')})::int as year,
        json_build_object(${members.join(', ')}) as standing
      from ${sql.from} where ${sql.where} and ${sql.out} = ${MAPPED}`;
    await sides.onSource(dataset, leftOut, async (at) => {
      const { rows } = await longQuery(at.client, at, work, { done: 0, unit: 'rows' }, () =>
        at.client.query<{ id: string; year: number; standing: TaxStanding }>(query),
      );
      const behind = await at.client.query<{ id: string }>(
        `select distinct btrim(s.${quoteIdentifier(id)}::text) as id from ${sql.from} where ${sql.where} and ${sql.out} < ${MAPPED}`,
      );
      for (const row of behind.rows) leftBehind.add(row.id);
      for (const { id: payrollId, year, standing } of rows) {
        const known = found.get(payrollId);
        if (known === undefined || year > known.year) found.set(payrollId, { year, standing });
      }
    });
  }
  const submission = new Map([...found].map(([id, { standing }]) => [id, standing]));
  return { submission, leftBehind };
}

/** The one source column that the person of a tax row is made from. */
function ownId(manifest: Manifest, datasetId: string): string {
  const index = manifest.datasets.findIndex(({ id }) => id === datasetId);
  const person = manifest.datasets[index]?.fields['person_number'];
  const columns = person === undefined ? [] : columnsUsed(person);
  const [column] = columns;
  if (column !== undefined && columns.length === 1) return column;
  throw new SlipwayError(
    'mapping/invalid',
    `datasets.${index}.fields.person_number: made of ${columns.length} columns, so the payroll id that was submitted is not known: declare cutover.lastSubmission`,
  );
}
