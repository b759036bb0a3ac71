import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { profileTable } from '../../../dataplane/profile.ts';
import { placeOf } from '../../../dataplane/relation.ts';
import type { Manifest } from '../../../domain/manifest.ts';
import type { ColumnProfile } from '../../../domain/profile.ts';
import { freshDatabase, withClient } from '../../support/database.ts';
import { freeWork } from '../../support/work.ts';

const AS_OF = '2026-11-23';
let url: string;

beforeEach(async () => {
  url = await freshDatabase('scan');
});

const cell = fc.oneof(
  { weight: 1, arbitrary: fc.constant(null) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      'A1',
      'a1 ',
      'Zoë',
      '£5',
      '10',
      '9',
      '2024-02-29',
      '🙂',
      'İ',
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .string({ unit: 'grapheme', maxLength: 12 })
      .map((text) => text.replaceAll('\0', '')),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 1, max: 12_000 })
      .map((n) => 'long ü'.repeat(n % 40 === 0 ? n : 3)),
  },
);

test('the figures of the scan are those of the database, for any texts', async () => {
  await withClient(url, async (client) => {
    await client.query('create table t (id serial primary key, v text)');
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { maxLength: 60 }), async (values) => {
        await client.query('truncate t');
        await client.query('insert into t (v) select * from unnest($1::text[])', [values]);
        const { rows } = await client.query<Record<string, unknown>>(
          `select count(*) filter (where v is null)::int as nulls, count(*) filter (where btrim(v) = '')::int as empty,
             count(distinct v)::int as distinct, min(length(v)) as "minLength", max(length(v)) as "maxLength"
           from t`,
        );
        const found = byName((await profile('public.t')).columns, 'v');
        const { nulls, empty, distinct, minLength = null, maxLength = null } = found;
        expect({ nulls, empty, distinct, minLength, maxLength }).toEqual(rows[0]);
        const sums = found.topValues?.reduce((sum, each) => sum + each.rows, 0) ?? 0;
        expect(sums).toBeLessThanOrEqual(values.length - nulls);
      }),
      { numRuns: 25 },
    );
  });
});

test('columns of very many values are estimated, with every count of rows exact', async () => {
  // 18 columns share the memory: each keeps some 16,000 values.
  const more = Array.from({ length: 13 }, (_, n) => `c${n} int`);
  await sql(`create table big (id int primary key, code text, amount text, at timestamp, kind text, ${more.join(', ')});
    insert into big (id, code, amount, at, kind)
      select n, 'C' || lpad((n * 7)::text, 6, '0'), (n / 100.0)::numeric(10,2)::text, timestamp '2020-01-01' + n * interval '1 minute',
        case when n % 3 = 0 then 'common' else 'rare ' || n end
      from generate_series(1, 40000) n;
    update big set amount = 'none of it' where id in (77, 39000);
    update big set amount = '999999999.00' where id = 123;
    update big set code = 'X-1' where id = 5`);
  const { rows, columns } = await profile('public.big');
  expect(rows).toBe(40_000);
  const about = (column: ColumnProfile, distinct: number) => {
    expect(column.distinctError).toBe(0.0081);
    expect(Math.abs(column.distinct - distinct)).toBeLessThan(4 * 0.0081 * distinct);
  };
  const code = byName(columns, 'code');
  about(code, 40_000);
  expect(code.sample).toBeGreaterThan(500);
  expect(code.outliers).toMatchObject([{ kind: 'pattern', rows: 1, keys: ['5'] }]);
  const amount = byName(columns, 'amount');
  about(amount, 39_998);
  expect(amount).toMatchObject({
    inferred: { type: 'money', share: 39_998 / 40_000 },
    min: '0.01',
    max: '999999999.00',
    misfits: { rows: 2, keys: ['77', '39000'], values: [{ value: 'none of it', rows: 2 }] },
    outliers: [{ kind: 'number', rows: 1, keys: ['123'] }],
  });
  expect(amount.histogram?.reduce((sum, bin) => sum + bin.rows, 0)).toBeCloseTo(39_998, -2);
  const at = byName(columns, 'at');
  expect(at).toMatchObject({ inferred: { type: 'date' }, min: '2020-01-01', max: '2020-01-28' });
  const kind = byName(columns, 'kind');
  about(kind, 26_668);
  // It was there from the first rows on, so that none is missed.
  expect(kind.topValues?.[0]).toEqual({ value: 'common', rows: 13_333 });
  expect(byName(columns, 'c0')).toMatchObject({ nulls: 40_000, distinct: 0 });
});

