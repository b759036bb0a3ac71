import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Intake } from '../../../dataplane/intake/stage.ts';
import { takeInDatabase } from '../../../dataplane/mariadb/take-in-database.ts';
import { freshDatabase, withClient } from '../../support/database.ts';
import { type MariadbServer, startMariadb } from '../../support/mariadb-server.ts';
import { until } from '../../support/until.ts';
import { freeWork } from '../../support/work.ts';

let server: MariadbServer;
let staging: string;

beforeAll(async () => {
  server = await startMariadb();
  await server.sql(
    'create database hr',
    "create user reader@'%' identified by 'secret'",
    "grant select on hr.* to reader@'%'",
  );
}, 120_000);

afterAll(() => server.stop());

beforeEach(() => server.sql('drop database hr', 'create database hr'));

const reader = (): string => server.url('reader', 'secret');

function take(
  ...tables: { from: string; key?: string[] }[]
): Promise<Readonly<Record<string, Intake>>> {
  const place = { stagingUrl: staging, department: 'moj', sourceId: 'legacy' };
  return takeInDatabase({ ...place, url: reader(), tables }, freeWork());
}

async function staged(sql: string): Promise<unknown[][]> {
  return withClient(
    staging,
    async (client) => (await client.query({ text: sql, rowMode: 'array' })).rows,
  );
}

