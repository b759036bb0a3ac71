import { expect, it } from 'vitest';
import { loadManifest } from './support/load.ts';
import { makeScene, manifestWith } from './support/scene.ts';

const manifest = manifestWith({
  datasets: [
    {
      id: 'posts',
      target: 'app.post',
      source: 'legacy',
      from: 'public.post',
      key: ['id'],
      fields: {
        number: 'id',
        unit: { trim: 'unit' },
        kind: 'kind',
        code: 'code',
        chief: 'chief',
        pay: 'pay',
      },
      totals: ['pay'],
      chunkRows: 100,
    },
  ],
});

const PLATFORM = `
  create schema app;
  create table app.unit (department text, unit text, primary key (department, unit));
  insert into app.unit values ('moj', 'U1'), ('moj', 'Ö "quoted", [1]'), ('other', 'U9');
  create table app.kind (kind text, code integer, primary key (kind, code));
  insert into app.kind values ('a', 1), ('a', 2), ('b', 1);
  create table app.post (
    department text not null, number integer not null, unit text, kind text, code integer, chief integer, pay numeric(10,2) not null,
    primary key (department, number),
    constraint post_unit foreign key (department, unit) references app.unit,
    constraint post_kind foreign key (kind, code) references app.kind,
    constraint post_chief foreign key (department, chief) references app.post
  );`;

const LEGACY = `
  create table post (id integer primary key, unit text, kind text, code integer, chief integer, pay numeric(10,2));
  insert into post select i, 'U1', 'a', 1, greatest(i - 1, 1), i from generate_series(1, 400) i;
  update post set unit = ' Ö "quoted", [1] ' where id % 10 = 3;
  update post set kind = null where id % 10 = 5;`;

const bad = {
  '7': ["unit = 'U9'", 'foreign-key:post_unit'],
  '108': ["unit = E'U\\\\\\t\\'1'", 'foreign-key:post_unit'],
  '110': ["kind = 'b', code = 2", 'foreign-key:post_kind'],
  '211': ['chief = 9999', 'foreign-key:post_chief'],
  '350': ["pay = null, unit = 'U9'", 'not-null:pay'],
} as const;

it('rows that refer to what is not there are told apart, and with them those that refer to them', async () => {
  const changes = Object.entries(bad).map(
    ([id, [set]]) => `update post set ${set} where id = ${id};`,
  );
  // Whoever reports to a row that is not loaded cannot be loaded: these report to somebody else.
  const others = 'update post set chief = 1 where id in (8, 109, 111, 212, 351);';
  const scene = await makeScene(
    `${LEGACY} ${changes.join(' ')} ${others} update post set chief = 7 where id = 20;`,
    PLATFORM,
  );
  const chunks = await loadManifest(manifest, scene.urls, 'load-1');

  const rows = await scene.sql<{ key: string; rule: string }>(
    'platform',
    'select source_key as key, rule from slipway.quarantine order by source_key::int',
  );
  // 21 and those after it in its chunk report to the one before them.
  const behind = (from: number, to: number): [string, string][] =>
    Array.from({ length: to - from + 1 }, (_, index) => [
      String(from + index),
      'foreign-key:post_chief',
    ]);
  expect(rows.map(({ key, rule }) => [key, rule])).toEqual([
    ['7', bad['7'][1]],
    ...behind(20, 107),
    ['108', bad['108'][1]],
    ['110', bad['110'][1]],
    ['211', bad['211'][1]],
    ['350', bad['350'][1]],
  ]);
  for (const { quarantined, read, loaded } of chunks) expect(loaded + quarantined).toBe(read);
  const [found] = await scene.sql<{ rows: number; pay: string; kept: string }>(
    'platform',
    "select count(*)::int as rows, sum(pay)::text as pay, (select sum((totals->>'pay')::numeric)::text from slipway.load_ledger) as kept from app.post",
  );
  expect(found).toMatchObject({ rows: 400 - rows.length, kept: found?.pay });
});
