import type pg from 'pg';
import type { MatchColumn, MatchTable } from '../../domain/matching/schema.ts';
import type { TableProfile } from '../../domain/profile.ts';
import { withConnection } from '../connections.ts';
import { tableColumns } from '../profile/table-columns.ts';
import { quoteColumns, quoteIdentifier } from '../quote.ts';
import type { Relation } from '../relation.ts';
import type { Work } from '../work.ts';
import { sketchValues } from './sketch-values.ts';

/** A table of a source that the manifest reads, with its profile where it has one. */
export interface SourcePlace {
  readonly source: string;
  readonly from: string;
  readonly profile: TableProfile | undefined;
}

/** Rows that are looked at: enough to know values by, few enough for any source. */
const ROWS = 5000;
/** Values that the rules of the platform are tried on. */
const SAMPLE = 200;

/**
 * A table of a source as the matcher sees it. Reads some of its rows, the same ones each time, and keeps sketches of their values
 * and a few values for the platform's rules: both stay in this process.
 * @param name what the table is called in the answer
 * @param profile of the table, where it was profiled
 * @throws SlipwayError `source/not-found` when there is no such table
 */
export async function readSourceTable(
  relation: Relation,
  name: string,
  profile: TableProfile | undefined,
  work: Work,
): Promise<MatchTable> {
  return withConnection(relation.url, relation.side, work.signal, async (client) => {
    const columns = await tableColumns(client, relation);
    const rows = await someRows(
      client,
      relation,
      columns.map((column) => column.name),
    );
    return {
      name,
      columns: columns.map((column, index): MatchColumn => {
        const values = rows.map((row) => row[index] ?? null);
        const filled = values.filter(
          (value): value is string => value !== null && value.trim() !== '',
        );
        return {
          name: column.name,
          type: relation.staged ? undefined : column.type,
          key: keyOf(profile, column.name),
          nulls: values.length === 0 ? 0 : 1 - filled.length / values.length,
          values: sketchValues(column.name, values),
          sample: everyFew(filled),
        };
      }),
    };
  });
}

/** A value of a column with the number of its rows. */
export interface SourceCode {
  readonly code: string;
  readonly rows: number;
}

/** The different values of a column without blanks at their ends, the commonest first; undefined when they are too many for a list. */
export async function readCodes(
  relation: Relation,
  column: string,
  most: number,
  work: Work,
): Promise<SourceCode[] | undefined> {
  return withConnection(relation.url, relation.side, work.signal, async (client) => {
    const value = `btrim(r.${quoteIdentifier(column)}::text)`;
    const { rows } = await client.query<{ code: string; rows: number }>(
      `select ${value} as code, count(*)::int as rows from ${relation.sql} r where ${value} <> ''
       group by 1 order by 2 desc, ${value} collate "C" limit ${most + 1}`,
    );
    return rows.length > most ? undefined : rows;
  });
}

function keyOf(profile: TableProfile | undefined, name: string): MatchColumn['key'] {
  const column = profile?.columns.find((each) => each.name === name);
  if (profile === undefined || column === undefined || profile.rows < 2) return undefined;
  return column.distinct === profile.rows ? 'key' : 'none';
}

/** The same rows each time: those of a repeatable sample where a table has many, in the order of the key otherwise. */
async function someRows(
  client: pg.Client,
  relation: Relation,
  columns: readonly string[],
): Promise<(string | null)[][]> {
  const { rows: found } = await client.query<{ kind: string; rows: string }>(
    `select c.relkind::text as kind, greatest(c.reltuples, 0)::bigint::text as rows
     from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2`,
    [relation.schema, relation.table],
  );
  const [table] = found;
  const many = Number(table?.rows ?? 0) > 4 * ROWS && ['r', 'm', 'p'].includes(table?.kind ?? '');
  const percent = many ? Math.min(100, (300 * ROWS) / Number(table?.rows)) : 100;
  const sampled = many ? ` tablesample bernoulli (${percent}) repeatable (1)` : '';
  const order =
    relation.keyColumns.length === 0 ? '' : ` order by ${quoteColumns(relation.keyColumns, 'r')}`;
  const cells = columns.map((column) => `left(r.${quoteIdentifier(column)}::text, 200)`);
  const { rows } = await client.query<(string | null)[]>({
    text: `select ${cells.join(', ')} from ${relation.sql} r${sampled}${many ? '' : order} limit ${ROWS}`,
    rowMode: 'array',
  });
  return rows;
}

function everyFew(values: readonly string[]): string[] {
  const step = Math.max(1, Math.floor(values.length / SAMPLE));
  return values.filter((_, index) => index % step === 0).slice(0, SAMPLE);
}
