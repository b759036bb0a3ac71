import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  type LegacyTable,
  makeTransferScene,
  type PlatformTable,
  serverVersion,
  type TransferScene,
} from './support/transfer-scene.ts';
import { load } from './support/transfer-table.ts';

const ROWS = 1_000_000;
const SMOKE_ROWS = 50_000;
/** Whose rows go through this process. */
const NOT_OURS: readonly string[] = ['psql', 'pgloader'];

/** Rows that the platform refuses, by the kind of constraint they break. */
const REFUSED = {
  null: 'emp_null',
  check: 'emp_check',
  reference: 'emp_reference',
  unique: 'emp_unique',
} as const satisfies Record<string, LegacyTable>;

/** The share of the rows that are there when a load is killed. */
const KILLED_AT = 0.9;

/**
 * Rows a second of a transfer (compiled, planned, then chunks of 50,000 rows, each mapped, counted, hashed and committed
 * with its ledger row) against the plainest way to copy a table between two PostgreSQL databases, `psql | psql`, and
 * against pgloader where it is installed: the same rows, one server with fsync, a primary key on each target, in turns.
 * The same with one row in a hundred that cannot be mapped; with one in a hundred that the platform refuses, by the kind of
 * constraint, against the same load into the same table without bad rows; and the
 * rest of a load that was killed with 90 % of its rows there: the time of the second run alone. The peak of
 * memory is given after the first turn and after the last one, when some twenty times as many rows have gone through.
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

/** The peak so far, after so many rows in all went through this process. */
interface Memory {
  readonly rows: number;
  readonly rssMb: number;
}

function memoryAfter(rows: number): Memory[] {
  const rssMb = peakMemoryMb(process.pid);
  return rssMb === undefined ? [] : [{ rows, rssMb }];
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
    { name: 'ours', turn: () => transfer(scene, 'emp') },
    { name: 'bad', turn: () => transfer(scene, 'emp_bad') },
    { name: 'strict', turn: () => transfer(scene, 'emp', 'hr.strict') },
    ...Object.entries(REFUSED).map(([kind, table]) => ({
      name: kind,
      turn: () => transfer(scene, table, 'hr.strict'),
    })),
    { name: 'resumed', turn: () => resumedTransfer(scene) },
  ];
  if (psql !== undefined) {
    contenders.push({ name: 'psql', turn: () => psqlToPsql(scene) });
  }
  if (pgloader !== undefined) {
    contenders.push({ name: 'pgloader', turn: () => loadWithPgloader(scene, folder) });
  }
  const memory: Memory[] = [];
  const seconds = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    // Whoever comes first finds the caches as the last one left them: let that be another one each time.
    const order = contenders.map((_, i) => contenders[(i + round) % contenders.length]);
    for (const contender of order) {
      if (contender === undefined) continue;
      await emptyTargets(scene);
      const took = await contender.turn();
      seconds.get(contender.name)?.push(took);
      if (!NOT_OURS.includes(contender.name))
        memory.push(...memoryAfter(scene.rows * (memory.length + 1)));
      say(`round ${round + 1}/${rounds} ${contender.name}: ${took.toFixed(2)} s`);
    }
  }
  const of = (name: string): number[] => seconds.get(name) ?? [];
  const over = (name: string, base: string): number =>
    rounded(median(of(name).map((took, round) => took / (of(base)[round] ?? took))));
  const rss = memory.at(-1)?.rssMb;
  return {
    figures: {
      rows: scene.rows,
      rowsPerSecond: Math.round(scene.rows / median(of('ours'))),
      ratios: {
        ...(psql === undefined ? {} : { psql: over('psql', 'ours') }),
        ...(pgloader === undefined ? {} : { pgloader: over('pgloader', 'ours') }),
      },
      badRowsFactor: over('bad', 'ours'),
      refusedRowsFactors: Object.fromEntries(
        Object.keys(REFUSED).map((kind) => [kind, over(kind, 'strict')]),
      ),
      resumeFactor: over('resumed', 'ours'),
      ...(rss === undefined ? {} : { nodeRssMb: rss, memory: [memory[0], memory.at(-1)] }),
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

async function transfer(
  scene: TransferScene,
  table: LegacyTable,
  target: PlatformTable = 'hr.emp',
): Promise<number> {
  const took = await timed(() => load(scene, table, { target }));
  const bad = table === 'emp' ? 0 : Math.ceil((scene.rows - 6) / BAD_ROW_EVERY);
  await expectRows(scene, target, scene.rows - bad);
  return took;
}

/** Killed in the middle of chunks when 90 % of the rows are there; gives the seconds of the run after it. */
async function resumedTransfer(scene: TransferScene): Promise<number> {
  const stop = new AbortController();
  const reason = new Error('killed by the bench');
  const work: Work = {
    signal: stop.signal,
    progress: ({ done }) => {
      if (done >= scene.rows * KILLED_AT) stop.abort(reason);
    },
  };
  await load(scene, 'emp', { work }).catch((error: unknown) => {
    if (error !== reason) throw error;
  });
  return transfer(scene, 'emp');
}

async function psqlToPsql(scene: TransferScene): Promise<number> {
  const line = 'psql "$1" -qXc "copy emp to stdout" | psql "$2" -qXc "copy public.emp from stdin"';
  const took = await timed(() => runShell(line, [scene.legacy, scene.platform]));
  await expectRows(scene, 'public.emp', scene.rows);
  return took;
}

/** With more rows prefetched its heap of 1 GB is not enough. */
async function loadWithPgloader(scene: TransferScene, folder: string): Promise<number> {
  const file = join(folder, 'pgloader.load');
  const url = (text: string): string => text.replace('postgres://', 'postgresql://');
  await writeFile(
    file,
    `load database from ${url(scene.legacy)} into ${url(scene.platform)}
     with data only, workers = 2, concurrency = 1, prefetch rows = 10000
     including only table names matching 'emp' in schema 'public';`,
  );
  const took = await timed(() => runShell('pgloader "$1"', [file]));
  await expectRows(scene, 'public.emp', scene.rows);
  return took;
}

async function expectRows(scene: TransferScene, table: string, rows: number): Promise<void> {
  const found = await countRows(scene, table);
  if (found !== rows) throw new Error(`${table} has ${found} rows, expected ${rows}`);
}
