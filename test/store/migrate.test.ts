import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate } from '../../store/migrate.ts';
import { freshDatabase, withClient } from '../support/database.ts';

let folder: string;
let url: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-migrate-'));
  url = await freshDatabase('migrate');
  await write('0001-ledger.sql', 'create table ledger (id integer primary key)');
  await write('0002-chunk.sql', 'create table chunk (id integer); insert into chunk values (1)');
});

afterEach(() => rm(folder, { recursive: true }));

test('a new database gets every migration in order, and a second call does nothing', async () => {
  expect(await run()).toEqual(['0001-ledger.sql', '0002-chunk.sql']);
  expect(await run()).toEqual([]);
  expect(await count('select from chunk')).toBe(1);
});

test('a later migration is added to a database that has the earlier ones', async () => {
  await run();
  await write('0003-more.sql', 'insert into chunk values (2)');
  expect(await run()).toEqual(['0003-more.sql']);
  expect(await count('select from chunk')).toBe(2);
});

test('sequences of different names live side by side in one database', async () => {
  await run('one');
  await rm(join(folder, '0001-ledger.sql'));
  await rm(join(folder, '0002-chunk.sql'));
  await write('0001-other.sql', 'create table other ()');
  expect(await run('two')).toEqual(['0001-other.sql']);
});

test('processes that migrate at the same moment apply each migration once', async () => {
  const applied = await Promise.all([run(), run(), run(), run()]);
  expect(applied.flat().toSorted()).toEqual(['0001-ledger.sql', '0002-chunk.sql']);
  expect(await count('select from chunk')).toBe(1);
});

test('a migration that fails takes everything of this call back and names the file', async () => {
  await write('0003-broken.sql', 'create table third (); select 1/0');
  await expect(run()).rejects.toMatchObject({
    code: 'store/migration-invalid',
    message: 'the migration 0003-broken.sql of test failed: division by zero',
  });
  expect(await count("select from pg_tables where schemaname = 'public'")).toBe(0);
});

test('a database of a newer version is refused and left as it is', async () => {
  await run();
  await rm(join(folder, '0002-chunk.sql'));
  await expect(run()).rejects.toMatchObject({
    code: 'store/newer',
    message: 'the database for test is at version 2 (0002-chunk.sql); this Slipway knows 1',
  });
  expect(await count('select from chunk')).toBe(1);
});

test('a migration changed after it was applied is refused, other line ends are not a change', async () => {
  await run();
  await write('0001-ledger.sql', 'create table ledger (id integer primary key)');
  expect(await run()).toEqual([]);
  await write('0001-ledger.sql', 'create table ledger (id bigint primary key)');
  await expect(run()).rejects.toMatchObject({ code: 'store/migration-invalid' });
});

test('a gap in the numbers is refused before the database is touched', async () => {
  await write('0004-gap.sql', 'select 1');
  await expect(run()).rejects.toMatchObject({ code: 'store/migration-invalid' });
  expect(await count("select from pg_namespace where nspname = 'slipway_migration'")).toBe(0);
});

test('a database that does not answer is an outage, not a fault', async () => {
  const nowhere = 'postgres://nobody@127.0.0.1:1/nothing';
  await expect(migrate({ url: nowhere, folder, name: 'test' })).rejects.toMatchObject({
    code: 'service/unreachable',
  });
});

function run(name = 'test'): Promise<string[]> {
  return migrate({ url, folder, name });
}

function write(file: string, sql: string): Promise<void> {
  return writeFile(join(folder, file), sql);
}

async function count(sql: string): Promise<number | null> {
  return withClient(url, async (client) => (await client.query(sql)).rowCount);
}
