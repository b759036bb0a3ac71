import { withConnection } from '../connections.ts';
import { longQuery } from '../long-query.ts';
import { placeOf } from '../relation.ts';
import type { Work } from '../work.ts';
import { identifiersFingerprint } from './identifiers.ts';
import { compileResults, describedSide, type ResultsRequest } from './results-side.ts';
import { readingResults } from './unreadable.ts';

/**
 * What identifies the pay results of a period, as text: the lines of both sides, counted and hashed in one scan each,
 * whatever their order. The same text again means that a comparison would find the same.
 * @throws SlipwayError `mapping/invalid`, `results/unreadable`; errors of connections
 */
export async function resultsFingerprint(request: ResultsRequest, work: Work): Promise<string> {
  const sides: string[] = [];
  for (const side of ['legacy', 'platform'] as const) {
    const place = placeOf(request.manifest, describedSide(request.manifest, side), request.urls);
    const found = await withConnection(place.url, place.side, work.signal, async (client) => {
      const results = await compileResults(client, request, side);
      const { person, element, pence, from, where } = results;
      const line = `hashtextextended(concat_ws(E'\\x1f', ${person}, ${element}, ${pence}), 0)`;
      const { rows } = await readingResults(request, side, results, work, () =>
        longQuery(client, place, work, { done: 0, unit: 'lines' }, () =>
          client.query<{ found: string }>(
            `select concat_ws('/', count(*), coalesce(sum(${line}::numeric), 0)) as found from ${from} where ${where}`,
          ),
        ),
      );
      return rows[0]?.found ?? '';
    });
    sides.push(`${side}:${found}`);
  }
  return [...sides, `ids:${await identifiersFingerprint(request, work)}`].join(' ');
}
