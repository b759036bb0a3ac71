import { describe, expect, it } from 'vitest';
import { manifestWith, makeScene } from '../support/scene.ts';
import { Stage } from '../support/stage.ts';

describe('a history', () => {
  const platform = `create schema app;
    create table app.salary (department text, person integer, valid_from date, valid_to date, pay numeric(10,2), primary key (department, person, valid_from))`;
  const legacy = `create table salary (id integer primary key, person integer, from_day text, to_day text, step integer, pay text, kind text default 'live')`;
  const day = (of: string) => ({ date: { of, format: 'YYYY-MM-DD' } });
  const dataset = {
    id: 'salaries',
    source: 'legacy',
    from: 'public.salary',
    key: ['id'],
    target: 'app.salary',
    fields: {
      person: 'person',
      valid_from: day('from_day'),
      valid_to: 'history.end',
      pay: { money: 'pay' },
    },
  };
  const make = async (rows: string, history: object, more: object = {}): Promise<Stage> => {
    const scene = await makeScene(
      `${legacy}; insert into salary (id, person, from_day, to_day, step, pay) values ${rows};`,
      platform,
    );
    return new Stage(scene, manifestWith({ datasets: [{ ...dataset, ...more, history }] }));
  };
  const salaries = (stage: Stage) =>
    stage.scene.sql(
      'platform',
      'select person, valid_from::text, valid_to::text, pay from app.salary order by 1, 2',
    );

  it('closes each row the day before the next, and a new row closes the last one', async () => {
    const stage = await make(
      "(1, 1, '2020-01-01', null, 1, '10'), (2, 1, '2021-01-01', null, 1, '20'), (3, 2, '2020-06-01', null, 1, '30')",
      { per: ['person'], start: day('from_day') },
    );
    await stage.load();
    expect(await salaries(stage)).toEqual([
      { person: 1, valid_from: '2020-01-01', valid_to: '2020-12-31', pay: '10.00' },
      { person: 1, valid_from: '2021-01-01', valid_to: null, pay: '20.00' },
      { person: 2, valid_from: '2020-06-01', valid_to: null, pay: '30.00' },
    ]);
    await stage.scene.sql(
      'legacy',
      "insert into salary values (4, 1, '2022-01-01', null, 1, '40')",
    );
    expect(await stage.delta()).toMatchObject({ inserted: 1, updated: 1 });
    expect((await salaries(stage))[1]).toMatchObject({ valid_to: '2021-12-31' });
    expect(await stage.reconcile()).toMatchObject({ reconciled: true });
  });

  it('refuses both rows of an overlap, each naming the other, and gaps where they are declared', async () => {
    const stage = await make(
      `(1, 1, '2020-01-01', '2020-12-31', 1, '10'), (2, 1, '2020-12-31', '2021-06-30', 1, '20'), (3, 1, '2021-08-01', null, 1, '30'),
       (4, 2, '2020-01-01', '2019-01-01', 1, '1'), (5, 3, 'soon', null, 1, '1'), (6, 4, '2020-01-01', '2025-01-01', 1, '1'), (7, 4, '2020-02-01', '2020-02-02', 1, '1'),
       (8, 4, '2020-03-01', '2020-03-02', 1, 'x')`,
      { per: ['person'], start: day('from_day'), end: day('to_day'), gaps: 'quarantine' },
    );
    await stage.load();
    expect(await stage.quarantine()).toEqual({
      '1': 'overlap:history',
      '2': 'overlap:history',
      '3': 'gap:history',
      '4': 'reversed:history',
      '5': 'unreadable:history',
      '6': 'overlap:history',
      '7': 'overlap:history',
      '8': 'overlap:history',
    });
    const named = await stage.scene.sql<{ other: string }>(
      'platform',
      "select raw ->> 'history.overlaps' as other from slipway.quarantine where rule = 'overlap:history' order by id",
    );
    expect(named.map(({ other }) => other)).toEqual(['2', '1', '7', '6', '6']);
    expect(await stage.simulate()).toMatchObject({ read: 8, quarantined: 8 });
  });

  it('takes the last of several rows of a day by their sequence, without those out of scope', async () => {
    const stage = await make(
      "(1, 1, '2020-01-01', null, 1, '10'), (2, 1, '2020-01-01', null, 2, '11'), (3, 1, '2020-01-01', null, 9, '99'), (4, 1, '2021-01-01', null, 1, '20')",
      { per: ['person'], start: day('from_day'), sequence: 'step' },
      { exclude: [{ when: { equals: ['pay', { value: '99' }] }, reason: 'a test record' }] },
    );
    await stage.load();
    expect(await salaries(stage)).toEqual([
      { person: 1, valid_from: '2020-01-01', valid_to: '2020-12-31', pay: '11.00' },
      { person: 1, valid_from: '2021-01-01', valid_to: null, pay: '20.00' },
    ]);
    expect((await stage.simulate())?.excludedBy).toEqual({
      'a test record': 1,
      'superseded on the same day': 1,
    });
  });

  it('takes only the latest row, or those that ended late enough', async () => {
    const rows =
      "(1, 1, '2020-01-01', null, 1, '10'), (2, 1, '2021-01-01', null, 1, '20'), (3, 1, '2022-01-01', null, 1, '30')";
    const latest = await make(rows, { per: ['person'], start: day('from_day'), take: 'latest' });
    await latest.load();
    expect(await salaries(latest)).toHaveLength(1);
    const since = { date: { of: { value: '2021-06-01' }, format: 'YYYY-MM-DD' } };
    const recent = await make(
      rows,
      { per: ['person'], start: day('from_day') },
      { exclude: [{ when: { less: ['history.end', since] }, reason: 'ended before June 2021' }] },
    );
    await recent.load();
    expect(await salaries(recent)).toMatchObject([{ valid_to: '2021-12-31' }, { valid_to: null }]);
    expect(await recent.reconcile()).toMatchObject({ reconciled: true });
  });
});
