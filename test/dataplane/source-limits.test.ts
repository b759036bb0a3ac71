import pg from 'pg';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { compileMapping } from '../../dataplane/mapping/compile-mapping.ts';
import { LanePace, limitedChunkRows } from '../../dataplane/source-limits.ts';
import { transferDataset } from '../../dataplane/transfer-dataset.ts';
import { ERRORS } from '../../domain/errors.ts';
import type { Limits } from '../../domain/manifest.ts';
import { until } from '../support/until.ts';
import { freeWork } from '../support/work.ts';
import { makeScene, manifestWith, type Scene } from './support/scene.ts';

const ROWS = 4000;
const CHUNK = 500;

/** Each row of number 250, 750 ... waits for this lock: its chunk stands still in the middle of its copy. */
const LOCK = 43;

const LEGACY = `
  create table person (id integer primary key, name text);
  insert into person select i, 'Name ' || i from generate_series(1, ${ROWS}) i;
  create function wait_at(id integer) returns boolean stable language plpgsql as $$
    begin
      if id % ${CHUNK} = 250 then perform pg_advisory_xact_lock_shared(${LOCK}); end if;
      return true;
    end $$;
  create view slow_person as select id, case when wait_at(id) then name end as name from person;`;
const PLATFORM = `
  create schema app;
  create table app.person (department text, number integer, name text, primary key (department, number));`;

function limitsOf(limits: object): Limits {
  return manifestWith({ datasets: [dataset('public.person')], policy: { limits } }).policy.limits;
}

function dataset(from: string): object {
  return {
    id: 'people',
    target: 'app.person',
    source: 'legacy',
    from,
    key: ['id'],
    fields: { number: 'id', name: 'name' },
  };
}

