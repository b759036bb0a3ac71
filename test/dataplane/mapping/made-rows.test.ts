import { beforeAll, describe, expect, it } from 'vitest';
import { measureCoverage } from '../../../dataplane/coverage.ts';
import { withClient } from '../../support/database.ts';
import { freeWork } from '../../support/work.ts';
import { manifestWith, makeScene } from '../support/scene.ts';
import { Stage } from '../support/stage.ts';

describe('many rows to one', () => {
  let stage: Stage;
  beforeAll(async () => {
    const scene = await makeScene(
      `create table person (id integer primary key, grade text);
       create table grade (code text, name text, since date);
       create table pay (person text, paid_on text, amount text);
       insert into grade values ('A ', 'First', '2020-01-01'), ('B', 'Second', '2020-01-01'), ('B', 'Second again', '2021-01-01');
       insert into person select i, case when i % 100 = 7 then 'X' when i % 100 = 8 then 'B' when i % 100 = 9 then null else 'A' end
         from generate_series(1, 300) i;
       insert into pay select i::text, '01/0' || m || '/2024', case when i = 50 and m = 2 then 'n/a' else (i + m)::text || '.01' end
         from generate_series(1, 300) i, generate_series(1, 3) m where i <> 60;`,
      `create schema app;
       create table app.person (department text, id integer, grade text, newest text, paid numeric(12,2), months integer, last_paid date,
         last_amount numeric(12,2), primary key (department, id))`,
    );
    const join = { from: 'public.grade', on: [{ theirs: { trim: 'code' }, ours: 'grade' }] };
    stage = new Stage(
      scene,
      manifestWith({
        datasets: [
          {
            id: 'people',
            source: 'legacy',
            from: 'public.person',
            key: ['id'],
            target: 'app.person',
            chunkRows: 100,
            joins: {
              grade: join,
              newest: {
                ...join,
                take: 'last',
                order: ['since'],
                missing: 'nothing',
              },
              pay: {
                from: 'public.pay',
                on: [{ theirs: { integer: 'person' }, ours: 'id' }],
                values: {
                  total: { sum: { money: 'amount' } },
                  months: { count: true },
                  last: { max: { date: { of: 'paid_on', format: 'DD/MM/YYYY' } } },
                },
              },
              latest: {
                from: 'public.pay',
                on: [{ theirs: 'person', ours: { text: { of: 'id' } } }],
                take: 'last',
                order: [{ date: { of: 'paid_on', format: 'DD/MM/YYYY' } }],
                missing: 'nothing',
              },
            },
            fields: {
              id: 'id',
              grade: 'grade.name',
              newest: 'newest.name',
              paid: { coalesce: ['pay.total', { money: { value: '0' } }] },
              months: 'pay.months',
              last_paid: 'pay.last',
              last_amount: { money: 'latest.amount' },
            },
            totals: ['paid'],
          },
        ],
      }),
    );
    await stage.load();
  });

  it('brings columns and figures of other tables', async () => {
    const rows = await stage.scene.sql(
      'platform',
      'select grade, newest, paid, months, last_paid::text, last_amount from app.person where id in (1, 9, 60, 108) order by id',
    );
    expect(rows).toEqual([
      {
        grade: 'First',
        newest: 'First',
        paid: '9.03',
        months: 3,
        last_paid: '2024-03-01',
        last_amount: '4.01',
      },
      {
        grade: null,
        newest: null,
        paid: '33.03',
        months: 3,
        last_paid: '2024-03-01',
        last_amount: '12.01',
      },
      {
        grade: 'First',
        newest: 'First',
        paid: '0.00',
        months: 0,
        last_paid: null,
        last_amount: null,
      },
    ]);
  });

  it('has rules of its own for rows without, with several, and with unreadable ones', async () => {
    expect(await stage.quarantine()).toEqual({
      '7': 'not-found:grade',
      '8': 'ambiguous:grade',
      '50': 'unreadable:pay',
      '107': 'not-found:grade',
      '108': 'ambiguous:grade',
      '207': 'not-found:grade',
      '208': 'ambiguous:grade',
    });
    expect(await stage.simulate()).toMatchObject({ read: 300, loaded: 293, quarantined: 7 });
  });

  it('leaves no column of the other tables unaccounted for', async () => {
    const request = { manifest: stage.manifest, urls: stage.scene.urls };
    const { source, datasets } = await measureCoverage(request, freeWork());
    expect(source).toEqual({ total: 8, covered: 8, share: 1, missing: [] });
    expect(datasets[0]?.source).toEqual(source);
    await stage.scene.sql('legacy', 'alter table grade add scale text, add notes text');
    const [people] = request.manifest.datasets;
    const grade = people?.joins?.['grade'];
    const dropped = {
      ...people,
      joins: { ...people?.joins, grade: { ...grade, drop: { notes: 'of no use' } } },
    };
    const manifest = manifestWith({ datasets: [dropped] });
    expect((await measureCoverage({ ...request, manifest }, freeWork())).source).toEqual({
      total: 10,
      covered: 9,
      share: 0.9,
      missing: ['legacy.public.grade.scale'],
    });
    await stage.scene.sql('legacy', 'alter table grade drop scale, drop notes');
  });

  it('is compared, and brought up to date when the other table changes', async () => {
    expect(await stage.reconcile()).toMatchObject({ reconciled: true });
    await stage.scene.sql('legacy', "update grade set name = 'Very first' where code = 'A '");
    expect((await stage.reconcile()).differing.different).toBe(290);
    expect(await stage.delta()).toMatchObject({ updated: 290, inserted: 0, deleted: 0 });
    await stage.scene.sql('legacy', "insert into grade values ('X', 'Tenth', null)");
    expect(await stage.delta()).toMatchObject({ inserted: 3, resolved: 3, updated: 0 });
    expect(await stage.delta()).toMatchObject({ inserted: 0, updated: 0, resolved: 0 });
    expect(await stage.reconcile()).toMatchObject({ reconciled: true });
  });
});