test('outliers of numbers, dates, lengths and patterns are counted and listed by key', async () => {
  await sql(`create table t (id int primary key, pay numeric, hired text, born date, code text, ref text);
    insert into t select n, 20000 + n * 50, to_char(date '2005-01-01' + n * 7, 'DD/MM/YYYY'), date '1970-01-01' + n * 11,
      'AB' || lpad(n::text, 4, '0'), lpad((n * 13)::text, 8, '0') from generate_series(1, 500) n;
    update t set pay = 4500000 where id = 7;
    update t set hired = '01/01/1066' where id = 8;
    update t set hired = '31/12/9999' where id = 80;
    update t set born = '1850-01-01' where id = 9;
    update t set code = '12AB' where id = 10;
    update t set ref = '00123' where id = 11`);
  const { columns } = await profile('public.t');
  const odd = columns.flatMap(({ name, outliers = [] }) =>
    outliers.map(({ kind, rows, keys, values }) => [name, kind, rows, keys, values?.[0]?.value]),
  );
  expect(odd).toEqual([
    ['pay', 'number', 1, ['7'], '4500000'],
    ['hired', 'date', 1, ['8'], '01/01/1066'],
    ['born', 'date', 1, ['9'], undefined],
    ['code', 'pattern', 1, ['10'], '12AB'],
    ['ref', 'pattern', 1, ['11'], '00123'],
  ]);
  expect(byName(columns, 'pay').quartiles).toEqual(['26300', '32550', '38800']);
});

test('skewed amounts and many values of one kind are no outliers', async () => {
  await sql(`create table t (id int primary key, fee numeric, kind text);
    insert into t select n, round(exp(n / 60.0)::numeric, 2), case when n % 10 = 0 then 'B' else 'AAA' end from generate_series(1, 600) n`);
  expect((await profile('public.t')).columns.flatMap(({ outliers = [] }) => outliers)).toEqual([]);
});

test('a table of a thousand columns is profiled in the memory of one', async () => {
  const names = Array.from({ length: 1000 }, (_, n) => `c${n}`);
  await sql(`create table wide (${names.map((name) => `${name} int`).join(', ')});
    insert into wide select ${names.map((_, n) => `g % ${n + 1}`).join(', ')} from generate_series(1, 50) g`);
  const { rows, columns } = await profile('public.wide');
  expect([rows, columns.length]).toEqual([50, 1000]);
  expect(columns.map(({ distinct }) => distinct)).toEqual(names.map((_, n) => Math.min(n + 1, 50)));
});

test('a scan that is stopped ends with the reason', async () => {
  await sql('create table t (id int primary key); insert into t select generate_series(1, 200000)');
  const stop = new AbortController();
  const reason = new Error('stopped');
  const work = { signal: stop.signal, progress: () => stop.abort(reason) };
  await expect(profileTable(relation('public.t'), work, AS_OF)).rejects.toBe(reason);
});

function byName(columns: readonly ColumnProfile[], name: string): ColumnProfile {
  const column = columns.find((each) => each.name === name);
  if (column === undefined) throw new Error(`no column ${name}`);
  return column;
}

function relation(table: string) {
  const manifest = {
    department: { id: 'dept' },
    sources: { hr: { kind: 'postgres' } },
  } as unknown as Manifest;
  const urls = { sources: { hr: url }, staging: url, target: url };
  return placeOf(manifest, { source: 'hr', from: table, key: ['id'] }, urls);
}

function profile(table: string) {
  return profileTable(relation(table), freeWork(), AS_OF);
}

async function sql(text: string): Promise<void> {
  await withClient(url, (client) => client.query(text));
}
