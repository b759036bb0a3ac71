import { beforeEach, expect, test } from 'vitest';
import { findKeys } from '../../dataplane/keys.ts';
import { profileTable } from '../../dataplane/profile.ts';
import type { Relation } from '../../dataplane/relation.ts';
import { placeOf } from '../../dataplane/relation.ts';
import type { Manifest } from '../../domain/manifest.ts';
import type { ColumnProfile } from '../../domain/profile.ts';
import { freshDatabase, withClient } from '../support/database.ts';
import { createReadOnlyRole } from '../support/read-only-role.ts';
import { freeWork } from '../support/work.ts';

let url: string;

beforeEach(async () => {
  url = await freshDatabase('profile');
});

test('counts, ranges and lengths of every column are exact', async () => {
  await sql(`create table person (id int primary key, code text, joined date, rate numeric(8,3));
             insert into person values (1, 'B2', '2001-02-03', 9.5), (2, ' ', '1999-12-31', 10), (3, null, null, -1.25), (4, 'A1', '2010-01-01', null)`);
  const { table, rows, columns } = await profile('public.person');
  expect({ table, rows }).toEqual({ table: 'public.person', rows: 4 });
  expect(columns.map(({ name, declaredType }) => [name, declaredType])).toEqual([
    ['id', 'integer'],
    ['code', 'text'],
    ['joined', 'date'],
    ['rate', 'numeric(8,3)'],
  ]);
  expect(byName(columns, 'code')).toMatchObject({
    nulls: 1,
    empty: 1,
    distinct: 3,
    min: 'A1',
    max: 'B2',
    minLength: 1,
    maxLength: 2,
    patterns: [
      { value: 'A9', rows: 2 },
      { value: ' ', rows: 1 },
    ],
    inferred: { type: 'text', share: 1 },
  });
  expect(byName(columns, 'id')).toMatchObject({
    min: '1',
    max: '4',
    inferred: { type: 'integer', share: 1 },
  });
  expect(byName(columns, 'joined')).toMatchObject({
    min: '1999-12-31',
    max: '2010-01-01',
    inferred: { type: 'date', format: 'YYYY-MM-DD' },
  });
  expect(byName(columns, 'rate')).toMatchObject({
    min: '-1.250',
    max: '10.000',
    inferred: { type: 'decimal' },
  });
});

test('numbers and dates in text are ordered as what they are', async () => {
  await sql(`create table t (id int primary key, pay text, born_on text);
             insert into t values (1, '£900', '31/01/2010'), (2, '1,000.50', '01/12/2009'), (3, '99', '15/06/2012')`);
  const { columns } = await profile('public.t');
  expect(byName(columns, 'pay')).toMatchObject({
    min: '99',
    max: '1000.50',
    inferred: { type: 'money', share: 1 },
  });
  await sql('alter table t rename born_on to since');
  const again = await profile('public.t');
  expect(byName(again.columns, 'since')).toMatchObject({
    min: '2009-12-01',
    max: '2012-06-15',
    inferred: { type: 'date', format: 'DD/MM/YYYY' },
  });
});

test('values that do not fit the others of their column are listed with their keys', async () => {
  await sql(`create table t (id int primary key, salary text, fte text);
             insert into t select n, case when n % 3 = 0 then 'N/D' else (n * 1000)::text end,
               case when n = 7 then 'half' else '0.' || (n % 10) end from generate_series(1, 30) n`);
  const { columns } = await profile('public.t');
  expect(byName(columns, 'salary')).toMatchObject({
    inferred: { type: 'money', share: 20 / 30 },
    misfits: {
      rows: 10,
      values: [{ value: 'N/D', rows: 10 }],
      keys: ['3', '6', '9', '12', '15', '18', '21', '24', '27', '30'],
    },
  });
  expect(byName(columns, 'fte')).toMatchObject({
    inferred: { type: 'decimal' },
    misfits: { rows: 1, keys: ['7'], values: [{ value: 'half', rows: 1 }] },
  });
});

test('a column is money although a placeholder fills nearly all of it', async () => {
  await sql(`create table t (id int primary key, pay_floor text);
             insert into t select n, case when n <= 3 then (n * 5000)::text else 'N/D' end from generate_series(1, 100) n`);
  expect(byName((await profile('public.t')).columns, 'pay_floor')).toMatchObject({
    inferred: { type: 'money', share: 0.03 },
    misfits: { rows: 97 },
  });
});

