import { beforeAll, describe, expect, it } from 'vitest';
import { loadState } from '../../dataplane/ledger.ts';
import { compileMapping } from '../../dataplane/mapping/compile-mapping.ts';
import { planChunks } from '../../dataplane/plan-chunks.ts';
import type { TransferredChunk } from '../../dataplane/transfer.ts';
import { freeWork } from '../support/work.ts';
import { BAD_ROWS, GOOD_PEOPLE, LEGACY, PLATFORM, peopleManifest } from './support/people.ts';
import { loadManifest } from './support/load.ts';
import { makeScene, type Scene } from './support/scene.ts';

interface Quarantined {
  source_key: string;
  rule: string;
  field: string | null;
  rules: string[];
  raw: Record<string, unknown>;
}

const quarantine = (scene: Scene): Promise<Quarantined[]> =>
  scene.sql(
    'platform',
    'select * from slipway.quarantine order by dataset desc, length(source_key), source_key',
  );

describe('rows without a fault', () => {
  let scene: Scene;
  let chunks: TransferredChunk[];
  beforeAll(async () => {
    scene = await makeScene(
      `${LEGACY} insert into unit values ('B', 'Second', 'A'), ('A', ' First ', null), ('U1', 'One', 'B'); ${GOOD_PEOPLE}
       update person set status = 'test' where id in (3, 150)`,
      PLATFORM,
    );
    chunks = await loadManifest(peopleManifest(), scene.urls, 'load-1');
  });

  it('are copied as they are, chunk by chunk', async () => {
    expect(
      chunks.map(({ path, read, loaded, excluded }) => ({ path, read, loaded, excluded })),
    ).toEqual([
      { path: 'direct', read: 3, loaded: 3, excluded: 0 },
      { path: 'direct', read: 100, loaded: 99, excluded: 1 },
      { path: 'direct', read: 100, loaded: 99, excluded: 1 },
      { path: 'direct', read: 50, loaded: 50, excluded: 0 },
    ]);
    const [person] = await scene.sql(
      'platform',
      'select *, born::text as born from app.person where number = 250',
    );
    expect(person).toMatchObject({
      department: 'moj',
      name: 'Name 250',
      grade: 'G6',
      born: '1980-02-01',
      pay: '250.50',
      level: 'senior',
      note: 'ab   ',
      extra: { a: 1 },
      id: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
    });
  });

  it('are in the ledger with their counts, reasons, control totals and checksums', async () => {
    const state = await loadState(
      { urls: scene.urls, department: 'moj', loadId: 'load-1' },
      freeWork(),
    );
    const [legacy] = await scene.sql<{ pay: string }>(
      'legacy',
      "select sum(pay)::numeric(12,2)::text as pay from person where status <> 'test'",
    );
    expect(state).toMatchObject([
      {
        dataset: 'people',
        chunks: 3,
        planned: 3,
        plannedRows: 250,
        read: 250,
        loaded: 248,
        quarantined: 0,
        excluded: 2,
        excludedBy: { 'a test record': 2 },
        totals: { pay: legacy?.pay },
      },
      { dataset: 'units', chunks: 1, read: 3, loaded: 3 },
    ]);
    const ledger = await scene.sql<{ checksum: string }>(
      'platform',
      'select checksum from slipway.load_ledger',
    );
    expect(ledger.every(({ checksum }) => /^[0-9a-f]{64}$/.test(checksum))).toBe(true);
  });

  it('can be traced to the chunk that loaded them', async () => {
    const [row] = await scene.sql(
      'platform',
      `select l.dataset, l.chunk, l.load_id from app.person p join slipway.load_ledger l on l.xact::xid = p.xmin where p.number = 201`,
    );
    expect(row).toEqual({ dataset: 'people', chunk: 2, load_id: 'load-1' });
  });

  it('are not loaded a second time', async () => {
    const again = await loadManifest(peopleManifest(), scene.urls, 'load-1');
    expect(again.map(({ path }) => path)).toEqual(Array(4).fill('repeated'));
    const [count] = await scene.sql('platform', 'select count(*)::int as n from app.person');
    expect(count).toEqual({ n: 248 });
  });

  it('keep their plan when it is asked for again with another size', async () => {
    const work = freeWork();
    const mapping = await compileMapping({ manifest: peopleManifest(), urls: scene.urls }, work);
    const dataset = mapping.datasets.find(({ id }) => id === 'people');
    if (dataset === undefined) throw new Error('no dataset');
    const request = {
      dataset,
      urls: scene.urls,
      loadId: 'load-1',
      mappingHash: mapping.hash,
      chunkRows: 1000,
    };
    expect(await planChunks(request, work)).toEqual({ dataset: 'people', chunks: 3, rows: 250 });
  });
});

