import { beforeAll, describe, expect, it } from 'vitest';
import type { ChecksumKind } from '../../dataplane/compare/checksum.ts';
import { type CompiledMapping, compileMapping } from '../../dataplane/mapping/compile-mapping.ts';
import { type Reconciliation, reconcileDataset } from '../../dataplane/reconcile.ts';
import { withClient } from '../support/database.ts';
import { freeWork } from '../support/work.ts';
import { loadManifest } from './support/load.ts';
import { makeScene, manifestWith, type Scene } from './support/scene.ts';

const ROWS = 60;

/** A column of every type that a platform has; the legacy side calls them otherwise. */
const LEGACY = `
  create table thing (
    id integer primary key, l_text text, l_varchar varchar(40), l_char char(6), l_small smallint, l_big bigint, l_money numeric(14,2),
    l_number numeric, l_float double precision, l_flag boolean, l_day date, l_time timestamp, l_moment timestamptz, l_bytes bytea, l_json jsonb, l_uuid uuid
  );
  insert into thing select i, 'Zoë ' || i, 'Name ' || i, 'ab', i, 9007199254740993 + i, -i - 0.01, i + 0.5, i * 0.1, i % 2 = 0, date '2026-03-31' + i,
    timestamp '2026-03-29 01:30' + i * interval '1 hour', timestamptz '2026-03-29 00:30Z' + i * interval '1 hour',
    decode('00ff', 'hex') || convert_to('x' || i, 'UTF8'), jsonb_build_object('a', i), md5(i::text)::uuid
  from generate_series(1, ${ROWS}) i;`;
const PLATFORM = `
  create schema app;
  create table app.thing (
    department text, number integer, t text, v varchar(40), c char(6), s smallint, b bigint, m numeric(14,2), n numeric, f double precision,
    flag boolean, d date, ts timestamp, tz timestamptz, y bytea, j jsonb, u uuid, primary key (department, number));`;

const manifest = manifestWith({
  datasets: [
    {
      id: 'things',
      target: 'app.thing',
      source: 'legacy',
      from: 'public.thing',
      key: ['id'],
      fields: {
        number: 'id',
        t: 'l_text',
        v: 'l_varchar',
        c: 'l_char',
        s: 'l_small',
        b: 'l_big',
        m: 'l_money',
        n: 'l_number',
        f: 'l_float',
        flag: 'l_flag',
        d: 'l_day',
        ts: 'l_time',
        tz: 'l_moment',
        y: 'l_bytes',
        j: 'l_json',
        u: 'l_uuid',
      },
      totals: ['s'],
    },
  ],
});

/** What is changed in a row of one side, and the columns in which the sides differ then. */
type Change = readonly [name: string, side: 'legacy' | 'platform', set: string, columns: string];

const CHANGES: readonly Change[] = [
  ['a value becomes null', 'platform', 't = null', 't'],
  ['a value becomes null in the source', 'legacy', 'l_varchar = null', 'v'],
  ['an empty text instead of null', 'legacy', "l_varchar = ''", 'v'],
  ['the word null', 'platform', "t = 'null'", 't'],
  ['a sign', 'platform', 'm = -m', 'm'],
  ['a sign in the source', 'legacy', 'l_big = -l_big', 'b'],
  ['a blank at the end', 'platform', "v = v || ' '", 'v'],
  ['a blank at the beginning', 'legacy', "l_text = ' ' || l_text", 't'],
  ['a no-break space', 'platform', "t = replace(t, ' ', U&'\\00A0')", 't'],
  ['another case', 'platform', 't = upper(t)', 't'],
  ['another accent', 'platform', "t = replace(t, 'ë', 'e')", 't'],
  ['a composed and a decomposed letter', 'platform', "t = replace(t, 'ë', U&'e\\0308')", 't'],
  ['a character of four bytes', 'platform', "t = t || '😀'", 't'],
  ['another character of four bytes', 'legacy', "l_text = '𝒵'", 't'],
  ['what separates values', 'platform', `t = 'a","b', v = 'a,b'`, 'tv'],
  ['a line end', 'platform', "t = t || E'\\n'", 't'],
  ['a control character', 'platform', "t = t || E'\\x01'", 't'],
  ['a sign of a number of any scale', 'legacy', 'l_number = -l_number', 'n'],
  ['infinity instead of nothing', 'platform', "n = 'infinity'", 'n'],
  ['a penny', 'platform', 'm = m + 0.01', 'm'],
  ['the last digit of a number beyond 2^53', 'platform', 'b = b + 1', 'b'],
  ['a very large number', 'legacy', "l_number = '1e300'", 'n'],
  ['a very long fraction', 'platform', "n = n + '1e-30'", 'n'],
  ['a number that is none', 'platform', "n = 'NaN'", 'n'],
  ['minus zero', 'platform', "f = '-0'", 'f'],
  ['a float that is none', 'platform', "f = 'NaN'", 'f'],
  ['infinity', 'platform', "f = 'infinity'", 'f'],
  ['the next float', 'platform', 'f = f + 1e-15', 'f'],
  ['a flag', 'platform', 'flag = not flag', 'flag'],
  ['a day', 'legacy', 'l_day = l_day + 1', 'd'],
  ['a day without end', 'platform', "d = 'infinity'", 'd'],
  ['a day before the common era', 'platform', "d = '0044-03-15 BC'", 'd'],
  ['a microsecond', 'platform', "ts = ts + interval '1 microsecond'", 'ts'],
  ['an hour of summer time', 'platform', "tz = tz + interval '1 hour'", 'tz'],
  ['a byte of zero', 'platform', "y = y || '\\x00'", 'y'],
  ['no bytes', 'platform', "y = ''", 'y'],
  ['a member of a document', 'platform', `j = j || '{"b": null}'`, 'j'],
  ['an identifier', 'platform', 'u = gen_random_uuid()', 'u'],
];

