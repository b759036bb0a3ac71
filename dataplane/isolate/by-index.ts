import type pg from 'pg';

const WAYS = ['seqscan', 'hashjoin', 'mergejoin'] as const;

/**
 * Lets statements look rows up in an index, one after the other. The planner knows nothing of a table that is being loaded, and
 * would read all of it for each chunk: what is looked for is little, what is there may be everybody.
 * @param target in a transaction
 */
export async function byIndex<T>(target: pg.Client, run: () => Promise<T>): Promise<T> {
  await target.query(WAYS.map((way) => `set local enable_${way} = off`).join('; '));
  const result = await run();
  await target.query(WAYS.map((way) => `set local enable_${way} to default`).join('; '));
  return result;
}
