import mysql from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freezeMariadb, unfreezeMariadb } from '../../../dataplane/mariadb/freeze-mariadb.ts';
import { proveMariadbReadOnly } from '../../../dataplane/mariadb/prove-read-only.ts';
import { type MariadbServer, startMariadb } from '../../support/mariadb-server.ts';
import { freeWork } from '../../support/work.ts';

let server: MariadbServer;

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

describe('the proof that an account can only look', () => {
  const prove = (url = reader(), ...tables: string[]) =>
    proveMariadbReadOnly({ url, tables: tables.length === 0 ? ['hr.p'] : tables }, freeWork());

  beforeEach(async () => {
    await server.sql('create table hr.p (id int primary key, name varchar(20))');
  });

  test('is given for SELECT alone', async () => {
    expect(await prove()).toMatchObject({
      user: 'reader@%',
      tables: [{ table: 'hr.p', kind: 'table', columns: 2 }],
    });
  });

  test('is refused for root, naming what it may do', async () => {
    await expect(prove(server.url())).rejects.toMatchObject({
      code: 'source/writable',
      message: expect.stringContaining('ALL PRIVILEGES on *.*'),
    });
  });

  test.each([
    ['insert on hr.p', 'INSERT on hr.p'],
    ['update (name) on hr.p', 'UPDATE on hr.p'],
    ['file on *.*', 'FILE on *.*'],
    ['super on *.*', 'SUPER on *.*'],
    ['execute on hr.*', 'EXECUTE on hr.*'],
    ['lock tables on hr.*', 'LOCK TABLES on hr.*'],
    ['create temporary tables on hr.*', 'CREATE TEMPORARY TABLES on hr.*'],
    ['trigger on hr.p', 'TRIGGER on hr.p'],
    ['event on hr.*', 'EVENT on hr.*'],
    ['set user on *.*', 'SET USER on *.*'],
    ['read_only admin on *.*', 'READ_ONLY ADMIN on *.*'],
  ])('is refused for `grant %s`', async (grant, named) => {
    await server.sql("create or replace user writer@'%' identified by 'secret'");
    await server.sql("grant select on hr.* to writer@'%'", `grant ${grant} to writer@'%'`);
    await expect(prove(server.url('writer', 'secret'))).rejects.toMatchObject({
      code: 'source/writable',
      message: expect.stringContaining(named),
    });
  });

  test('is refused for what a role gives, also a role of a role that is not active', async () => {
    await server.sql(
      "create or replace user roled@'%' identified by 'secret'",
      'create or replace role inner_role',
      'create or replace role outer_role',
      'grant delete on hr.* to inner_role',
      'grant inner_role to outer_role',
      "grant outer_role to roled@'%'",
      "grant select on hr.* to roled@'%'",
    );
    await expect(prove(server.url('roled', 'secret'))).rejects.toMatchObject({
      code: 'source/writable',
      message: expect.stringContaining('DELETE on hr.*'),
    });
  });

  test('is refused for what everybody may, and for giving privileges away', async () => {
    await server.sql("create or replace user giver@'%' identified by 'secret'");
    await server.sql("grant select on hr.* to giver@'%' with grant option");
    await server.sql('grant insert on hr.p to public');
    try {
      await expect(prove(server.url('giver', 'secret'))).rejects.toMatchObject({
        message: expect.stringMatching(
          /may grant its privileges on hr\.\* to others.*INSERT on hr\.p|INSERT on hr\.p.*may grant/,
        ),
      });
    } finally {
      await server.sql('revoke insert on hr.p from public');
    }
  });

  test('names tables that are missing or may not be read, all of them', async () => {
    await server.sql(
      "create or replace user narrow@'%' identified by 'secret'",
      "grant select (id) on hr.p to narrow@'%'",
    );
    await expect(prove(server.url('narrow', 'secret'), 'hr.none', 'hr.p')).rejects.toMatchObject({
      code: 'source/not-found',
      message: expect.stringMatching(/hr\.none.*hr\.p/),
    });
  });
});

describe('the freeze', () => {
  const freeze = (freezeUrl?: string) =>
    freezeMariadb(
      { source: 'legacy', url: reader(), tables: ['hr.p'], freezeUrl, settleMs: 0 },
      freeWork(),
    );

  beforeEach(async () => {
    await server.sql(
      'create table hr.p (id int primary key, name varchar(20), pay decimal(10,2))',
      "insert into hr.p values (1, 'Ann', 1.5), (2, null, null), (3, 'NULL', 2)",
      "create or replace user clerk@'%' identified by 'secret'",
      "grant select, insert on hr.* to clerk@'%'",
    );
  });

  test('makes the server read-only, ends sessions that could write, and can be taken back', async () => {
    const frozen = await freeze(server.url());
    expect(frozen).toMatchObject({ method: 'read-only', tables: [{ table: 'hr.p', rows: 3 }] });
    const clerk = await mysql.createConnection(server.url('clerk', 'secret'));
    await expect(clerk.query("insert into hr.p values (4, 'x', 1)")).rejects.toMatchObject({
      code: 'ER_OPTION_PREVENTS_STATEMENT',
    });
    await unfreezeMariadb(server.url(), freeWork());
    await clerk.query("insert into hr.p values (4, 'x', 1)");
    await clerk.end();
    expect((await freeze()).method).toBe('quiet');
  });

  test('an account that may not freeze is refused by the server', async () => {
    await expect(freeze(server.url('clerk', 'secret'))).rejects.toMatchObject({
      code: 'source/no-privilege',
    });
  });

  test.each([
    ["update hr.p set name = 'NULL' where id = 2"],
    ['update hr.p set pay = 1.51 where id = 1'],
    ['delete from hr.p where id = 3'],
  ])('a source is not quiet when `%s` happens between two looks', async (statement) => {
    let change: Promise<unknown> | undefined;
    const { signal } = freeWork();
    // The first report comes with the first look.
    const progress = (): void => void (change ??= server.sql(statement));
    const frozen = freezeMariadb(
      { source: 'legacy', url: reader(), tables: ['hr.p'], settleMs: 1000 },
      { signal, progress },
    );
    await expect(frozen).rejects.toMatchObject({
      code: 'cutover/source-not-quiet',
      message: expect.stringContaining('hr.p'),
    });
    await change;
  });
});