describe('what may be asked of the legacy system', () => {
  let scene: Scene;
  let load = 0;
  const open: pg.Client[] = [];
  beforeAll(async () => {
    scene = await makeScene(LEGACY, PLATFORM);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.end()));
    await scene.sql('platform', 'truncate app.person');
  });

  async function client(): Promise<pg.Client> {
    const opened = new pg.Client({ connectionString: scene.legacy, application_name: 'payroll' });
    open.push(opened);
    await opened.connect();
    return opened;
  }

  async function start(limits: object, from = 'public.person', loadId?: string): Promise<unknown> {
    const manifest = manifestWith({ datasets: [dataset(from)] });
    const mapping = await compileMapping({ manifest, urls: scene.urls }, freeWork());
    const [compiled] = mapping.datasets;
    if (compiled === undefined) throw new Error('the manifest has a dataset');
    load += 1;
    const request = {
      dataset: compiled,
      urls: scene.urls,
      loadId: loadId ?? `load-${load}`,
      mappingHash: mapping.hash,
      chunkRows: CHUNK,
      limits: limitsOf(limits),
    };
    return transferDataset(request, freeWork());
  }

  const loaded = async (): Promise<number> => {
    const [row] = await scene.sql<{ n: number }>(
      'platform',
      'select count(*)::int as n from app.person',
    );
    return row?.n ?? 0;
  };

  /** Copies that are under way on the source, as its administrator sees them. */
  const copying = async (keeper: pg.Client): Promise<number> => {
    const { rows } = await keeper.query<{ n: number }>(
      "select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name = 'slipway' and query like 'copy%' and state = 'active'",
    );
    return rows[0]?.n ?? 0;
  };

  const waiting = (keeper: pg.Client, sessions: number): Promise<true> =>
    until(`${sessions} sessions of others are at work`, async () => {
      const { rowCount } = await keeper.query(
        "select from pg_locks where locktype = 'advisory' and objid = $1 and not granted",
        [LOCK],
      );
      return rowCount === sessions ? true : undefined;
    });

  it('no more lanes than allowed read from it, whoever starts them', async () => {
    const keeper = await client();
    await keeper.query('select pg_advisory_lock($1)', [LOCK]);
    const limits = { lanes: 2 };
    const first = start(limits, 'public.slow_person', 'shared');
    await until('two lanes stand still', async () =>
      (await copying(keeper)) === 2 ? true : undefined,
    );
    // Not before: its lanes would wait for the other's chunks as well, with the places taken.
    const second = start(limits, 'public.slow_person', 'shared');
    await until('the lanes of the other load wait for a place', async () => {
      const [row] = await scene.sql<{ n: number }>(
        'platform',
        "select count(*)::int as n from pg_stat_activity where datname = current_database() and query like 'select pg_try_advisory_lock%'",
      );
      return (row?.n ?? 0) > 0 ? true : undefined;
    });
    expect(await copying(keeper)).toBe(2);
    await keeper.query('select pg_advisory_unlock($1)', [LOCK]);
    await Promise.all([first, second]);
    expect(await loaded()).toBe(ROWS);
  });

  it('a load waits while others are at work on it', async () => {
    const payroll = await client();
    const keeper = await client();
    await keeper.query('select pg_advisory_lock($1)', [LOCK]);
    const overnight = await client();
    const payRun = payroll.query('select pg_advisory_lock($1)', [LOCK]);
    await waiting(keeper, 1);
    const report = overnight.query('select pg_advisory_lock_shared($1)', [LOCK]);
    await waiting(keeper, 2);
    const transfer = start({ activeSessions: 1 });
    await until('the load has looked at the sessions', async () => {
      const { rows } = await keeper.query<{ n: number }>(
        "select count(*)::int as n from pg_stat_activity where application_name = 'slipway' and datname = current_database() and query like '%pg_stat_activity%'",
      );
      return (rows[0]?.n ?? 0) > 0 ? true : undefined;
    });
    expect(await loaded()).toBe(0);
    await keeper.query('select pg_advisory_unlock($1)', [LOCK]);
    await payRun;
    await payroll.query('select pg_advisory_unlock($1)', [LOCK]);
    await report;
    await transfer;
    expect(await loaded()).toBe(ROWS);
  });

  it('a load keeps to its rate', async () => {
    const started = performance.now();
    await start({ rowsPerSecond: 4000, lanes: 2 });
    expect(await loaded()).toBe(ROWS);
    // The rest after the last chunks counts as well: a second of rows takes a second.
    expect(performance.now() - started).toBeGreaterThan(950);
  });

  it('a statement that takes too long is ended, and tried again later', async () => {
    const keeper = await client();
    await keeper.query('select pg_advisory_lock($1)', [LOCK]);
    await expect(start({ statementSeconds: 1 }, 'public.slow_person')).rejects.toMatchObject({
      code: 'source/busy',
    });
    expect(ERRORS['source/busy'].retryable).toBe(true);
    expect(await loaded()).toBe(0);
  });
});

describe('the pace of a lane', () => {
  it('is its share of the rate', () => {
    const pace = new LanePace(limitsOf({ rowsPerSecond: 1000, lanes: 4 }));
    expect(pace.restAfter(500, 400)).toBe(1600);
    expect(pace.restAfter(500, 9000)).toBe(0);
  });

  it('slackens when the source takes much longer than before', () => {
    const pace = new LanePace(limitsOf({}));
    expect(pace.restAfter(50_000, 2000)).toBe(0);
    expect(pace.restAfter(50_000, 6000)).toBe(6000);
    expect(pace.restAfter(50_000, 3900)).toBe(0);
    expect(pace.restAfter(50_000, 600_000)).toBe(60_000);
    // A small chunk at the end says nothing.
    expect(pace.restAfter(10, 6000)).toBe(0);
  });

  it('comes with chunks that are not larger than what may be read in a few seconds', () => {
    expect(limitedChunkRows(50_000, limitsOf({ rowsPerSecond: 1000 }))).toBe(5000);
    expect(limitedChunkRows(500, limitsOf({ rowsPerSecond: 1000 }))).toBe(500);
    expect(limitedChunkRows(50_000, limitsOf({}))).toBe(50_000);
  });
});
