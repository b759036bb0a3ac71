import type pg from 'pg';
import { SlipwayError } from '../../domain/errors.ts';
import { withConnection } from '../connections.ts';
import { copyRows } from '../copy-rows.ts';
import { quoteIdentifier } from '../quote.ts';
import { placeOf } from '../relation.ts';

import type { Work } from '../work.ts';
import { judge, paidElements, paidPeriod, type PaidRow, paidSql, readControl } from './control.ts';
import { stageIdentifiers, UNKNOWN_ID } from './identifiers.ts';
import {
  compileResults,
  describedSide,
  type ResultsRequest,
  type ResultsSide,
} from './results-side.ts';
import { readingResults } from './unreadable.ts';

/** One side's results in the staging database, one row per person and element. */
export interface StagedResults {
  /** Temporary table `(person, element, pence, lines)`, as SQL. */
  readonly table: string;
  /** Lines as the side has them. */
  readonly lines: number;
  /** Pairs of person and element. */
  readonly pairs: number;
  readonly people: number;
}

/**
 * Copies a side's results of a period into a temporary table: pay data do not stay in the staging database. Several lines
 * of one person and element are summed, as a payslip does.
 * @param staging a connection to the staging database; the table lives as long as it does
 * @throws SlipwayError `results/unreadable` also when a line names no person, element or amount; `results/incomplete` when
 *   the control record does not agree with what was copied
 */
export async function stageResults(
  staging: pg.Client,
  request: ResultsRequest,
  side: ResultsSide,
  work: Work,
): Promise<StagedResults> {
  const raw = quoteIdentifier(`slipway_${side}_lines`);
  const table = quoteIdentifier(`slipway_${side}`);
  await staging.query(
    `create temporary table ${raw} (person text, element text, pence bigint, pay_group text)`,
  );
  const place = placeOf(request.manifest, describedSide(request.manifest, side), request.urls);
  const { control, payGroup } = await withConnection(
    place.url,
    place.side,
    work.signal,
    async (client) => {
      const results = await compileResults(client, request, side);
      const { person, element, pence, from, where } = results;
      // Before the copy: a run that goes on writing after its control record would otherwise look complete.
      const records = await readControl(client, request, side);
      const group = results.payGroup === undefined ? [] : [results.payGroup];
      const query = `select ${[person, element, pence, ...group].join(', ')} from ${from} where ${where}`;
      const into = `${raw} (person, element, pence${group.length === 0 ? '' : ', pay_group'})`;
      await readingResults(request, side, results, work, () =>
        copyRows(
          { ...place, client, query },
          { client: staging, side: 'staging', into },
          'binary',
          work,
        ),
      );
      return { control: records, payGroup: results.payGroup !== undefined };
    },
  );
  await refuseGaps(staging, raw, request, side);
  const identifiers =
    side === 'legacy' ? await stageIdentifiers(staging, request, work) : undefined;
  const [person, known] =
    identifiers === undefined
      ? ['person', '']
      : [
          `coalesce(i.platform, '${UNKNOWN_ID}' || l.person)`,
          `left join ${identifiers} i on i.legacy = l.person`,
        ];
  await staging.query(
    `create temporary table ${table} as
     select ${person} as person, element, sum(pence)::bigint as pence, count(*)::int as lines
     from ${raw} l ${known} group by 1, 2`,
  );
  await staging.query(`analyze ${table}`);
  // Control records count people and pay groups as the lines have them: not yet as the platform calls them.
  const paidOf =
    payGroup || identifiers !== undefined
      ? paidSql(raw, { payGroup, element: true, lines: false })
      : paidSql(table, { payGroup: false, element: true, lines: true });
  const { rows } = await staging.query<PaidRow>(paidOf, paidElements(request.manifest));
  const paid = paidPeriod(rows);
  await staging.query(`drop table ${raw}`);
  const { complete, why } = judge(paid, control, request.period);
  if (!complete) {
    throw new SlipwayError(
      'results/incomplete',
      `${side} results of period ${request.period}: ${why}`,
    );
  }
  const { rows: counted } = await staging.query<{ pairs: number; people: number }>(
    `select count(*)::int as pairs, ${identifiers === undefined ? paid.people : 'count(distinct person)'}::int as people
     from ${table}`,
  );
  return { table, lines: paid.lines, ...(counted[0] ?? { pairs: 0, people: 0 }) };
}

async function refuseGaps(
  staging: pg.Client,
  raw: string,
  { period }: ResultsRequest,
  side: ResultsSide,
): Promise<void> {
  const { rows } = await staging.query<Record<'person' | 'element' | 'amount', number>>(
    `select count(*) filter (where coalesce(person, '') = '')::int as person,
       count(*) filter (where coalesce(element, '') = '')::int as element,
       count(*) filter (where pence is null)::int as amount
     from ${raw}`,
  );
  const gaps = Object.entries(rows[0] ?? {}).filter(([, count]) => count > 0);
  if (gaps.length === 0) return;
  const said = gaps.map(([name, count]) => `${count} lines without ${name}`).join(', ');
  throw new SlipwayError('results/unreadable', `${side} results of period ${period}: ${said}`);
}
