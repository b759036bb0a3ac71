import { expect, it } from 'vitest';
import { loadManifest } from './support/load.ts';
import { makeScene, manifestWith } from './support/scene.ts';

const manifest = manifestWith({
  datasets: [
    {
      id: 'people',
      target: 'app.person',
      source: 'legacy',
      from: 'public.person',
      key: ['id'],
      fields: { number: 'id', name: 'name', born: 'born', pay: 'pay' },
      totals: ['pay'],
      chunkRows: 100,
    },
  ],
});

const LEGACY = `
  create table person (id integer primary key, name text, born date, pay numeric(10,2));
  insert into person select i, 'Name ' || i, date '1980-01-01', i from generate_series(1, 400) i;
  update person set pay = -1 where id in (7, 207, 307);
  update person set name = null where id in (8, 308);`;

const PLATFORM = `
  create schema app;
  create table app.person (
    department text not null, number integer not null, name text not null, born date, pay numeric(10,2), bonus numeric(10,2) default 1,
    primary key (department, number), constraint pay_range check (pay >= 0), constraint bonus_range check (bonus <= 2)
  );`;

const CASES = {
  'a check that the source can evaluate': '',
  'a check by a function that only the platform has': `
    create function app.is_pay(pay numeric) returns boolean language sql immutable as 'select pay >= 0';
    alter table app.person drop constraint pay_range, add constraint pay_range check (app.is_pay(pay));`,
  'a check of a type that only the platform has': `
    create domain app.pay as numeric(10,2);
    alter table app.person alter pay type app.pay;`,
};

it.each(Object.entries(CASES))('%s costs only the rows that break it', async (_, change) => {
  const scene = await makeScene(LEGACY, PLATFORM + change);
  const chunks = await loadManifest(manifest, scene.urls, 'load-1');

  expect(chunks.map(({ loaded, quarantined }) => [loaded, quarantined])).toEqual([
    [98, 2],
    [100, 0],
    [99, 1],
    [98, 2],
  ]);
  const bad = await scene.sql<{ key: string; rule: string }>(
    'platform',
    'select source_key as key, rule from slipway.quarantine order by source_key::int',
  );
  expect(bad.map(({ key, rule }) => [key, rule])).toEqual([
    ['7', 'check:pay_range'],
    ['8', 'not-null:name'],
    ['207', 'check:pay_range'],
    ['307', 'check:pay_range'],
    ['308', 'not-null:name'],
  ]);
  const [sum] = await scene.sql<{ pay: string; kept: string }>(
    'platform',
    "select sum(pay)::text as pay, (select sum((totals->>'pay')::numeric)::text from slipway.load_ledger) as kept from app.person",
  );
  expect(sum?.pay).toBe(sum?.kept);
});