/** What is written otherwise, and is the same. */
const SAME: readonly (readonly [string, 'legacy' | 'platform', string])[] = [
  ['more digits after the point', 'platform', 'n = n * 1.000'],
  ['more digits after the point in the source', 'legacy', 'l_number = l_number * 1.00'],
  [
    'the same moment in another zone',
    'platform',
    "tz = (tz at time zone 'Asia/Tokyo')::timestamp at time zone 'Asia/Tokyo'",
  ],
  ['blanks after a fixed width', 'legacy', "l_char = 'ab    '"],
  ['another order of a document', 'platform', `j = ('{ "a" :  ' || (j ->> 'a') || '}')::jsonb`],
  ['another case of an identifier', 'platform', 'u = upper(u::text)::uuid'],
];

describe.each<ChecksumKind>(['fast', 'sha256'])('a reconciliation by %s', (checksum) => {
  let scene: Scene;
  let mapping: CompiledMapping;
  beforeAll(async () => {
    scene = await makeScene(LEGACY, PLATFORM);
    await loadManifest(manifest, scene.urls, 'load-1');
    mapping = await compileMapping({ manifest, urls: scene.urls }, freeWork());
    await scene.sql('legacy', 'create table kept as select * from thing');
    await scene.sql('platform', 'create table app.kept as select * from app.thing');
  });

  const reconcile = (): Promise<Reconciliation> =>
    reconcileDataset(
      { mapping, dataset: 'things', urls: scene.urls, loadId: 'load-1', checksum },
      freeWork(),
    );
  const restore = async (): Promise<void> => {
    await scene.sql('legacy', 'truncate thing; insert into thing select * from kept');
    await scene.sql('platform', 'truncate app.thing; insert into app.thing select * from app.kept');
  };
  const update = (side: 'legacy' | 'platform', set: string, row: number) =>
    side === 'legacy'
      ? scene.sql(side, `update thing set ${set} where id = ${row}`)
      : scene.sql(side, `update app.thing set ${set} where number = ${row}`);

  it('finds nothing where both sides hold the same', async () => {
    expect(await reconcile()).toMatchObject({
      reconciled: true,
      checksum,
      rows: { source: ROWS, target: ROWS },
    });
  });

  it('finds exactly what was changed, and in which column', async () => {
    for (const [row, [, side, set]] of CHANGES.entries()) await update(side, set, row + 1);
    const { differences, differing } = await reconcile();
    await restore();
    const found = new Map(differences.map((each) => [Number(each.key), each.columns?.join('')]));
    expect(CHANGES.map(([name], row) => [name, found.get(row + 1)])).toEqual(
      CHANGES.map(([name, , , columns]) => [name, columns]),
    );
    expect(differing).toEqual({ missing: 0, extra: 0, different: CHANGES.length });
  });

  it('finds no difference in what is only written otherwise', async () => {
    for (const [row, [, side, set]] of SAME.entries()) await update(side, set, row + 1);
    const { reconciled, differences } = await reconcile();
    await restore();
    expect(
      differences.map(({ key, columns }) => `${SAME[Number(key) - 1]?.[0]}: ${columns?.join()}`),
    ).toEqual([]);
    expect(reconciled).toBe(true);
  });

  it('tells missing, extra and changed rows apart, also when they are exchanged', async () => {
    await scene.sql(
      'legacy',
      "delete from thing where id = 1; insert into thing (id, l_text) values (100, 'new')",
    );
    await scene.sql(
      'platform',
      `delete from app.thing where number = 2; insert into app.thing (department, number, t) values ('moj', 101, 'new'), ('other', 1, 'theirs');
       update app.thing a set t = b.t from app.thing b where a.department = 'moj' and b.department = 'moj' and a.number in (3, 4) and b.number = 7 - a.number;`,
    );
    const { differences, differing, rows } = await reconcile();
    await restore();
    expect(differing).toEqual({ missing: 2, extra: 2, different: 2 });
    expect(rows).toEqual({ source: ROWS, target: ROWS });
    expect(differences.map(({ kind, key }) => `${kind} ${key}`).toSorted()).toEqual([
      'different 3',
      'different 4',
      'extra 1',
      'extra 101',
      'missing 100',
      'missing 2',
    ]);
  });
});

it('where the two ends do not hash alike, the checksum is SHA-256, whatever was asked for', async () => {
  const scene = await makeScene(LEGACY, PLATFORM);
  await loadManifest(manifest, scene.urls, 'load-1');
  // The same rows in a database of another encoding, whose bytes are others.
  const legacy = new URL(scene.legacy);
  const database = `${legacy.pathname.slice(1)}_latin`;
  await scene.sql(
    'legacy',
    `create database "${database}" encoding 'LATIN1' locale 'C' template template0`,
  );
  legacy.pathname = `/${database}`;
  await withClient(legacy.href, (client) => client.query(LEGACY));
  const urls = { ...scene.urls, sources: { legacy: legacy.href } };
  const mapping = await compileMapping({ manifest, urls }, freeWork());
  const request = { mapping, dataset: 'things', urls, loadId: 'load-1', checksum: 'fast' } as const;
  expect(await reconcileDataset(request, freeWork())).toMatchObject({
    reconciled: true,
    checksum: 'sha256',
  });
  await scene.sql('platform', "update app.thing set t = 'x' where number = 7");
  expect((await reconcileDataset(request, freeWork())).differences).toMatchObject([
    { kind: 'different', key: '7', columns: ['t'] },
  ]);
});