describe('one row to many', () => {
  let stage: Stage;
  beforeAll(async () => {
    const scene = await makeScene(
      `create table person (id integer primary key, home text, work text, fax text);
       insert into person select i, '0' || i, case when i % 2 = 0 then '1' || i end, case when i = 5 then 'none' else '2' || i end
         from generate_series(1, 200) i;`,
      `create schema app;
       create table app.phone (department text, person integer, kind text, number bigint, primary key (department, person, kind))`,
    );
    stage = new Stage(
      scene,
      manifestWith({
        datasets: [
          {
            id: 'phones',
            source: 'legacy',
            from: 'public.person',
            key: ['id'],
            target: 'app.phone',
            chunkRows: 100,
            parts: [
              { name: 'home', values: { number: 'home', kind: { value: 'private' } } },
              { name: 'work', values: { number: { trim: 'work' }, kind: { value: 'business' } } },
              { name: 'fax', values: { number: 'fax' } },
            ],
            exclude: [{ when: { isNull: 'part.number' }, reason: 'no number' }],
            fields: {
              person: 'id',
              kind: { coalesce: ['part.kind', 'part.name'] },
              number: { integer: 'part.number' },
            },
          },
        ],
      }),
    );
    await stage.load();
  });

  it('counts every part as read, loaded, quarantined or excluded', async () => {
    const [counts] = await stage.scene.sql(
      'platform',
      'select sum(rows_read)::int as read, sum(rows_loaded)::int as loaded, sum(rows_quarantined)::int as bad, sum(rows_excluded)::int as out, count(*)::int as chunks from slipway.load_ledger',
    );
    expect(counts).toEqual({ read: 600, loaded: 499, bad: 1, out: 100, chunks: 6 });
    expect(await stage.simulate()).toMatchObject({ read: 600, loaded: 499, quarantined: 1 });
  });

  it('names the source row and the part', async () => {
    expect(await stage.quarantine()).toEqual({ '5#fax': 'cast:number' });
  });

  it('is compared, and a corrected part is loaded', async () => {
    expect(await stage.reconcile()).toMatchObject({ reconciled: true });
    await stage.scene.sql(
      'legacy',
      "update person set fax = '25' where id = 5; update person set work = '77' where id = 7; delete from person where id = 9",
    );
    expect(await stage.delta()).toMatchObject({ inserted: 2, resolved: 1, deleted: 2 });
    expect(await stage.reconcile()).toMatchObject({ reconciled: true });
  });
});

it('files are joined and cut into parts like tables; rows are named by file, line and part', async () => {
  const scene = await makeScene(
    '',
    'create schema app; create table app.phone (department text, person integer, part text, unit text, number bigint, primary key (department, person, part))',
  );
  const technical = '_row bigint primary key, _file text, _line bigint, _extra text';
  await withClient(scene.urls.staging, (client) =>
    client.query(
      `create schema moj;
       create table moj.files__staff (${technical}, "No" text, "Unit" text, "Phone 1" text, "Phone 2" text);
       create table moj.files__units (${technical}, "Code" text, "Name" text);
       insert into moj.files__staff values (1, 'staff.csv', 2, null, '1', 'U1', '01', '02'), (2, 'staff.csv', 3, null, '2', 'U2', 'x', ''),
         (3, 'staff.csv', 4, null, '3', 'U9', '05', '06');
       insert into moj.files__units values (1, 'units.csv', 2, null, 'U1', 'One'), (2, 'units.csv', 3, null, 'U2', 'Two');`,
    ),
  );
  const stage = new Stage(
    scene,
    manifestWith({
      sources: {
        files: {
          kind: 'files',
          files: { staff: { paths: ['staff.csv'] }, units: { paths: ['units.csv'] } },
        },
      },
      datasets: [
        {
          id: 'phones',
          source: 'files',
          from: 'staff',
          target: 'app.phone',
          parts: [
            { name: 'first', values: { number: 'Phone 1' } },
            { name: 'second', values: { number: 'Phone 2' } },
          ],
          joins: { unit: { from: 'units', on: [{ theirs: 'Code', ours: 'Unit' }] } },
          exclude: [{ when: { isNull: { trim: 'part.number' } }, reason: 'no number' }],
          fields: {
            person: { integer: 'No' },
            part: 'part.name',
            unit: 'unit.Name',
            number: { integer: 'part.number' },
          },
        },
      ],
    }),
  );
  await stage.load();
  expect(await stage.quarantine()).toEqual({
    'staff.csv:3#first': 'cast:number',
    'staff.csv:4#first': 'not-found:unit',
    'staff.csv:4#second': 'not-found:unit',
  });
  expect(await stage.simulate()).toMatchObject({
    read: 6,
    loaded: 2,
    quarantined: 3,
    excludedBy: { 'no number': 1 },
  });
  expect(await stage.reconcile()).toMatchObject({ reconciled: true });
  const coverage = await measureCoverage(
    { manifest: stage.manifest, urls: scene.urls },
    freeWork(),
  );
  expect(coverage.source).toEqual({ total: 6, covered: 6, share: 1, missing: [] });
});
