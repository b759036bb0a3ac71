import getPort from 'get-port';
import { expect, test } from 'vitest';
import { connect, inTransaction, withConnection } from '../../dataplane/connections.ts';
import { freshDatabase, withClient } from '../support/database.ts';

test('both ends show the same value in the same way', async () => {
  const url = await freshDatabase('connections');
  await withClient(url, (client) =>
    client.query(`alter database ${client.escapeIdentifier(new URL(url).pathname.slice(1))}
                  set datestyle = 'SQL, DMY'`),
  );
  const query = `select date '2026-02-01' d, timestamptz '2026-02-01 12:00+02' t, 0.1::float8 + 0.2 f, 12345678901234::int8 i`;
  for (const side of ['source', 'target'] as const) {
    await withConnection(url, side, undefined, async (client) => {
      expect((await client.query(query)).rows).toEqual([
        {
          d: '2026-02-01',
          t: '2026-02-01 10:00:00+00',
          f: 0.30000000000000004,
          i: '12345678901234',
        },
      ]);
    });
  }
});

test('a session on the source cannot write, even where the account can', async () => {
  const url = await freshDatabase('connections');
  await expect(
    withConnection(url, 'source', undefined, (client) => client.query('create table t ()')),
  ).rejects.toMatchObject({ code: '25006' });
});

test('errors of the driver become errors of the catalogue, by side', async () => {
  const url = await freshDatabase('connections');
  const free = new URL(url);
  free.port = String(await getPort());
  const wrongPassword = new URL(url);
  wrongPassword.password = 'wrong';
  await expect(connect(free.href, 'source')).rejects.toMatchObject({ code: 'source/unreachable' });
  await expect(connect(free.href, 'target')).rejects.toMatchObject({ code: 'target/unreachable' });
  await expect(connect(free.href, 'staging')).rejects.toMatchObject({
    code: 'service/unreachable',
  });
  await expect(connect(wrongPassword.href, 'source')).rejects.toMatchObject({
    code: 'source/unreachable',
    message: expect.stringContaining('password authentication failed'),
  });
  const missing = (side: 'source' | 'target') =>
    withConnection(url, side, undefined, (client) => client.query('select * from nowhere'));
  await expect(missing('source')).rejects.toMatchObject({ code: 'source/not-found' });
  await expect(missing('target')).rejects.toMatchObject({ code: 'target/drift' });
});

test('a connection that the server cuts counts as unreachable', async () => {
  const url = await freshDatabase('connections');
  await expect(
    withConnection(url, 'source', undefined, (client) =>
      client.query('select pg_terminate_backend(pg_backend_pid())'),
    ),
  ).rejects.toMatchObject({ code: 'source/unreachable' });
});

test('an abort ends the query with its reason, and the server stops working on it', async () => {
  const url = await freshDatabase('connections');
  const stop = new AbortController();
  const reason = new Error('stopped');
  const marker = `marker_${Date.now()}`;
  const running = withConnection(url, 'source', stop.signal, (client) =>
    client.query(`select pg_sleep(60), '${marker}'`),
  );
  const active = () =>
    withClient(url, async (client) => {
      const sql = `select 1 from pg_stat_activity where query like '%${marker}%' and pid <> pg_backend_pid()`;
      return (await client.query(sql)).rowCount;
    });
  await expect.poll(active).toBe(1);
  stop.abort(reason);
  await expect(running).rejects.toBe(reason);
  await expect.poll(active, { timeout: 10_000 }).toBe(0);
});

test('a transaction that throws leaves nothing behind and reports the first error', async () => {
  const url = await freshDatabase('connections');
  await withConnection(url, 'target', undefined, async (client) => {
    const failing = inTransaction(client, 'write', async () => {
      await client.query('create table t ()');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect((await client.query("select to_regclass('t') t")).rows).toEqual([{ t: null }]);
  });
});
