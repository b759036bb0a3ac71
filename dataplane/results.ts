import type pg from 'pg';
import { withConnection } from './connections.ts';
import { longQuery } from './long-query.ts';
import { placeOf } from './relation.ts';
import {
  compileControl,
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
 * Looks whether both sides' pay results of a period are there. A side is complete when its one control record agrees with
 * the people its lines hold; where no control is declared, when there are lines.
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
    const { person, pence, relation, where } = results;
    const sql = `select count(*)::int as lines, count(distinct ${person})::int as people,
                   coalesce(sum(${pence}), 0)::float8 as pence
                 from ${relation.sql} r where ${where}`;
    const counted = await readingResults(request, side, results, work, () =>
      longQuery(client, place, work, { done: 0, unit: 'lines' }, () =>
        client.query<{ lines: number; people: number; pence: number }>(sql),
      ),
    );
    const { lines = 0, people = 0, pence: totalPence = 0 } = counted.rows[0] ?? {};
    work.progress({ done: lines, unit: 'lines' });
    const control = await readControl(client, request, side);
    return { people, lines, totalPence, ...judge({ people, lines }, control, request.period) };
  });
}

/** The control records of a period: `declared` when the manifest names them; `people` of each record. */
export interface ControlRecords {
  readonly declared: boolean;
  readonly people: readonly number[];
}

/** Reads a side's control records. `client` is connected to where the side's results are. */
export async function readControl(
  client: pg.Client,
  request: ResultsRequest,
  side: ResultsSide,
): Promise<ControlRecords> {
  const control = await compileControl(client, request, side);
  if (control === undefined) return { declared: false, people: [] };
  const { rows } = await client.query<{ people: number | null }>(
    `select ${control.people}::float8 as people from ${control.relation.sql} r where ${control.where} limit 2`,
  );
  return { declared: true, people: rows.map((row) => row.people ?? 0) };
}

/** Is what was found all there is? */
export function judge(
  found: { readonly people: number; readonly lines: number },
  control: ControlRecords,
  period: string,
): Pick<SideState, 'controlPeople' | 'complete' | 'why'> {
  const [people, another] = control.people;
  if (!control.declared) {
    const complete = found.lines > 0;
    const why = complete
      ? `${found.lines} lines are there; no control record is declared to hold them against`
      : `there are no lines of period ${period} yet`;
    return { controlPeople: null, complete, why };
  }
  if (people === undefined) {
    return {
      controlPeople: null,
      complete: false,
      why: `there is no control record of period ${period} yet`,
    };
  }
  if (another !== undefined) {
    return {
      controlPeople: null,
      complete: false,
      why: `there are several control records of period ${period}`,
    };
  }
  const complete = found.people === people && found.lines > 0;
  const why = complete
    ? `the control record agrees: ${people} people`
    : `the control record says ${people} people, the lines hold ${found.people}`;
  return { controlPeople: people, complete, why };
}
