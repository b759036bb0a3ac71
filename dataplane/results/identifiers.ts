import type pg from 'pg';
import { SlipwayError } from '../../domain/errors.ts';
import { withConnection } from '../connections.ts';
import { copyRows } from '../copy-rows.ts';
import { placeOf } from '../relation.ts';
import type { Work } from '../work.ts';
import {
  compileIdentifiers,
  describedIdentifiers,
  type IdentifiersSource,
  type ResultsRequest,
} from './results-side.ts';

/** What a legacy id begins with that nobody is known by: it must not meet somebody of the platform by chance. */
export const UNKNOWN_ID = 'legacy:';

const TABLE = 'slipway_identifiers';

/**
 * Copies which legacy payroll id is which person of the platform into a temporary table `(legacy, platform)`. Several legacy
 * ids may be one person (several employments); one that is several people is refused.
 * @returns the table, as SQL; undefined where both sides use the same ids
 * @throws SlipwayError `results/unreadable`; `mapping/invalid`; errors of connections
 */
export async function stageIdentifiers(
  staging: pg.Client,
  request: ResultsRequest,
  work: Work,
): Promise<string | undefined> {
  const described = describedIdentifiers(request.manifest);
  if (described === undefined) return undefined;
  await staging.query(`create temporary table ${TABLE} (legacy text, platform text)`);
  await reading(request, described, work, async (client, place, from) => {
    await copyRows(
      { ...place, client, query: `select distinct legacy, platform from ${from}` },
      { client: staging, side: 'staging', into: `${TABLE} (legacy, platform)` },
      'binary',
      work,
    );
  });
  const { rows } = await staging.query<{ count: number }>(
    `select count(*)::int as count from (select from ${TABLE} group by legacy having count(*) > 1) s`,
  );
  const ambiguous = rows[0]?.count ?? 0;
  if (ambiguous > 0) {
    throw new SlipwayError(
      'results/unreadable',
      `${ambiguous} legacy ids are several people of the platform each`,
    );
  }
  await staging.query(`create unique index on ${TABLE} (legacy)`);
  await staging.query(`analyze ${TABLE}`);
  return TABLE;
}

/** What identifies the identifiers, as text: the same text again means that they are the same. */
export async function identifiersFingerprint(request: ResultsRequest, work: Work): Promise<string> {
  const described = describedIdentifiers(request.manifest);
  if (described === undefined) return '';
  return reading(request, described, work, async (client, _place, from) => {
    const { rows } = await client.query<{ found: string }>(
      `select concat_ws('/', count(*),
         coalesce(sum(hashtextextended(concat_ws(E'\\x1f', legacy, platform), 0)::numeric), 0)) as found from ${from}`,
    );
    return rows[0]?.found ?? '';
  });
}

async function reading<T>(
  request: ResultsRequest,
  described: IdentifiersSource,
  work: Work,
  use: (client: pg.Client, place: ReturnType<typeof placeOf>, from: string) => Promise<T>,
): Promise<T> {
  const place = placeOf(request.manifest, described, request.urls);
  return withConnection(place.url, place.side, work.signal, async (client) => {
    const { relation, legacy, platform, where } = await compileIdentifiers(
      client,
      request,
      described,
    );
    return use(
      client,
      place,
      `(select ${legacy} as legacy, ${platform} as platform from ${relation.sql} r where ${where}) s`,
    );
  });
}
