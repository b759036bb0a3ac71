import { beforeEach, expect, test } from 'vitest';
import { findKeys } from '../../dataplane/keys.ts';
import { profileTable } from '../../dataplane/profile.ts';
import { placeOf } from '../../dataplane/relation.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { freshDatabase, withClient } from '../support/database.ts';
import { createReadOnlyRole } from '../support/read-only-role.ts';
import { freeWork } from '../support/work.ts';

let url: string;

beforeEach(async () => {
  url = await freshDatabase('keys');
});

test('declared, enforced and found keys are told apart, and broken ones list their rows', async () => {
  await sql(`create table person (id int primary key, badge text, code text);
             insert into person values (1, 'A1', 'x'), (2, 'A2', 'x'), (3, 'A3', 'y'), (4, 'A4', null)`);
  const { keys } = await find([['public.person', ['code']]]);
  expect(keys).toEqual([
    expect.objectContaining({
      columns: ['code'],
      origin: 'declared',
      unique: false,
      repeatedValues: 1,
      repeatedRows: 2,
      repeatedKeys: ['x', 'x'],
      incompleteRows: 1,
    }),
    expect.objectContaining({ columns: ['id'], origin: 'constraint', unique: true }),
    expect.objectContaining({ columns: ['badge'], origin: 'found', unique: true, repeatedRows: 0 }),
  ]);
});

test('a declared composite key that holds is unique', async () => {
  await sql(`create table pay (person int, period int, amount int);
             insert into pay select p, q, 1 from generate_series(1, 20) p, generate_series(1, 3) q`);
  const { keys } = await find([['public.pay', ['person', 'period']]]);
  expect(keys).toMatchObject([{ columns: ['person', 'period'], origin: 'declared', unique: true }]);
});

test('a reference that nobody declared is found by name and values, with the rows that break it', async () => {
  await sql(`create table unit (unit_code text primary key, title text);
             insert into unit select 'U' || n, 'Unit ' || n from generate_series(1, 30) n;
             create table post (post_no int primary key, unit text);
             insert into post select n, 'U' || (n % 30 + 1) from generate_series(1, 200) n;
             update post set unit = 'U99' where post_no in (7, 70);
             update post set unit = ' ' where post_no = 8`);
  const { references } = await find([
    ['public.unit', ['unit_code']],
    ['public.post', ['post_no']],
  ]);
  expect(references).toEqual([
    {
      table: 'public.post',
      column: 'unit',
      parentTable: 'public.unit',
      parentColumn: 'unit_code',
      within: [],
      evidence: 'name',
      inclusion: expect.closeTo(30 / 31),
      unknownRows: 2,
      unknownKeys: ['7', '70'],
      selfRows: 0,
      selfKeys: [],
    },
  ]);
});

test('a reference within a shared column is found, and rows that name themselves are listed', async () => {
  await sql(`create table post (id serial primary key, organisation text, post_ref text, reports_to_post text);
             insert into post (organisation, post_ref, reports_to_post)
               select o, n::text, (n / 2)::text from unnest('{moj,noms,yjb}'::text[]) o, generate_series(1, 40) n;
             update post set reports_to_post = 'XX' where reports_to_post = '0';
             update post set reports_to_post = '5' where organisation = 'noms' and post_ref = '5';
             delete from post where organisation = 'yjb' and post_ref in ('1', '20')`);
  const { references, keys } = await find([['public.post', ['id']]]);
  expect(references).toMatchObject([
    {
      column: 'reports_to_post',
      parentColumn: 'post_ref',
      within: ['organisation'],
      evidence: 'name',
      unknownRows: 2 + 2 + 1,
      selfRows: 1,
      selfKeys: ['45'],
    },
  ]);
  expect(keys).toContainEqual(
    expect.objectContaining({
      columns: ['organisation', 'post_ref'],
      origin: 'found',
      unique: true,
    }),
  );
});

test('an enforced reference needs no names, and one that was never validated is checked', async () => {
  await sql(`create table a (k int primary key, v text); insert into a select n, 'v' from generate_series(1, 9) n;
             create table b (id int primary key, x int references a, y int);
             insert into b values (1, 1, 1), (2, 2, 77), (3, 3, 2);
             alter table b add foreign key (y) references a not valid`);
  const { references } = await find([
    ['public.a', ['k']],
    ['public.b', ['id']],
  ]);
  expect(references).toMatchObject([
    { column: 'x', parentTable: 'public.a', evidence: 'constraint', unknownRows: 0 },
    {
      column: 'y',
      parentTable: 'public.a',
      evidence: 'constraint',
      unknownRows: 1,
      unknownKeys: ['2'],
    },
  ]);
});