test('personal columns are known by name or by content and show no value', async () => {
  await sql(`create table staff (id int primary key, surname text, reference text, salary text, date_of_birth text);
             insert into staff values (1, 'Archer', 'QQ123456A', '20000', '01/02/1980'), (2, 'Baker', 'AB 12 34 56 C', '21000', '?')`);
  const { columns } = await profile('public.staff');
  expect(columns.map((column) => column.personal)).toEqual([
    undefined,
    'name',
    'national-insurance',
    undefined,
    'birth-date',
  ]);
  for (const name of ['surname', 'reference', 'date_of_birth']) {
    const column = byName(columns, name);
    expect(column).toMatchObject({
      min: undefined,
      max: undefined,
      topValues: undefined,
      spellings: [],
    });
  }
  expect(byName(columns, 'date_of_birth').misfits).toEqual({
    rows: 1,
    keys: ['2'],
    values: undefined,
  });
  expect(JSON.stringify(columns)).not.toMatch(/Archer|QQ12|1980/);
});

test('a key that is personal is not shown', async () => {
  await sql(`create table staff (ni_number text primary key, salary text);
             insert into staff select 'QQ1234' || n || 'A', case n when 12 then 'N/D' else n::text end from generate_series(10, 40) n`);
  const place = { ...relation('public.staff', url), ...keyed('ni_number') };
  const table = await profileTable(place, freeWork());
  expect(byName(table.columns, 'salary').misfits?.keys).toEqual([
    expect.stringMatching(/^#[0-9a-f]{12}$/),
  ]);
  expect(JSON.stringify(table)).not.toContain('QQ1234');
  const { keys } = await findKeys([{ relation: place, profile: table }], freeWork());
  expect(JSON.stringify(keys)).not.toContain('QQ1234');
});

test('top values are the ten commonest, and spellings of one value are grouped', async () => {
  await sql(`create table t (id serial primary key, job text);
             insert into t (job) select 'Job ' || n from generate_series(1, 12) n, generate_series(1, n);
             insert into t (job) values ('job 12'), ('Job  12 ')`);
  const job = byName((await profile('public.t')).columns, 'job');
  expect(job.topValues).toHaveLength(10);
  expect(job.topValues?.[0]).toEqual({ value: 'Job 12', rows: 12 });
  expect(job.spellings).toEqual([{ value: 'Job 12', others: ['Job  12 ', 'job 12'], rows: 2 }]);
});

test('an empty table and an empty column are profiled too', async () => {
  await sql(
    'create table nothing (id int, note text); create table t (id int primary key, note text); insert into t values (1, null)',
  );
  expect(await profile('public.nothing')).toMatchObject({
    rows: 0,
    columns: [{ name: 'id', distinct: 0, inferred: { type: 'empty' } }, { name: 'note' }],
  });
  expect(byName((await profile('public.t')).columns, 'note')).toMatchObject({
    nulls: 1,
    inferred: { type: 'empty', share: 0 },
  });
});

test('an account that may only read can profile, and columns of odd types do no harm', async () => {
  await sql(`create table odd (id int primary key, doc json, bytes bytea, tags text[], at timestamptz, flag boolean, long text);
             insert into odd values (1, '{"a":1}', '\\x00ff', '{x,y}', '2026-02-01 10:00+00', true, repeat('x', 100000)), (2, null, null, null, 'infinity', false, null)`);
  const reader = await createReadOnlyRole(url, ['public']);
  const { columns } = await profile('public.odd', reader);
  expect(byName(columns, 'long')).toMatchObject({ maxLength: 100_000, distinct: 1 });
  expect(byName(columns, 'flag')).toMatchObject({ inferred: { type: 'boolean', share: 1 } });
  expect(byName(columns, 'at').misfits?.keys ?? []).toEqual([]);
});

test('a table that is not there is named', async () => {
  await expect(profile('public.nobody')).rejects.toMatchObject({
    code: 'source/not-found',
    message: 'there is no table public.nobody',
  });
});

function byName(columns: readonly ColumnProfile[], name: string): ColumnProfile {
  const column = columns.find((each) => each.name === name);
  if (column === undefined) throw new Error(`no column ${name}`);
  return column;
}

function profile(table: string, from = url) {
  return profileTable(relation(table, from), freeWork());
}

function keyed(column: string): Pick<Relation, 'keyColumns' | 'declaredKey' | 'keyText'> {
  return { keyColumns: [column], declaredKey: [column], keyText: () => column };
}

function relation(table: string, from: string): Relation {
  const manifest = {
    department: { id: 'dept' },
    sources: { hr: { kind: 'postgres' } },
  } as unknown as Manifest;
  const urls = { sources: { hr: from }, staging: from, target: from };
  return placeOf(manifest, { source: 'hr', from: table, key: ['id'] }, urls);
}

async function sql(text: string): Promise<void> {
  await withClient(url, (client) => client.query(text));
}