describe('bad rows', () => {
  let scene: Scene;
  let chunks: TransferredChunk[];
  beforeAll(async () => {
    scene = await makeScene(
      `${LEGACY} ${GOOD_PEOPLE}
       ${BAD_ROWS}`,
      PLATFORM,
    );
    chunks = await loadManifest(peopleManifest(), scene.urls, 'load-1');
  });

  it('cost only their own chunk the fast path', () => {
    expect(chunks.map(({ path }) => path)).toEqual(['isolated', 'isolated', 'direct', 'isolated']);
  });

  it('go to quarantine with rule, field and key, and good rows are loaded', async () => {
    const rows = await quarantine(scene);
    expect(rows.map(({ source_key, rule, field }) => [source_key, rule, field])).toEqual([
      ['C', 'check:unit_not_own_parent', 'parent'],
      ['D', 'foreign-key:unit_parent_fk', 'parent'],
      ['E', 'foreign-key:unit_parent_fk', 'parent'],
      ['F', 'foreign-key:unit_parent_fk', 'parent'],
      ['G', 'cast:name', 'name'],
      ['h', 'check:code_check', 'code'],
      ['1', 'unmapped:grades', 'grade'],
      ['2', 'foreign-key:person_grade_fkey', 'grade'],
      ['3', 'cast:born', 'born'],
      ['4', 'not-null:name', 'name'],
      ['5', 'foreign-key:person_unit_fk', 'unit'],
      ['6', 'check:person_pay_check', 'pay'],
      ['8', 'unique:person_ni_key', 'ni'],
      ['10', 'unique:person_name_born', 'born'],
      ['11', 'cast:pay', 'pay'],
      ['12', 'cast:note', 'note'],
      ['13', 'cast:id', 'id'],
      ['14', 'unmapped:grades', 'grade'],
      ['202', 'unique:person_ni_key', 'ni'],
    ]);
    expect(rows.find(({ source_key }) => source_key === '14')?.rules).toEqual([
      'unmapped:grades',
      'cast:born',
    ]);
    expect(rows.find(({ source_key }) => source_key === '3')?.raw).toMatchObject({
      id: 3,
      name: 'Name 3',
      born: '31/02/1980',
      kind: 'SR',
    });
  });

  it('leave read = loaded + quarantined + excluded', async () => {
    const state = await loadState(
      { urls: scene.urls, department: 'moj', loadId: 'load-1' },
      freeWork(),
    );
    expect(state).toMatchObject([
      {
        dataset: 'people',
        read: 250,
        loaded: 236,
        quarantined: 13,
        excluded: 1,
        excludedBy: { 'a test record': 1 },
      },
      { dataset: 'units', read: 9, loaded: 3, quarantined: 6, excluded: 0 },
    ]);
    const [platform] = await scene.sql(
      'platform',
      'select count(*)::int as n, sum(pay)::text as pay from app.person',
    );
    expect(platform).toEqual({ n: 236, pay: state[0]?.totals['pay'] });
  });

  it('do not take rows along that refer to each other', async () => {
    const rows = await scene.sql('platform', 'select code from app.unit order by code');
    expect(rows.map((row) => row['code'])).toEqual(['A', 'B', 'U1']);
  });
});

it('what only a trigger knows is found row by row', async () => {
  const scene = await makeScene(
    `${LEGACY} insert into unit select 'U' || i, 'Unit ' || i, case when i > 1 then 'U' || (i - 1) end from generate_series(1, 5) i`,
    `${PLATFORM}
     create function app.refuse() returns trigger language plpgsql as $$
       begin if new.name = 'Unit 3' then raise exception 'not this one'; end if; return new; end $$;
     create trigger refuse before insert on app.unit for each row execute function app.refuse();`,
  );
  const chunks = await loadManifest(peopleManifest(), scene.urls, 'load-1', { only: 'units' });
  expect(chunks).toMatchObject([{ read: 5, loaded: 2, quarantined: 3 }]);
  expect((await quarantine(scene)).map(({ source_key, rule }) => [source_key, rule])).toEqual([
    ['U3', 'rejected:P0001'],
    ['U4', 'foreign-key:unit_parent_fk'],
    ['U5', 'foreign-key:unit_parent_fk'],
  ]);
});

it('two attempts at the same chunk at the same time load it once', async () => {
  const scene = await makeScene(
    `${LEGACY} insert into unit values ('U1', 'One', null); ${GOOD_PEOPLE}`,
    PLATFORM,
  );
  const both = await Promise.all([
    loadManifest(peopleManifest(), scene.urls, 'load-1'),
    loadManifest(peopleManifest(), scene.urls, 'load-1'),
  ]);
  const loaded = both.flat().reduce((sum, chunk) => sum + chunk.loaded, 0);
  expect(loaded).toBe(251);
  const [count] = await scene.sql('platform', 'select count(*)::int as n from app.person');
  expect(count).toEqual({ n: 250 });
});

it('a value that only the platform refuses is found as well', async () => {
  const scene = await makeScene(
    `${LEGACY} insert into unit values ('U1', 'One', null); ${GOOD_PEOPLE}
     update person set extra = 'no json' where id = 40; update person set born = 'x' where id = 41;`,
    PLATFORM,
  );
  const chunks = await loadManifest(peopleManifest(), scene.urls, 'load-1');
  expect(chunks[1]).toMatchObject({ read: 100, loaded: 98, quarantined: 2, path: 'isolated' });
  expect((await quarantine(scene)).map(({ source_key, rule }) => [source_key, rule])).toEqual([
    ['40', 'cast:extra'],
    ['41', 'cast:born'],
  ]);
});

it('a constraint that the platform checks only at the commit is found as well', async () => {
  const scene = await makeScene(
    `${LEGACY} insert into unit values ('A', 'First', null), ('B', 'Lost', 'X')`,
    PLATFORM.replace('references app.unit,', 'references app.unit deferrable initially deferred,'),
  );
  const chunks = await loadManifest(peopleManifest(), scene.urls, 'load-1', { only: 'units' });
  expect(chunks).toMatchObject([{ read: 2, loaded: 1, quarantined: 1 }]);
});