test('small numbers refer to nothing by chance, and personal columns are no parents', async () => {
  await sql(`create table person (id int primary key, surname text, age int);
             insert into person select n, 'Name ' || n, 20 + n % 8 from generate_series(1, 100) n;
             create table note (note_no int primary key, surname_given text);
             insert into note select n, 'Name ' || n from generate_series(1, 50) n`);
  const { references } = await find([
    ['public.person', ['id']],
    ['public.note', ['note_no']],
  ]);
  expect(references.filter(({ evidence }) => evidence !== 'values')).toEqual([]);
});

test('columns related by their values alone are shown as such', async () => {
  await sql(`create table employee (emp int primary key); insert into employee select 10000 + n from generate_series(1, 500) n;
             create table badge (serial text primary key, bearer int);
             insert into badge select 'S-' || n, 10000 + n * 3 from generate_series(1, 60) n`);
  const { references } = await find([
    ['public.employee', ['emp']],
    ['public.badge', ['serial']],
  ]);
  expect(references).toMatchObject([
    { column: 'bearer', parentColumn: 'emp', evidence: 'values', inclusion: 1 },
  ]);
});

test('a set of columns that identifies the rows is found where no column does and nobody declares one', async () => {
  await sql(`create table grade_history (person int, since date, grade text, amount numeric);
             insert into grade_history select p, date '2020-01-01' + q * 30, 'G' || (p + q) % 3, 100
               from generate_series(1, 40) p, generate_series(1, 3) q`);
  const { keys } = await find([['public.grade_history', undefined]]);
  expect(keys.map(({ columns, origin, unique }) => ({ columns, origin, unique }))).toEqual([
    { columns: ['person', 'since'], origin: 'found', unique: true },
    { columns: ['person', 'grade'], origin: 'found', unique: true },
  ]);
});

test('a unit name that is told by its code is found with the rows that contradict it', async () => {
  await sql(`create table post (post_no int primary key, unit_code text, unit_name text, site text, country text, noise int);
             insert into post select n, 'U' || n % 20, 'Unit number ' || n % 20, 'Site ' || n % 20 % 5, 'UK', hashint4(n) % 7
               from generate_series(1, 400) n;
             update post set unit_name = 'Unit of old' where post_no in (21, 300);
             update post set site = null where post_no = 5`);
  const { dependencies } = await find([['public.post', ['post_no']]]);
  expect(dependencies).toEqual([
    {
      table: 'public.post',
      column: 'unit_code',
      determines: 'unit_name',
      values: 20,
      brokenValues: 2,
      brokenRows: 2,
      brokenKeys: ['21', '300'],
    },
    expect.objectContaining({ column: 'unit_code', determines: 'site', brokenRows: 0 }),
  ]);
});

test('keys and constants determine nothing worth knowing, nor do columns that agree by chance', async () => {
  await sql(`create table t (id int primary key, code text unique, kind text, flag text, pay int);
             insert into t select n, 'C' || n, 'K' || hashint4(n) % 9, case when n % 97 = 0 then 'N' else 'Y' end, abs(hashint4(n * 31)) % 5000
               from generate_series(1, 500) n`);
  expect((await find([['public.t', ['id']]])).dependencies).toEqual([]);
});

async function find(tables: [string, string[] | undefined][]) {
  const reader = await createReadOnlyRole(url, ['public']);
  const manifest = {
    department: { id: 'd' },
    sources: { hr: { kind: 'postgres' } },
  } as unknown as Manifest;
  const urls = { sources: { hr: reader }, staging: url, target: url };
  const profiled = [];
  for (const [from, key] of tables) {
    const relation = placeOf(manifest, { source: 'hr', from, key }, urls);
    profiled.push({ relation, profile: await profileTable(relation, freeWork()) });
  }
  return findKeys(profiled, freeWork());
}

async function sql(text: string): Promise<void> {
  await withClient(url, (client) => client.query(text));
}
