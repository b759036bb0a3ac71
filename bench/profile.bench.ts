import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { withConnection } from '../dataplane/connections.ts';
import { profileTable } from '../dataplane/profile.ts';
import { placeOf } from '../dataplane/relation.ts';
import type { Manifest } from '../domain/manifest.ts';
import { startPostgres } from '../embedded/postgres.ts';
import {
  type Bench,
  type BenchOptions,
  type BenchResult,
  median,
  rounded,
} from './support/bench.ts';
import { peakMemoryMb } from './support/peak-memory.ts';

const ROWS = 1_000_000;
const SMOKE_ROWS = 50_000;
/** Unique, nearly unique, codes, dates, amounts, free text and times: what tables of staff are made of. */
const COLUMNS: Readonly<Record<string, string>> = {
  id: 'integer primary key',
  staff_no: 'text not null',
  ni_number: 'text',
  surname: 'text not null',
  forename: 'text not null',
  born: 'date',
  hired: 'date not null',
  grade: 'text not null',
  unit_code: 'integer not null',
  unit_name: 'text not null',
  pay: 'numeric(12,2)',
  fte: 'numeric(5,2) not null',
  current: 'boolean not null',
  email: 'text',
  note: 'text',
  updated: 'timestamptz not null',
};

/**
 * Seconds of a profile of a table of 1 million rows and 16 columns over those of the one SELECT that computes count, nulls,
 * min, max and exact distinct of the same columns: one server, in turns. Below 1 the profile is the faster of the two.
 * The SELECT is measured with the memory that the server gives by default (`factor`) and with 64 MB for each of its
 * sorts (`factorMoreMemory`).
 */
export const bench: Bench = async (options) => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  const server = await startPostgres({
    folder: join(folder, 'postgres'),
    logFile: join(folder, 'postgres.log'),
    password: 'bench',
  });
  try {
    const url = await server.ensureDatabase('legacy');
    const rows = options.smoke ? SMOKE_ROWS : ROWS;
    await withConnection(url, 'target', undefined, (client) => fill(client, rows));
    return await measure(url, rows, options);
  } finally {
    await server.process.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

async function fill(client: pg.Client, rows: number): Promise<void> {
  const columns = Object.entries(COLUMNS).map(([name, type]) => `${name} ${type}`);
  await client.query(`
    create table staff (${columns.join(', ')});
    insert into staff select i, lpad(i::text, 8, '0'),
      case when i % 50 <> 0 then 'AB' || lpad((i * 7 % 1000000)::text, 6, '0') || chr(65 + i % 4) end,
      initcap(translate(left(md5((i % 40000)::text), 7), '0123456789', 'ghijklmnop')),
      (array['Amelia','George','Olivia','Arthur','Isla','Noah','Ava','Muhammad','Lily','Leo'])[1 + i % 10],
      date '1950-01-01' + i * 31 % 18000, date '1990-01-01' + i * 17 % 12000, 'G' || i % 10, i % 500,
      'Unit ' || i % 500, case when i % 100 <> 0 then 20000 + i * 13 % 60000 + (i % 100) / 100.0 end,
      (i % 100 + 1) / 100.0, i % 7 <> 0, 'person.' || i || '@example.gov.uk',
      case when i % 3 = 0 then 'A remark on row ' || i end, timestamptz '2026-01-01 00:00Z' + i * interval '1 second'
    from generate_series(1, ${rows}) i`);
  await client.query('vacuum (freeze, analyze) staff');
}

async function measure(
  url: string,
  rows: number,
  { smoke, say }: BenchOptions,
): Promise<BenchResult> {
  const rounds = smoke ? 1 : 5;
  const turns: Readonly<Record<string, () => Promise<void>>> = {
    profile: () => profile(url, rows),
    select: () => select(url, rows, 'reset work_mem'),
    selectMoreMemory: () => select(url, rows, "set work_mem = '64MB'"),
  };
  const names = Object.keys(turns);
  const seconds = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    // Whoever comes first finds the caches as the last one left them: let that be another one each time.
    for (const [index] of names.entries()) {
      const name = names[(index + round) % names.length] ?? '';
      const start = performance.now();
      await turns[name]?.();
      const took = (performance.now() - start) / 1000;
      seconds.get(name)?.push(took);
      say(`round ${round + 1}/${rounds} ${name}: ${took.toFixed(2)} s`);
    }
  }
  const of = (name: string): number[] => seconds.get(name) ?? [];
  const over = (base: string): number =>
    rounded(median(of('profile').map((took, round) => took / (of(base)[round] ?? took))));
  const rss = peakMemoryMb(process.pid);
  return {
    figures: {
      rows,
      columns: Object.keys(COLUMNS).length,
      seconds: rounded(median(of('profile'))),
      selectSeconds: rounded(median(of('select'))),
      factor: over('select'),
      factorMoreMemory: over('selectMoreMemory'),
      ...(rss === undefined ? {} : { nodeRssMb: rss }),
    },
    rounds,
    versions: { node: process.versions.node, postgres: await serverVersion(url) },
  };
}

async function profile(url: string, rows: number): Promise<void> {
  const manifest = {
    department: { id: 'bench' },
    sources: { legacy: { kind: 'postgres' } },
  } as unknown as Manifest;
  const urls = { sources: { legacy: url }, staging: url, target: url };
  const relation = placeOf(manifest, { source: 'legacy', from: 'public.staff', key: ['id'] }, urls);
  const work = { signal: new AbortController().signal, progress: () => undefined };
  const found = await profileTable(relation, work);
  if (found.rows !== rows) throw new Error(`the profile counts ${found.rows} rows, not ${rows}`);
}

async function select(url: string, rows: number, setting: string): Promise<void> {
  // There is no least boolean; its text has one.
  const figures = Object.entries(COLUMNS).map(([name, type]) => {
    const value = type.startsWith('boolean') ? `${name}::text` : name;
    return `count(*) filter (where ${name} is null), min(${value}), max(${value}), count(distinct ${name})`;
  });
  await withConnection(url, 'source', undefined, async (client) => {
    await client.query(setting);
    const { rows: found } = await client.query<{ n: number }>(
      `select count(*)::int as n, ${figures.join(', ')} from staff`,
    );
    if (found[0]?.n !== rows) throw new Error(`the SELECT counts ${found[0]?.n} rows, not ${rows}`);
  });
}

async function serverVersion(url: string): Promise<string> {
  return withConnection(url, 'source', undefined, async (client) => {
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return rows[0]?.server_version ?? '';
  });
}
