import { expect, test } from 'vitest';
import { withConnection } from '../../dataplane/connections.ts';
import { longQuery } from '../../dataplane/long-query.ts';
import { freshDatabase } from '../support/database.ts';
import { freeWork } from '../support/work.ts';

test('a long statement reports while the server is at it', async () => {
  const url = await freshDatabase('long');
  const place = { url, side: 'source' } as const;
  const stop = new AbortController();
  const work = freeWork(stop.signal);
  const reason = new Error('seen enough');
  const running = withConnection(url, 'source', stop.signal, (client) =>
    longQuery(client, place, work, { done: 3, unit: 'rows' }, () =>
      client.query('select pg_sleep(60)'),
    ),
  );
  const ended = running.catch((error: unknown) => error);
  await expect.poll(() => work.reports.length, { timeout: 20_000 }).toBeGreaterThan(0);
  stop.abort(reason);
  expect(await ended).toBe(reason);
  expect(work.reports[0]).toEqual({ done: 3, unit: 'rows' });
});

test('a short statement reports nothing and leaves no connection behind', async () => {
  const url = await freshDatabase('long');
  const work = freeWork();
  await withConnection(url, 'source', undefined, async (client) => {
    await longQuery(client, { url, side: 'source' }, work, { done: 0, unit: 'rows' }, () =>
      client.query('select 1'),
    );
    const { rows } = await client.query(
      'select count(*)::int as n from pg_stat_activity where datname = current_database()',
    );
    expect(rows).toEqual([{ n: 1 }]);
  });
  expect(work.reports).toEqual([]);
});
