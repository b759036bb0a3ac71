import { beforeEach, expect, test } from 'vitest';
import { proveReadOnly } from '../../dataplane/read-only.ts';
import { freshDatabase, withClient } from '../support/database.ts';
import { createReadOnlyRole } from '../support/read-only-role.ts';
import { freeWork } from '../support/work.ts';

let url: string;
let reader: string;
let role: string;

beforeEach(async () => {
  url = await freshDatabase('readonly');
  await sql(`create schema legacy; create table legacy.person (id int primary key, name text);
             create view legacy.current_person as select * from legacy.person;
             create schema other; create table other.secret (id int)`);
  reader = await createReadOnlyRole(url, ['legacy']);
  role = new URL(reader).username;
});

test('an account that may only read is proven, with what was seen', async () => {
  expect(await prove(['legacy.person', 'legacy.current_person'])).toMatchObject({
    user: role,
    serverVersion: expect.stringMatching(/^\d+/),
    standby: false,
    tables: [
      { table: 'legacy.person', kind: 'table', columns: 2 },
      { table: 'legacy.current_person', kind: 'view', columns: 2 },
    ],
  });
});

test.each([
  ['insert on legacy.person', 'it has INSERT on legacy.person'],
  ['delete, truncate on legacy.person', 'it has DELETE, TRUNCATE on legacy.person'],
  ['update (name) on legacy.person', 'it has UPDATE on legacy.person'],
  ['create on schema legacy', 'it can create tables in schema legacy'],
  ['pg_execute_server_program', 'it is a member of pg_execute_server_program'],
])('an account with %s is refused', async (grant, message) => {
  await sql(`grant ${grant} to "${role}"`);
  await expect(prove(['legacy.person'])).rejects.toMatchObject({
    code: 'source/writable',
    message: `account ${role}: ${message}`,
  });
});

test('a superuser, an owner and one who can create roles are refused', async () => {
  await expect(proveReadOnly({ url, tables: ['legacy.person'] }, freeWork())).rejects.toMatchObject(
    {
      code: 'source/writable',
      message: expect.stringContaining('superuser'),
    },
  );
  await sql(`alter table legacy.person owner to "${role}"`);
  await expect(prove(['legacy.person'])).rejects.toThrow(/it owns legacy.person/);
  await sql(
    `alter table legacy.person owner to current_user; grant select on legacy.person to "${role}"; alter role "${role}" createrole`,
  );
  await expect(prove(['legacy.person'])).rejects.toThrow(/it can create roles/);
});

test('a privilege that the account can only reach by SET ROLE counts as well', async () => {
  await sql(`create role "${role}_writer"; grant insert on legacy.person to "${role}_writer";
             grant "${role}_writer" to "${role}" with inherit false`);
  await expect(prove(['legacy.person'])).rejects.toMatchObject({ code: 'source/writable' });
});

test('a table that is not there or not readable is named', async () => {
  await expect(prove(['legacy.nobody'])).rejects.toMatchObject({ code: 'source/not-found' });
  await expect(prove(['other.secret'])).rejects.toMatchObject({
    code: 'source/no-privilege',
    message: `account ${role}: it lacks USAGE on schema other; it lacks SELECT on other.secret`,
  });
});

test('all problems are named at once, under the code of the worst', async () => {
  await sql(`grant insert on legacy.person to "${role}"`);
  await expect(prove(['legacy.person', 'legacy.nobody', 'other.secret'])).rejects.toMatchObject({
    code: 'source/writable',
    message: expect.stringMatching(
      /INSERT on legacy\.person; there is no table legacy\.nobody; it lacks USAGE/,
    ),
  });
});

function prove(tables: string[]) {
  return proveReadOnly({ url: reader, tables }, freeWork());
}

async function sql(text: string): Promise<void> {
  await withClient(url, (client) => client.query(text));
}
