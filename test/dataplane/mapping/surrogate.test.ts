import { beforeAll, describe, expect, it } from 'vitest';
import { compileMapping } from '../../../dataplane/mapping/compile-mapping.ts';
import { clashesSql, proveSurrogates } from '../../../dataplane/mapping/surrogate-clashes.ts';
import { freeWork } from '../../support/work.ts';
import { loadManifest } from '../support/load.ts';
import { manifestWith, makeScene, type Scene } from '../support/scene.ts';

describe('surrogate keys', () => {
  let scene: Scene;
  const person = (of: string) => ({ surrogate: { of: ['payroll', of], space: 'person' } });
  const manifest = manifestWith({
    datasets: [
      {
        id: 'pay',
        source: 'legacy',
        from: 'public.pay',
        key: ['id'],
        target: 'app.pay',
        fields: { id: 'id', person: person('staff') },
      },
      {
        id: 'people',
        source: 'legacy',
        from: 'public.person',
        key: ['payroll', 'number'],
        target: 'app.person',
        fields: {
          id: person('number'),
          public_id: { surrogate: { of: ['payroll', 'number'], space: 'public', as: 'uuid' } },
          number: 'number',
        },
      },
    ],
  });
  const keys = () =>
    scene.sql(
      'platform',
      'select id::text, public_id::text, number from app.person order by number',
    );
  beforeAll(async () => {
    scene = await makeScene(
      `create table person (payroll text, number integer, primary key (payroll, number));
       create table pay (id integer primary key, payroll text, staff text);
       insert into person select 'A', i from generate_series(1, 200) i; insert into person values ('A1', 1);
       insert into pay select i, 'A', i::text from generate_series(1, 200) i;`,
      `create schema app;
       create table app.person (department text, id bigint, public_id uuid not null unique, number integer, primary key (department, id));
       create table app.pay (department text, id integer, person bigint not null, primary key (department, id),
         foreign key (department, person) references app.person);
       create schema platform; create table platform.tenant (department text primary key)`,
    );
    await loadManifest(manifest, scene.urls, 'load-1');
  });

  it('are the same wherever the same thing is meant: what refers to a row finds it', async () => {
    const [counts] = await scene.sql(
      'platform',
      `select (select count(*)::int from app.person) as people, (select count(*)::int from app.pay) as pay,
         (select count(distinct p.number)::int from app.pay y join app.person p on p.id = y.person and p.number = y.id) as joined`,
    );
    expect(counts).toEqual({ people: 201, pay: 200, joined: 200 });
  });

  it('tell what only looks alike when its parts are put together, and are the same in the next load', async () => {
    const first = await keys();
    expect(new Set(first.map((row) => row['id'])).size).toBe(201);
    await scene.sql('platform', 'delete from app.pay; delete from app.person');
    await loadManifest(manifest, scene.urls, 'load-2');
    expect(await keys()).toEqual(first);
  });

  it('do not fit a column that holds fewer values than there may be keys', async () => {
    await scene.sql(
      'platform',
      'create table app.small (department text, id integer, primary key (department, id))',
    );
    const [, people] = manifest.datasets;
    const small = manifestWith({
      datasets: [{ ...people, target: 'app.small', fields: { id: person('number') } }],
    });
    await expect(
      compileMapping({ manifest: small, urls: scene.urls }, freeWork()),
    ).rejects.toMatchObject({
      code: 'mapping/invalid',
      message: expect.stringContaining('id is integer: a surrogate key needs bigint or uuid'),
    });
  });

  it('are proven to be different over all rows', async () => {
    const mapping = await compileMapping({ manifest, urls: scene.urls }, freeWork());
    await expect(proveSurrogates({ manifest, mapping }, freeWork())).resolves.toBeUndefined();
    const colliding =
      "select number::text as identity, (number % 150)::text as key from person where payroll = 'A'";
    const [found] = await scene.sql<{ clashes: string }>('legacy', clashesSql([colliding]));
    expect(found?.clashes).toBe('50');
    const same = clashesSql([
      'select number::text as identity, number::text as key from person',
      'select staff as identity, staff as key from pay',
    ]);
    expect((await scene.sql<{ clashes: string }>('legacy', same))[0]?.clashes).toBe('0');
  });
});
