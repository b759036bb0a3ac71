import type pg from 'pg';
import type { Manifest } from '../../domain/manifest.ts';
import { compileControl, type ResultsRequest, type ResultsSide } from './results-side.ts';

/** What a control record says of a period, or of a pay group of it; null for what is not declared. */
interface ControlRecord {
  readonly payGroup: string | null;
  readonly people: number;
  readonly grossPence: number | null;
  readonly netPence: number | null;
}

/** The control records of a period: `declared` when the manifest names them. */
export interface ControlRecords {
  readonly declared: boolean;
  readonly records: readonly ControlRecord[];
}

/** What the lines of a period, or of a pay group of it, hold. */
interface Paid {
  readonly people: number;
  readonly lines: number;
  readonly grossPence: number;
  readonly netPence: number;
}

/** What the lines of a period hold, as a whole and by pay group. */
export interface PaidPeriod extends Paid {
  readonly totalPence: number;
  readonly groups: ReadonlyMap<string, Paid>;
}

/** Reads a side's control records. `client` is connected to where the side's results are. */
export async function readControl(
  client: pg.Client,
  request: ResultsRequest,
  side: ResultsSide,
): Promise<ControlRecords> {
  const control = await compileControl(client, request, side);
  if (control === undefined) return { declared: false, records: [] };
  const { people, gross = 'null', net = 'null', payGroup = 'null', relation, where } = control;
  const { rows } = await client.query<Omit<ControlRecord, 'people'> & { people: number | null }>(
    `select ${payGroup}::text as "payGroup", ${people}::float8 as people, ${gross}::float8 as "grossPence",
       ${net}::float8 as "netPence"
     from ${relation.sql} r where ${where} order by 1`,
  );
  return { declared: true, records: rows.map((row) => ({ ...row, people: row.people ?? 0 })) };
}

/**
 * SQL that sums lines up, for the period and, where there are pay groups, for each. Parameters: the elements of gross pay
 * and those of net pay.
 * @param lines a relation `(pay_group, person, element, pence)`, as SQL; without the columns that are not needed
 * @param has which of the columns it has; `lines`: its rows are several lines each, counted in a column of that name
 */
export function paidSql(
  lines: string,
  has: { readonly payGroup: boolean; readonly element: boolean; readonly lines: boolean },
): string {
  const of = (place: number): string =>
    has.element
      ? `coalesce(sum(pence) filter (where element = any($${place}::text[])), 0)::float8`
      : `(0 * coalesce(cardinality($${place}::text[]), 0))::float8`;
  return `select ${has.payGroup ? 'pay_group' : 'null::text'} as "payGroup",
      ${has.payGroup ? 'grouping(pay_group) = 1' : 'true'} as whole,
      ${has.lines ? 'coalesce(sum(lines), 0)' : 'count(*)'}::int as lines, count(distinct person)::int as people,
      coalesce(sum(pence), 0)::float8 as "totalPence", ${of(1)} as "grossPence", ${of(2)} as "netPence"
    from ${lines} s ${has.payGroup ? 'group by grouping sets ((), (pay_group))' : ''}`;
}

/** The parameters of {@link paidSql}. */
export function paidElements({ parallelRun }: Manifest): [gross: string[], net: string[]] {
  if ('notApplicable' in parallelRun) return [[], []];
  return [parallelRun.gross ?? [], parallelRun.protected?.net ?? []];
}

/** A row of {@link paidSql}. */
export interface PaidRow extends Paid {
  readonly payGroup: string | null;
  readonly whole: boolean;
  readonly totalPence: number;
}

/** The rows of {@link paidSql} as one. */
export function paidPeriod(rows: readonly PaidRow[]): PaidPeriod {
  const none = { people: 0, lines: 0, grossPence: 0, netPence: 0, totalPence: 0 };
  const { people, lines, grossPence, netPence, totalPence } = rows.find((row) => row.whole) ?? none;
  const groups = rows
    .filter((row) => !row.whole)
    .map((row): [string, Paid] => [row.payGroup ?? '', row]);
  return { people, lines, grossPence, netPence, totalPence, groups: new Map(groups) };
}

/** Whether what was found is all there is. */
export interface Judgement {
  /** People that the control records say; null when there is none, or none is declared. */
  readonly controlPeople: number | null;
  readonly complete: boolean;
  /** One sentence. */
  readonly why: string;
}

/** Is what was found all there is? Every control record has to agree, and there has to be one for every pay group. */
export function judge(found: PaidPeriod, control: ControlRecords, period: string): Judgement {
  const { declared, records } = control;
  const not = (why: string): Judgement => ({ controlPeople: null, complete: false, why });
  if (!declared) {
    const complete = found.lines > 0;
    const why = complete
      ? `${found.lines} lines are there; no control record is declared to hold them against`
      : `there are no lines of period ${period} yet`;
    return { controlPeople: null, complete, why };
  }
  if (records.length === 0) return not(`there is no control record of period ${period} yet`);
  const groups = records.map((record) => record.payGroup);
  if (new Set(groups).size < groups.length)
    return not(`there are several control records of period ${period}`);
  const differences = records.flatMap((record) => differencesOf(record, found));
  const unknown = [...found.groups.keys()].filter((group) => !groups.includes(group));
  if (groups.every((group) => group !== null)) {
    for (const group of unknown)
      differences.push(`there is no control record of pay group ${group} yet`);
  }
  const people = records.reduce((sum, record) => sum + record.people, 0);
  const complete = differences.length === 0 && found.lines > 0;
  const why = complete ? `the control record agrees: ${inWords(records)}` : differences.join('; ');
  return { controlPeople: people, complete, why: why === '' ? `there are no lines yet` : why };
}

function differencesOf(record: ControlRecord, found: PaidPeriod): string[] {
  const { payGroup } = record;
  const none = { people: 0, lines: 0, grossPence: 0, netPence: 0 };
  const paid = payGroup === null ? found : (found.groups.get(payGroup) ?? none);
  const of = payGroup === null ? '' : ` of pay group ${payGroup}`;
  const differences: string[] = [];
  if (record.people !== paid.people)
    differences.push(
      `the control record${of} says ${record.people} people, the lines hold ${paid.people}`,
    );
  for (const [name, says, holds] of [
    ['gross', record.grossPence, paid.grossPence],
    ['net', record.netPence, paid.netPence],
  ] as const) {
    if (says !== null && says !== holds)
      differences.push(
        `the control record${of} says ${name} ${pounds(says)}, the lines hold ${pounds(holds)}`,
      );
  }
  return differences;
}

function inWords(records: readonly ControlRecord[]): string {
  const sum = (of: (record: ControlRecord) => number | null): number | null =>
    records.some((record) => of(record) === null)
      ? null
      : records.reduce((total, record) => total + (of(record) ?? 0), 0);
  const gross = sum((record) => record.grossPence);
  const net = sum((record) => record.netPence);
  return [
    `${sum((record) => record.people) ?? 0} people`,
    ...(gross === null ? [] : [`gross ${pounds(gross)}`]),
    ...(net === null ? [] : [`net ${pounds(net)}`]),
    ...(records.length > 1 ? [`${records.length} pay groups`] : []),
  ].join(', ');
}

function pounds(pence: number): string {
  return (pence / 100).toFixed(2);
}