describe('taking in', () => {
  beforeEach(async () => {
    staging = await freshDatabase('mariadb');
  });

  test('every type comes in verbatim, as text', async () => {
    await server.sql(
      `create table hr.every (
         id bigint unsigned primary key, bits bit(10), flag bit(1), place point, doc json, day date, at datetime(6),
         stamp timestamp null, span time, year year, f float, d double, dec1 decimal(30,10), blob1 blob, bin binary(4),
         body text, choice enum('a','b'), several set('x','y'), uid uuid, ip inet6, zf int(8) zerofill, truth bool,
         nothing varchar(10))`,
      `set sql_mode = ''; insert into hr.every values (18446744073709551615, b'1010000001', b'1', point(1,2), '{"a": 1}',
         '0000-00-00', '2024-02-03 04:05:06.000700', '2024-07-01 00:00:01', '-838:59:59', 2024, 16777217, 0.1,
         1.5000000001, x'00ff', x'01', 'héé 😀\\t\\n\\\\N', 'a', 'x,y', '2fd25666-e720-11f1-9f54-02fc00000001', '::1', 42,
         true, null)`,
    );
    const { 'hr.every': intake } = await take({ from: 'hr.every' });
    expect(intake).toMatchObject({ table: 'moj.legacy__hr.every', rows: 1, findings: [] });
    const [row] = await staged('select t.* from moj."legacy__hr.every" t');
    expect(row).toEqual([
      '1',
      'hr.every',
      '1',
      null,
      '18446744073709551615',
      '1010000001',
      '1',
      '000000000101000000000000000000f03f0000000000000040',
      '{"a": 1}',
      '0000-00-00',
      '2024-02-03 04:05:06.000700',
      '2024-07-01 00:00:01',
      '-838:59:59',
      '2024',
      '16777216',
      '0.1',
      '1.5000000001',
      '00ff',
      '01000000',
      'héé 😀\t\n\\N',
      'a',
      'x,y',
      '2fd25666-e720-11f1-9f54-02fc00000001',
      '::1',
      '00000042',
      '1',
      null,
    ]);
  });

  test('floats have the digits they need and no more', async () => {
    await server.sql(
      'create table hr.f (id int primary key, f float)',
      'insert into hr.f values (1, 0.1), (2, 1234567), (3, 3.14159274), (4, 1e30), (5, -0.5), (6, 0)',
    );
    await take({ from: 'hr.f' });
    expect((await staged('select f from moj."legacy__hr.f" order by _row')).flat()).toEqual([
      '0.1',
      '1234567',
      '3.1415927',
      '1e+30',
      '-0.5',
      '0',
    ]);
  });

  test('letters of other character sets are the same letters', async () => {
    await server.sql(
      'create table hr.l (id int primary key, name varchar(20) character set latin1)',
      "insert into hr.l values (1, 'Zoë £')",
    );
    await take({ from: 'hr.l' });
    expect(await staged('select name from moj."legacy__hr.l"')).toEqual([['Zoë £']]);
  });

  test('zero bytes, reserved names and tables without transactions are findings, and views are read', async () => {
    await server.sql(
      'create table hr.odd (id int primary key, _row int, name varchar(20)) engine = MyISAM',
      "insert into hr.odd values (1, 7, 'a\\0b')",
      'create view hr.seen as select id, name from hr.odd',
    );
    const { 'hr.odd': odd, 'hr.seen': seen } = await take({ from: 'hr.odd' }, { from: 'hr.seen' });
    expect(odd?.columns).toEqual(['id', '_row_2', 'name']);
    expect(odd?.findings.map(({ code, examples }) => [code, examples])).toEqual([
      ['file/repeated-header', ['hr.odd:1']],
      ['table/changing', []],
      ['file/zero-byte', ['hr.odd:1']],
    ]);
    expect(seen?.rows).toBe(1);
  });

  test('all tables are of one moment, whatever is written while they are read', async () => {
    const rows = Array.from({ length: 2000 }, (_, n) => `(${n}, '${'x'.repeat(500)}')`).join(',');
    await server.sql(
      'create table hr.a (id int primary key, t text)',
      'create table hr.b (id int primary key, t text)',
      `insert into hr.a values ${rows}`,
      `insert into hr.b values ${rows}`,
    );
    const tables = [{ from: 'hr.a' }, { from: 'hr.b' }];
    const place = { stagingUrl: staging, department: 'moj', sourceId: 'legacy' };
    // The staging schema is made after the snapshot was taken: whatever is deleted from then on is still there.
    await withClient(staging, async (client) => {
      await client.query(
        `begin; select pg_advisory_xact_lock(hashtextextended('slipway intake moj', 0))`,
      );
      const taking = takeInDatabase({ ...place, url: reader(), tables }, freeWork());
      await waitForLock();
      await server.sql('delete from hr.a', 'delete from hr.b');
      await client.query('commit');
      const taken = await taking;
      expect([taken['hr.a']?.rows, taken['hr.b']?.rows]).toEqual([2000, 2000]);
    });
  });

  test('what the server declares goes along: types, keys and foreign keys', async () => {
    await server.sql(
      'create table hr.unit (code varchar(10) primary key, name varchar(20))',
      `create table hr.post (id int unsigned auto_increment primary key, unit varchar(10), ref varchar(10), note text,
         unique (ref), unique (note(10)), foreign key (unit) references hr.unit (code))`,
      "insert into hr.unit values ('A', 'x')",
      "insert into hr.post values (1, 'a', 'r', 'n')",
    );
    const declared = async (): Promise<unknown[][]> =>
      staged(
        `select contype, pg_get_constraintdef(oid) from pg_constraint
         where conrelid = 'moj."legacy__hr.post"'::regclass and contype in ('u', 'f') order by 1, 2`,
      );
    const expected = [
      ['f', 'FOREIGN KEY (unit) REFERENCES moj."legacy__hr.unit"(code) NOT VALID'],
      ['u', 'UNIQUE (id)'],
      ['u', 'UNIQUE (ref)'],
    ];
    await take({ from: 'hr.unit' }, { from: 'hr.post' });
    expect(await declared()).toEqual(expected);
    expect(await staged(`select col_description('moj."legacy__hr.post"'::regclass, 5)`)).toEqual([
      ['int(10) unsigned'],
    ]);
    // A parent that comes anew takes nothing from its children.
    await server.sql("insert into hr.unit values ('B', 'y')");
    await take({ from: 'hr.unit' }, { from: 'hr.post' });
    expect(await declared()).toEqual(expected);
  });

  test('a repeat of the same rows changes nothing; rows keep their number by their key', async () => {
    await server.sql(
      'create table hr.p (id int primary key, no varchar(5), name varchar(20))',
      "insert into hr.p values (1, 'a', 'Ann'), (2, 'b', 'Bob'), (3, 'c', 'Cy')",
    );
    await take({ from: 'hr.p', key: ['no'] });
    expect((await take({ from: 'hr.p', key: ['no'] }))['hr.p']).toMatchObject({
      changed: false,
      rows: 3,
    });
    await server.sql(
      'delete from hr.p where id = 1',
      "update hr.p set id = 9, name = 'Bobby' where id = 2",
      "insert into hr.p values (0, 'n', 'New')",
    );
    expect((await take({ from: 'hr.p', key: ['no'] }))['hr.p']).toMatchObject({ changed: true });
    expect(await staged('select _row, no, name from moj."legacy__hr.p" order by _row')).toEqual([
      ['2', 'b', 'Bobby'],
      ['3', 'c', 'Cy'],
      ['4', 'n', 'New'],
    ]);
  });

  test('a table that is not there is named', async () => {
    await expect(take({ from: 'hr.none' })).rejects.toMatchObject({ code: 'source/not-found' });
    await expect(take({ from: 'none' })).rejects.toMatchObject({ code: 'source/not-found' });
  });

  test('intake that is stopped leaves what was there', async () => {
    await server.sql(
      'use hr',
      'create table hr.big (id int primary key, t text)',
      `insert into hr.big select seq, repeat('x', 200) from seq_1_to_60000`,
    );
    const stop = new AbortController();
    const reason = new Error('stopped');
    const work = { signal: stop.signal, progress: () => stop.abort(reason) };
    const place = { stagingUrl: staging, department: 'moj', sourceId: 'legacy' };
    await expect(
      takeInDatabase({ ...place, url: reader(), tables: [{ from: 'hr.big' }] }, work),
    ).rejects.toBe(reason);
    expect(await staged(`select to_regclass('moj."legacy__hr.big"')`)).toEqual([[null]]);
  });

  test('a server that is away and an account that is refused are outages', async () => {
    const place = { stagingUrl: staging, department: 'moj', sourceId: 'legacy', tables: [] };
    for (const url of ['mysql://x:y@127.0.0.1:1/', server.url('reader', 'wrong')]) {
      await expect(takeInDatabase({ ...place, url }, freeWork())).rejects.toMatchObject({
        code: 'source/unreachable',
      });
    }
  });
});

/** Until somebody waits for an advisory lock of the staging database. */
function waitForLock(): Promise<unknown> {
  return until('the intake waits', async () => {
    const rows = await staged(
      "select 1 from pg_stat_activity where wait_event = 'advisory' and datname = current_database()",
    );
    return rows.length > 0 ? rows : undefined;
  });
}
