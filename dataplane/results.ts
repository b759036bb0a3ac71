import { withConnection } from './connections.ts';
import { longQuery } from './long-query.ts';
import { placeOf } from './relation.ts';
import {
  judge,
  paidElements,
  paidPeriod,
  type PaidRow,
  paidSql,
  readControl,
} from './results/control.ts';
import {
  compileResults,
  describedSide,
  type ResultsRequest,
  type ResultsSide,
} from './results/results-side.ts';
import { readingResults } from './results/unreadable.ts';
import type { Work } from './work.ts';

/** What one side has of a period. */
export interface SideState {
  readonly people: number;
  readonly lines: number;
  /** Sum of all lines, whatever their element. */
  readonly totalPence: number;
  /** People that the control record says; null when there is no record, or none is declared. */
  readonly controlPeople: number | null;
  readonly complete: boolean;
  /** One sentence: why it is complete, or not yet. */
  readonly why: string;
}

/** Both sides' results of a period. */
export interface ResultsState {
  readonly period: string;
  readonly legacy: SideState;
  readonly platform: SideState;
  /** Both are complete. */
  readonly complete: boolean;
}

/**
 * Looks whether both sides' pay results of a period are there. A side is complete when its control record, or that of
 * every pay group, agrees with its lines: people, and gross and net pay where it says them. Where no control is declared
 * it is complete when there are lines.
 * @throws SlipwayError `mapping/invalid` when the description does not fit; `results/unreadable`; errors of connections
 */
export async function resultsState(request: ResultsRequest, work: Work): Promise<ResultsState> {
  const legacy = await sideState(request, 'legacy', work);
  const platform = await sideState(request, 'platform', work);
  return {
    period: request.period,
    legacy,
    platform,
    complete: legacy.complete && platform.complete,
  };
}

/** The state of one side. Throws as `resultsState`. */
async function sideState(
  request: ResultsRequest,
  side: ResultsSide,
  work: Work,
): Promise<SideState> {
  const described = describedSide(request.manifest, side);
  const place = placeOf(request.manifest, described, request.urls);
  return withConnection(place.url, place.side, work.signal, async (client) => {
    const results = await compileResults(client, request, side);
    const { from, where } = results;
    const control = await readControl(client, request, side);
    const has = {
      payGroup: results.payGroup !== undefined,
      // An element may be in no code list yet, which the comparison says: nobody needs it for a count.
      element: control.records.some((each) => each.grossPence !== null || each.netPence !== null),
      lines: false,
    };
    const columns = [
      `${results.person} as person, ${results.pence} as pence`,
      ...(has.payGroup ? [`${results.payGroup} as pay_group`] : []),
      ...(has.element ? [`${results.element} as element`] : []),
    ];
    const sql = paidSql(`(select ${columns.join(', ')} from ${from} where ${where})`, has);
    const { rows } = await readingResults(request, side, results, work, () =>
      longQuery(client, place, work, { done: 0, unit: 'lines' }, () =>
        client.query<PaidRow>(sql, paidElements(request.manifest)),
      ),
    );
    const paid = paidPeriod(rows);
    work.progress({ done: paid.lines, unit: 'lines' });
    const { people, lines, totalPence } = paid;
    return { people, lines, totalPence, ...judge(paid, control, request.period) };
  });
}
