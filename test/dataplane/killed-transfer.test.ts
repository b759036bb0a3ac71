import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadState } from '../../dataplane/ledger.ts';
import { compileMapping } from '../../dataplane/mapping/compile-mapping.ts';
import { planChunks } from '../../dataplane/plan-chunks.ts';
import { reconcileDataset } from '../../dataplane/reconcile.ts';
import { type TransferRequest, transferChunks } from '../../dataplane/transfer.ts';
import { until } from '../support/until.ts';
import { freeWork } from '../support/work.ts';
import { LEGACY, PLATFORM, peopleManifest } from './support/people.ts';
import { makeScene, type Scene } from './support/scene.ts';

const ROWS = 12_000;
const CHUNK = 2000;

/** Each row with a number that ends in 500 waits for this lock: the chunk stands still in the middle of its copy. */
const LOCK = 42;

let scene: Scene;
let request: Omit<TransferRequest, 'chunk'>;
let chunks: number[];
/** Holds the lock, and looks at what goes on. */
let keeper: pg.Client;

beforeAll(async () => {
  scene = await makeScene(
    `${LEGACY} insert into unit values ('U1', 'One', null);
     create function wait_at(id integer) returns boolean stable language plpgsql as $$
       begin
         if id % 2000 = 500 then perform pg_advisory_xact_lock_shared(${LOCK}); end if;
         return true;
       end $$;
     insert into person select i, 'Somebody ' || i, 'U1', 'six', '01/02/1980', 1, 'SR', 'NI' || i, 'ab', null, null
       from generate_series(1, ${ROWS}) i;
     update person set grade = 'unknown' where id % 1000 = 700;
     create view slow_person as select id, case when wait_at(id) then name end as name, unit, grade, born, pay, kind, ni, note,
       extra, uid, status from person;`,
    PLATFORM,
  );
  const manifest = peopleManifest();
  const [people, units] = manifest.datasets;
  if (people === undefined || units === undefined) throw new Error('the manifest has two datasets');
  const slow = { ...manifest, datasets: [{ ...people, from: 'public.slow_person' }, units] };
  const work = freeWork();
  const mapping = await compileMapping({ manifest: slow, urls: scene.urls }, work);
  for (const dataset of mapping.datasets) {
    request = { dataset, urls: scene.urls, loadId: 'load-1', mappingHash: mapping.hash };
    const plan = await planChunks({ ...request, chunkRows: CHUNK }, work);
    chunks = Array.from({ length: plan.chunks }, (_, chunk) => chunk);
    if (dataset.id === 'units') await transferChunks(request, chunks, () => work);
  }
  keeper = new pg.Client({ connectionString: scene.legacy });
  await keeper.connect();
});

afterAll(async () => {
  await keeper.end();
});

const load = (signal = new AbortController().signal) =>
  transferChunks(request, chunks, () => freeWork(signal));

/** Starts a load that stands still in the middle of the next chunk, and gives it to `kill`. */
async function interrupted(kill: (stop: AbortController) => Promise<unknown>): Promise<unknown> {
  await keeper.query('select pg_advisory_lock($1)', [LOCK]);
  const stop = new AbortController();
  const outcome = load(stop.signal).catch((error: unknown) => error);
  await until('a copy stands still', async () => {
    const { rowCount } = await keeper.query(
      "select from pg_locks where locktype = 'advisory' and objid = $1 and not granted",
      [LOCK],
    );
    return rowCount === 1 ? true : undefined;
  });
  await kill(stop);
  const error = await outcome;
  await keeper.query('select pg_advisory_unlock($1)', [LOCK]);
  return error;
}

const terminate = (side: 'legacy' | 'platform') =>
  scene.sql(
    side,
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'slipway'`,
  );

/** What is on the platform: nothing of a chunk that is not in the ledger. */
async function expectWholeChunks(): Promise<number> {
  await until('the server has rolled back', async () => {
    const [busy] = await scene.sql(
      'platform',
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name = 'slipway'`,
    );
    return busy?.['n'] === 0 ? true : undefined;
  });
  const [state] = await scene.sql<{
    loaded: number;
    there: number;
    quarantined: number;
    kept: number;
    chunks: number;
  }>(
    'platform',
    `select coalesce(sum(rows_loaded), 0)::int as loaded, (select count(*)::int from app.person) as there,
       coalesce(sum(rows_quarantined), 0)::int as quarantined, (select count(*)::int from slipway.quarantine) as kept, count(*)::int as chunks
     from slipway.load_ledger where dataset = 'people'`,
  );
  expect(state?.there).toBe(state?.loaded);
  expect(state?.kept).toBe(state?.quarantined);
  return state?.chunks ?? 0;
}

describe('a transfer that is killed in the middle of a chunk', () => {
  it('again and again, in every way, goes on where it was, with nothing lost or doubled', async () => {
    const kills: [string, (stop: AbortController) => Promise<unknown>, object][] = [
      [
        'the work is cancelled',
        async (stop) => stop.abort(new Error('cancelled')),
        { message: 'cancelled' },
      ],
      ['the source ends its session', () => terminate('legacy'), { code: 'source/unreachable' }],
      [
        'the platform ends its session',
        () => terminate('platform'),
        { code: 'target/unreachable' },
      ],
    ];
    expect(await expectWholeChunks()).toBe(0);
    for (const [, kill, expected] of kills) {
      const before = await expectWholeChunks();
      expect(await interrupted(kill)).toMatchObject(expected);
      expect(await expectWholeChunks()).toBe(before);
      // One chunk gets through before the next kill.
      await transferChunks(request, [before], () => freeWork());
    }
    const rest = await load();
    expect(rest.map(({ path }) => path)).toEqual([
      ...Array<string>(kills.length).fill('repeated'),
      ...Array<string>(3).fill('isolated'),
    ]);
    expect(await expectWholeChunks()).toBe(ROWS / CHUNK);
    const state = await loadState(
      { urls: scene.urls, department: 'moj', loadId: 'load-1' },
      freeWork(),
    );
    expect(state[0]).toMatchObject({ read: ROWS, loaded: ROWS - 12, quarantined: 12, excluded: 0 });
    expect((await load()).every(({ path }) => path === 'repeated')).toBe(true);
  });

  it('is proven to hold the same as the source in the end', async () => {
    const mapping = {
      datasets: [request.dataset],
      order: [],
      hash: request.mappingHash,
      fingerprints: {},
    };
    const result = await reconcileDataset(
      { mapping, dataset: 'people', urls: scene.urls, loadId: 'load-1' },
      freeWork(),
    );
    expect(result).toMatchObject({
      reconciled: true,
      rows: { source: ROWS - 12, target: ROWS - 12 },
    });
  });
});
