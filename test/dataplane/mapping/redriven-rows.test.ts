import { expect, it } from 'vitest';
import { whyNotCorrectable } from '../../../dataplane/corrections.ts';
import { loadedScene } from '../support/quarantine.ts';
import { manifestWith } from '../support/scene.ts';

it('rows made of others are corrected where it was found what they are made of', async () => {
  const day = { date: { of: 'start', format: 'YYYY-MM-DD' } };
  const scene = await loadedScene(
    `create table person (id integer primary key, grade text, home text, work text);
     create table grade (code text, name text);
     create table salary (id integer primary key, person integer, start text);
     insert into grade values ('A', 'First'), ('B', 'Second'), ('B', 'Other');
     insert into person values (1, 'A', '1', '2'), (2, 'B', '3', '4'), (3, 'A', 'none', '6');
     insert into salary values (1, 1, '2020-01-01'), (2, 1, '2020-01-01'), (3, 2, '2020-01-01');`,
    `create schema app;
     create table app.phone (department text, person integer, part text, grade text, number integer, primary key (department, person, part));
     create table app.salary (department text, person integer, valid_from date, valid_to date, primary key (department, person, valid_from))`,
    manifestWith({
      datasets: [
        {
          id: 'phones',
          source: 'legacy',
          from: 'public.person',
          key: ['id'],
          target: 'app.phone',
          parts: [
            { name: 'home', values: { number: 'home' } },
            { name: 'work', values: { number: 'work' } },
          ],
          joins: { g: { from: 'public.grade', on: [{ theirs: 'code', ours: 'grade' }] } },
          fields: {
            person: 'id',
            part: 'part.name',
            grade: 'g.name',
            number: { integer: 'part.number' },
          },
        },
        {
          id: 'salaries',
          source: 'legacy',
          from: 'public.salary',
          key: ['id'],
          target: 'app.salary',
          history: { per: ['person'], start: day },
          fields: { person: 'person', valid_from: 'history.start', valid_to: 'history.end' },
        },
      ],
    }),
  );
  const kept = async (id: string) =>
    (await scene.kept(id)).map((row) => [row.source_key, row.rule]);
  expect(await kept('phones')).toEqual([
    ['2#home', 'ambiguous:g'],
    ['2#work', 'ambiguous:g'],
    ['3#home', 'cast:number'],
  ]);
  expect(
    await scene.redrive('phones', {
      '2#home': { 'g.match': 'one', 'g.name': 'Second' },
      '3#home': { 'part.number': '5' },
    }),
  ).toMatchObject({ kind: 'redrive', loaded: 2 });
  expect(await kept('phones')).toEqual([['2#work', 'ambiguous:g']]);
  expect(await scene.figures('phones')).toMatchObject({
    read: 6,
    loaded: 5,
    quarantined: 1,
    excluded: 0,
  });

  expect(
    await scene.redrive('salaries', {
      '2': { 'history.state': 'fine', 'history.start': '2021-01-01' },
      '1': { 'history.state': 'fine', 'history.end': '2020-12-31' },
    }),
  ).toMatchObject({ loaded: 2 });
  expect(
    await scene.sql(
      'platform',
      'select person, valid_from::text, valid_to::text from app.salary order by 1, 2',
    ),
  ).toEqual([
    { person: 1, valid_from: '2020-01-01', valid_to: '2020-12-31' },
    { person: 1, valid_from: '2021-01-01', valid_to: null },
    { person: 2, valid_from: '2020-01-01', valid_to: null },
  ]);
  for (const id of ['phones', 'salaries']) {
    expect((await scene.reconcile(id)).differing).toEqual({ missing: 0, extra: 0, different: 0 });
  }

  const [phones, salaries] = [scene.dataset('phones'), scene.dataset('salaries')];
  expect(whyNotCorrectable(phones, 'grade')).toBe('it decides what the row is made of');
  expect(whyNotCorrectable(phones, 'part.name')).toBe('it is the key of the source row');
  expect(whyNotCorrectable(salaries, 'start')).toBe('it decides what the row is made of');
  expect(whyNotCorrectable(phones, 'g.name')).toBeUndefined();
});
