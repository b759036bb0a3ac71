import type pg from 'pg';
import type { Limits } from '../../domain/manifest.ts';
import { withConnection } from '../connections.ts';
import { quoteTable } from '../quote.ts';
import type { Relation } from '../relation.ts';
import type { Work } from '../work.ts';
import type { PreflightProblem } from './problem.ts';

/** What is asked of a source before a load reads from it. */
export interface AskedSource {
  readonly dataset: string;
  readonly relation: Relation;
}

/** What the source says: problems, and about how many bytes the rows take there. */
export interface SourceAnswer {
  readonly problems: readonly PreflightProblem[];
  readonly bytes: number;
}

/** Looks at the tables of the sources: may they be read, do they tell their encoding, how large are they. */
export async function askSources(
  sources: readonly AskedSource[],
  limits: Limits,
  work: Work,
): Promise<SourceAnswer> {
  const problems: PreflightProblem[] = [];
  let bytes = 0;
  const urls = new Map(sources.map(({ relation }) => [relation.url, relation]));
  for (const [url, { side }] of urls) {
    const asked = sources.filter(({ relation }) => relation.url === url);
    await withConnection(url, side, work.signal, async (client) => {
      const tables = asked.map(({ relation }) => quoteTable(relation.schema, relation.table));
      const { rows } = await client.query<{ place: number; readable: boolean; bytes: string }>(
        `select t.place::int - 1 as place, has_table_privilege(t.name, 'SELECT') as readable, pg_table_size(t.name::regclass) as bytes
         from unnest($1::text[]) with ordinality t(name, place) where to_regclass(t.name) is not null order by t.place`,
        [tables],
      );
      for (const row of rows) {
        bytes += Number(row.bytes);
        const dataset = asked[row.place]?.dataset ?? '';
        if (row.readable) continue;
        problems.push({
          check: 'privilege',
          subject: dataset,
          message: `the account on the source lacks SELECT on ${tables[row.place]}`,
          advice: 'grant it',
        });
      }
      if (side !== 'source') return;
      problems.push(...(await sessionProblems(client, limits)));
    });
    work.progress({ done: asked.length, unit: 'tables' });
  }
  return { problems, bytes };
}

async function sessionProblems(
  client: pg.Client,
  { activeSessions }: Limits,
): Promise<PreflightProblem[]> {
  const { rows } = await client.query<{ database: string; encoding: string; sees: boolean }>(
    `select current_database() as database, current_setting('server_encoding') as encoding,
       pg_has_role('pg_read_all_stats', 'USAGE') as sees`,
  );
  const found = rows[0];
  const problems: PreflightProblem[] = [];
  if (found?.encoding === 'SQL_ASCII') {
    problems.push({
      check: 'encoding',
      subject: found.database,
      message: 'the source does not say how its text is encoded (SQL_ASCII)',
      advice: 'export it to files, whose encoding the manifest can name',
    });
  }
  if (activeSessions !== undefined && found?.sees === false) {
    problems.push({
      check: 'limits',
      subject: found.database,
      message:
        'policy.limits.activeSessions cannot be kept: the account does not see other sessions',
      advice: 'grant pg_read_all_stats to it, or leave the limit out',
    });
  }
  return problems;
}
