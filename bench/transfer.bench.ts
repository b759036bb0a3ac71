import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileMapping } from '../dataplane/mapping/compile-mapping.ts';
import { planChunks } from '../dataplane/plan-chunks.ts';
import { transferChunks } from '../dataplane/transfer.ts';
import type { Work } from '../dataplane/work.ts';
import { startPostgres } from '../embedded/postgres.ts';
import {
  type Bench,
  type BenchOptions,
  type BenchResult,
  median,
  rounded,
} from './support/bench.ts';
import { peakMemoryMb } from './support/peak-memory.ts';
import { runShell, versionOf } from './support/programs.ts';
import {
  BAD_ROW_EVERY,
  countRows,
  emptyTargets,
  makeTransferScene,
  serverVersion,
  type TransferScene,
  transferManifest,
} from './support/transfer-scene.ts';

const ROWS = 1_000_000;
const SMOKE_ROWS = 50_000;
/** As the transfer step does. */
const LANES = 2;

/**
 * Rows a second of a transfer (compiled, planned, then chunks of 50,000 rows, each mapped, counted, hashed and committed
 * with its ledger row) against the plainest way to copy a table between two PostgreSQL databases, `psql | psql`, and
 * against pgloader where it is installed: the same rows, one server with fsync, a primary key on each target, in turns.
 */
export const bench: Bench = async (options) => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  const server = await startPostgres({
    folder: join(folder, 'postgres'),
    logFile: join(folder, 'postgres.log'),
    password: 'bench',
  });
  try {
    const scene = await makeTransferScene(server, options.smoke ? SMOKE_ROWS : ROWS);
    return await measure(scene, folder, options);
  } finally {
    await server.process.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

/** Something that takes a turn in every round; gives the seconds it took. */
interface Contender {
  readonly name: string;
  readonly turn: () => Promise<number>;
}

async function measure(
  scene: TransferScene,
  folder: string,
  { smoke, say }: BenchOptions,
): Promise<BenchResult> {
  const rounds = smoke ? 1 : 5;
  const psql = versionOf('psql');
  const pgloader = versionOf('pgloader');
  const contenders: Contender[] = [
    { name: 'ours', turn: () => timed(() => transfer(scene, 'emp')) },
    { name: 'bad', turn: () => timed(() => transfer(scene, 'emp_bad')) },
    { name: 'resumed', turn: () => timed(() => interruptedTransfer(scene)) },
  ];
  if (psql !== undefined) {
    contenders.push({ name: 'psql', turn: () => timed(() => psqlToPsql(scene)) });
  }
  if (pgloader !== undefined) {
    contenders.push({ name: 'pgloader', turn: () => timed(() => loadWithPgloader(scene, folder)) });
  }
  const seconds = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    // Whoever comes first finds the caches as the last one left them: let that be another one each time.
    const order = contenders.map((_, i) => contenders[(i + round) % contenders.length]);
    for (const contender of order) {
      if (contender === undefined) continue;
      await emptyTargets(scene);
      const took = await contender.turn();
      seconds.get(contender.name)?.push(took);
      say(`round ${round + 1}/${rounds} ${contender.name}: ${took.toFixed(2)} s`);
    }
  }
  const of = (name: string): number[] => seconds.get(name) ?? [];
  const over = (name: string, base: string): number =>
    rounded(median(of(name).map((took, round) => took / (of(base)[round] ?? took))));
  const rss = peakMemoryMb(process.pid);
  return {
    figures: {
      rows: scene.rows,
      rowsPerSecond: Math.round(scene.rows / median(of('ours'))),
      ratios: {
        ...(psql === undefined ? {} : { psql: over('psql', 'ours') }),
        ...(pgloader === undefined ? {} : { pgloader: over('pgloader', 'ours') }),
      },
      badRowsFactor: over('bad', 'ours'),
      resumeFactor: over('resumed', 'ours'),
      ...(rss === undefined ? {} : { nodeRssMb: rss }),
    },
    rounds,
    versions: {
      node: process.versions.node,
      postgres: await serverVersion(scene),
      ...(psql === undefined ? {} : { psql }),
      ...(pgloader === undefined ? {} : { pgloader }),
    },
  };
}

async function timed(run: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}

async function transfer(scene: TransferScene, table: 'emp' | 'emp_bad'): Promise<void> {
  await load(scene, table, { signal: new AbortController().signal, progress: () => undefined });
  const bad = table === 'emp' ? 0 : Math.ceil(scene.rows / BAD_ROW_EVERY);
  await expectRows(scene, 'hr.emp', scene.rows - bad);
}

/** Stopped in the middle of a chunk when half of the rows are there, then run again. */
async function interruptedTransfer(scene: TransferScene): Promise<void> {
  const stop = new AbortController();
  const reason = new Error('stopped by the bench');
  let done = 0;
  const work: Work = {
    signal: stop.signal,
    progress: (progress) => {
      done += progress.done;
      if (done >= scene.rows / 2) stop.abort(reason);
    },
  };
  await load(scene, 'emp', work).catch((error: unknown) => {
    if (error !== reason) throw error;
  });
  await transfer(scene, 'emp');
}

async function load(scene: TransferScene, table: 'emp' | 'emp_bad', work: Work): Promise<void> {
  const { urls } = scene;
  const mapping = await compileMapping({ manifest: transferManifest(table), urls }, work);
  const [dataset] = mapping.datasets;
  if (dataset === undefined) throw new Error('nothing to load');
  const request = { dataset, urls, loadId: 'bench', mappingHash: mapping.hash };
  const plan = await planChunks(request, work);
  const chunks = Array.from({ length: plan.chunks }, (_, chunk) => chunk).values();
  const lane = () => transferChunks(request, chunks, () => work);
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
  const failed = lanes.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function psqlToPsql(scene: TransferScene): Promise<void> {
  await runShell(
    'psql "$1" -qXc "copy emp to stdout" | psql "$2" -qXc "copy public.emp from stdin"',
    [scene.legacy, scene.platform],
  );
  await expectRows(scene, 'public.emp', scene.rows);
}

/** With more rows prefetched its heap of 1 GB is not enough. */
async function loadWithPgloader(scene: TransferScene, folder: string): Promise<void> {
  const file = join(folder, 'pgloader.load');
  const url = (text: string): string => text.replace('postgres://', 'postgresql://');
  await writeFile(
    file,
    `load database from ${url(scene.legacy)} into ${url(scene.platform)}
     with data only, workers = 2, concurrency = 1, prefetch rows = 10000
     including only table names matching 'emp' in schema 'public';`,
  );
  await runShell('pgloader "$1"', [file]);
  await expectRows(scene, 'public.emp', scene.rows);
}

async function expectRows(scene: TransferScene, table: string, rows: number): Promise<void> {
  const found = await countRows(scene, table);
  if (found !== rows) throw new Error(`${table} has ${found} rows, expected ${rows}`);
}
