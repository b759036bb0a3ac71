import type pg from 'pg';
import { longQuery } from './long-query.ts';
import { quoteColumns } from './quote.ts';
import type { Relation } from './relation.ts';
import type { Work } from './work.ts';

/**
 * What makes the declared key of a relation unfit to tell its rows apart, in words; undefined when it is fit. Rows
 * with an empty key would be in no key range, and one of two rows with the same key could not be named.
 */
export async function keyProblem(
  client: pg.Client,
  made: Relation,
  work: Work,
): Promise<string | undefined> {
  // What is added to a row does not change what tells it from others.
  const relation = made.base ?? made;
  if (relation.keyColumns.length === 0) return 'no key is declared';
  if (relation.staged || (await isProvenKey(client, relation))) return undefined;
  const columns = quoteColumns(relation.keyColumns, 's');
  const empty = relation.keyColumns.map((column) => `${quoteColumns([column], 's')} is null`);
  const { rows } = await longQuery(client, relation, work, { done: 0, unit: 'rows' }, () =>
    client.query<{ empty: string; repeated: string }>(
      `select count(*) filter (where empty) as empty, count(*) filter (where rows > 1) as repeated
       from (select ${empty.join(' or ')} as empty, count(*) as rows from ${relation.sql} s group by ${columns}) k`,
    ),
  );
  const name = `the key (${relation.keyColumns.join(', ')}) of ${relation.schema}.${relation.table}`;
  if (Number(rows[0]?.empty) > 0) return `${name} is empty in some rows`;
  const repeated = Number(rows[0]?.repeated);
  return repeated > 0 ? `${name} is not unique: ${repeated} of its values are repeated` : undefined;
}

/** Does a unique index over columns that cannot be null say so? */
async function isProvenKey(client: pg.Client, relation: Relation): Promise<boolean> {
  const { rowCount } = await client.query(
    `select from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = $2 and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
       and not exists (
         select from unnest(i.indkey[0:i.indnatts - 1]) k(num) join pg_attribute a on a.attrelid = c.oid and a.attnum = k.num
         where not a.attnotnull or not a.attname = any($3))`,
    [relation.schema, relation.table, relation.keyColumns],
  );
  return (rowCount ?? 0) > 0;
}
