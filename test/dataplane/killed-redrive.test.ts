import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Redriven } from '../../dataplane/quarantine-decision.ts';
import { until } from '../support/until.ts';
import { freeWork } from '../support/work.ts';
import { LEGACY, PLATFORM, peopleManifest } from './support/people.ts';
import { type LoadedScene, loadedScene } from './support/quarantine.ts';

let scene: LoadedScene;
let corrections: Record<string, Record<string, string>>;
beforeAll(async () => {
  scene = await loadedScene(
    `${LEGACY} insert into unit values ('U1', 'One', null);
     insert into person select i, 'Somebody ' || i, 'U1', case when i % 10 = 0 then 'unknown' else 'six' end, '01/02/1980', 1, 'SR',
       'NI' || i, 'ab', null, null from generate_series(1, 300) i`,
    PLATFORM,
    peopleManifest(),
  );
  corrections = Object.fromEntries(
    (await scene.kept('people')).map(({ source_key }) => [source_key, { grade: 'seven' }]),
  );
});

const opened: pg.Client[] = [];
afterAll(async () => {
  for (const client of opened) await client.end();
});

/** Locks a table, so that the re-drive stands still where it needs it. @returns how to let it go */
async function lock(side: 'legacy' | 'platform', table: string): Promise<() => Promise<void>> {
  const keeper = new pg.Client({ connectionString: scene[side] });
  opened.push(keeper);
  await keeper.connect();
  await keeper.query(`begin; lock table ${table} in access exclusive mode`);
  return async () => {
    await keeper.query('rollback');
  };
}

const waits = (side: 'legacy' | 'platform') =>
  until('the re-drive stands still', async () => {
    const [row] = await scene.sql(
      side,
      `select count(*)::int as n from pg_stat_activity
       where datname = current_database() and application_name = 'slipway' and wait_event_type = 'Lock'`,
    );
    return row?.['n'] === 1 ? true : undefined;
  });

const terminate = (side: 'legacy' | 'platform') =>
  scene.sql(
    side,
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'slipway'`,
  );

async function untouched(): Promise<void> {
  await until('the server has rolled back', async () => {
    const [busy] = await scene.sql(
      'platform',
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name = 'slipway'`,
    );
    return busy?.['n'] === 0 ? true : undefined;
  });
  expect(await scene.figures('people')).toMatchObject({ loaded: 270, quarantined: 30 });
  expect(await scene.kept('people')).toHaveLength(30);
  expect(
    await scene.sql(
      'platform',
      `select (select count(*)::int from app.person) as people, (select count(*)::int from slipway.correction) as corrections,
         (select count(*)::int from slipway.quarantine_decision) as decisions`,
    ),
  ).toEqual([{ people: 270, corrections: 0, decisions: 0 }]);
}

it.each([
  ['while it reads the source', 'legacy', 'person'],
  ['while it writes the corrections down', 'platform', 'slipway.correction'],
  ['while it closes rows of the quarantine', 'platform', 'slipway.quarantine'],
  ['while it loads the rows', 'platform', 'app.person'],
  ['while it writes the ledger', 'platform', 'slipway.load_ledger'],
  ['while it writes the record', 'platform', 'slipway.quarantine_decision'],
] as const)('a re-drive that is killed %s has done nothing', async (_, side, table) => {
  for (const kill of ['terminated', 'cancelled'] as const) {
    const stop = new AbortController();
    // Reading what there is would stand still as well.
    const open = await scene.kept('people');
    const rows = open.map(({ id }) => ({ id, cells: { grade: 'seven' } }));
    const letGo = await lock(side, table);
    const outcome = scene
      .redriveRows('people', rows, { id: 'killed', work: freeWork(stop.signal) })
      .catch((error: unknown) => error);
    await waits(side);
    if (kill === 'terminated') await terminate(side);
    else stop.abort(new Error('cancelled'));
    expect(await outcome).toBeInstanceOf(Error);
    await letGo();
    await untouched();
  }
});

it('a re-drive that is lost after its commit is found when it is carried out again', async () => {
  const both = await Promise.all([
    scene.redrive('people', corrections, { id: 'twice' }),
    scene.redrive('people', corrections, { id: 'twice' }),
  ]);
  const done: Redriven = {
    kind: 'redrive',
    corrected: 30,
    loaded: 30,
    excluded: 0,
    gone: 0,
    remaining: 0,
  };
  expect(both).toEqual([done, done]);
  expect(await scene.redrive('people', corrections, { id: 'twice' })).toEqual(done);
  expect(await scene.figures('people')).toMatchObject({ read: 300, loaded: 300, quarantined: 0 });
  expect(await scene.reconcile('people')).toMatchObject({ reconciled: true });
});
