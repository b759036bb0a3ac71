import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileMapping } from '../../dataplane/mapping/compile-mapping.ts';
import { reconcileDataset } from '../../dataplane/reconcile.ts';
import { until } from '../support/until.ts';
import { freeWork } from '../support/work.ts';
import { holdingProxy, type StopPoint } from './support/holding-proxy.ts';
import { loadManifest } from './support/load.ts';
import { type LoadOrder, loadOrdered } from './support/load-process.ts';
import { LEGACY, PLATFORM, peopleManifest } from './support/people.ts';
import { makeScene, type Scene } from './support/scene.ts';

const CHUNK = 300;
const CHUNKS = 4;
const PROCESS = fileURLToPath(new URL('support/load-process.ts', import.meta.url));

const COPY = 'copy "app"."person"';
const FIGURES = 'update slipway.load_ledger';

/**
 * The life of a chunk with a bad row: claimed, tried as it is, taken back, claimed, its good rows copied, its bad row kept,
 * written down, committed, answered.
 */
const LIFE: readonly [string, StopPoint][] = [
  ['before it is claimed', { request: 'insert into slipway.load_ledger', hold: 'request' }],
  ['when it is claimed', { request: 'insert into slipway.load_ledger', hold: 'answer' }],
  ['before its rows are copied', { request: COPY, skip: 1, hold: 'request' }],
  ['in the middle of the copy', { request: COPY, skip: 1, bytes: 8000, hold: 'request' }],
  ['before its bad rows are kept', { request: 'insert into slipway.quarantine', hold: 'request' }],
  ['when its bad rows are kept', { request: 'insert into slipway.quarantine', hold: 'answer' }],
  ['before it is written down', { request: FIGURES, hold: 'request' }],
  ['before the commit', { after: FIGURES, request: 'commit', hold: 'request' }],
  ['after the commit, before the answer', { after: FIGURES, request: 'commit', hold: 'answer' }],
];

interface State {
  readonly chunks: number;
  readonly loaded: number;
  readonly there: number;
  readonly quarantined: number;
  readonly kept: number;
}

describe('a chunk that is killed', () => {
  let scene: Scene;
  let order: LoadOrder;
  beforeAll(async () => {
    scene = await makeScene(
      `${LEGACY} insert into unit values ('U1', 'One', null);
       insert into person select i, 'Somebody ' || i, 'U1', 'six', '01/02/1980', 1, 'SR', 'NI' || i, 'ab', null, null
         from generate_series(1, ${CHUNK * CHUNKS}) i;
       update person set grade = 'unknown' where id % ${CHUNK} = 299;`,
      PLATFORM,
    );
    const manifest = peopleManifest();
    await loadManifest(manifest, scene.urls, 'load-1', { only: 'units' });
    order = { manifest, dataset: 'people', urls: scene.urls, loadId: 'load-1', chunkRows: CHUNK };
  });

  /** Once the server has ended what was killed. */
  async function state(): Promise<State> {
    await until('the server has rolled back', async () => {
      const [busy] = await scene.sql(
        'platform',
        "select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name = 'slipway'",
      );
      return busy?.['n'] === 0 ? true : undefined;
    });
    const [row] = await scene.sql<{ state: State }>(
      'platform',
      `select jsonb_build_object('chunks', count(*), 'loaded', coalesce(sum(rows_loaded), 0), 'quarantined', coalesce(sum(rows_quarantined), 0),
         'there', (select count(*) from app.person), 'kept', (select count(*) from slipway.quarantine)) as state
       from slipway.load_ledger where dataset = 'people'`,
    );
    if (row === undefined) throw new Error('a count has a row');
    const { chunks, loaded, there, quarantined, kept } = row.state;
    // Whole chunks, or nothing of them.
    expect({ there, kept }).toEqual({ there: loaded, kept: quarantined });
    expect({ loaded, quarantined }).toEqual({ loaded: chunks * (CHUNK - 1), quarantined: chunks });
    return row.state;
  }

  const isAnswered = (point: StopPoint): boolean =>
    point.request === 'commit' && point.hold === 'answer';

  it.each(LIFE)('with its process, %s, is there whole or not at all', async (_, point) => {
    const before = await state();
    const proxy = await holdingProxy(scene.platform, point);
    const urls = { ...scene.urls, target: proxy.url };
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', PROCESS, JSON.stringify({ ...order, urls })],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const ended = once(child, 'exit');
    const first = await Promise.race([
      proxy.reached.then(() => 'reached'),
      ended.then(() => 'ended'),
    ]);
    child.kill('SIGKILL');
    await ended;
    await proxy.close();
    expect(first).toBe('reached');
    expect((await state()).chunks).toBe(before.chunks + (isAnswered(point) ? 1 : 0));
  });

  it.each(LIFE)(
    'with its session on the platform, %s, is there whole or not at all',
    async (_, point) => {
      const before = await state();
      const proxy = await holdingProxy(scene.platform, point);
      const outcome = loadOrdered({ ...order, urls: { ...scene.urls, target: proxy.url } }).then(
        () => 'ended',
        (error: unknown) => error,
      );
      const first = await Promise.race([proxy.reached.then(() => 'reached'), outcome]);
      await scene.sql(
        'platform',
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'slipway'",
      );
      await proxy.close();
      expect(first).toBe('reached');
      expect(await outcome).toMatchObject({ code: 'target/unreachable' });
      expect((await state()).chunks).toBe(before.chunks + (isAnswered(point) ? 1 : 0));
    },
  );

  it('leaves nothing lost and nothing doubled in the end', async () => {
    await loadOrdered(order);
    expect(await state()).toMatchObject({ chunks: CHUNKS });
    await loadOrdered(order);
    const mapping = await compileMapping(
      { manifest: peopleManifest(), urls: scene.urls },
      freeWork(),
    );
    const request = { mapping, dataset: 'people', urls: scene.urls, loadId: 'load-1' };
    expect(await reconcileDataset(request, freeWork())).toMatchObject({
      reconciled: true,
      rows: { source: CHUNKS * (CHUNK - 1), target: CHUNKS * (CHUNK - 1) },
    });
  });
});
