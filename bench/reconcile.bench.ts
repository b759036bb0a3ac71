import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChecksumKind } from '../dataplane/compare/checksum.ts';
import { compileMapping } from '../dataplane/mapping/compile-mapping.ts';
import { reconcileDataset } from '../dataplane/reconcile.ts';
import { startPostgres } from '../embedded/postgres.ts';
import {
  type Bench,
  type BenchOptions,
  type BenchResult,
  median,
  rounded,
} from './support/bench.ts';
import { peakMemoryMb, resetPeakMemory } from './support/peak-memory.ts';
import { type Reladiff, findReladiff, runReladiff } from './support/reladiff.ts';
import {
  columnNames,
  copyRowsOver,
  emptyTargets,
  makeTransferScene,
  onPlatform,
  serverVersion,
  type TransferScene,
  transferManifest,
} from './support/transfer-scene.ts';
import { load } from './support/transfer-table.ts';

const ROWS = 1_000_000;
const SMOKE_ROWS = 50_000;

/**
 * Time to find and name five planted differences (a row missing, one extra, three changed) in two tables of 13 columns
 * on one server: a reconciliation, from compiling the mapping to the named columns, with either checksum, against
 * reladiff with all columns and four threads a side. The legacy table is the same; the platform's are two copies of the
 * same rows, ours with the department before them. A turn that does not find exactly the five ends the bench.
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
    return await measure(scene, options);
  } finally {
    await server.process.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

interface Planted {
  readonly key: number;
  /** Of the platform's table; `T` stands for its name, `OURS` for what comes before its columns. */
  readonly sql: string;
  readonly named: string;
}

function planted(rows: number): Planted[] {
  const at = (share: number): number => Math.floor(rows * share);
  const [pay, surname, note, missing] = [at(0.12), at(0.55), at(0.9) - (at(0.9) % 3), at(0.3)];
  return [
    { key: pay, sql: `update T set pay = pay + 0.01 where id = ${pay}`, named: 'different in pay' },
    {
      key: surname,
      sql: `update T set surname = surname || ' ' where id = ${surname}`,
      named: 'different in surname',
    },
    { key: note, sql: `update T set note = null where id = ${note}`, named: 'different in note' },
    { key: missing, sql: `delete from T where id = ${missing}`, named: 'missing' },
    {
      key: rows + 1,
      sql: `insert into T (OURSid, ${columnNames().join(', ')}) select OURS${rows + 1}, ${columnNames().join(', ')} from T where id = 1`,
      named: 'extra',
    },
  ];
}

async function measure(scene: TransferScene, { smoke, say }: BenchOptions): Promise<BenchResult> {
  const rounds = smoke ? 1 : 5;
  const reladiff = await findReladiff(say);
  const differences = planted(scene.rows);
  await emptyTargets(scene);
  await load(scene, 'emp', { style: 'plain' });
  await copyRowsOver(scene);
  for (const { sql } of differences) {
    await onPlatform(scene, sql.replaceAll('T ', 'hr.emp ').replaceAll('OURS', 'department, '));
    await onPlatform(scene, sql.replaceAll('T ', 'public.emp ').replaceAll('OURS', ''));
  }
  await onPlatform(scene, 'vacuum (freeze, analyze) hr.emp, public.emp');
  resetPeakMemory();
  const seconds = new Map<string, number[]>();
  const contenders = ['fast', 'sha256', ...(reladiff === undefined ? [] : ['reladiff'])];
  let reladiffRssMb = 0;
  for (let round = 0; round < rounds; round += 1) {
    // Whoever comes first finds the caches as the last one left them: let that be another one each time.
    for (const [index] of contenders.entries()) {
      const name = contenders[(index + round) % contenders.length] ?? '';
      let took: number;
      if (name === 'reladiff' && reladiff !== undefined) {
        const outcome = await theirTurn(reladiff, scene, differences);
        took = outcome.seconds;
        reladiffRssMb = Math.max(reladiffRssMb, outcome.rssMb);
      } else took = await ourTurn(scene, name as ChecksumKind, differences);
      seconds.set(name, [...(seconds.get(name) ?? []), took]);
      say(`round ${round + 1}/${rounds} ${name}: ${took.toFixed(2)} s`);
    }
  }
  const of = (name: string): number[] => seconds.get(name) ?? [];
  const over = (name: string): number =>
    rounded(median(of('reladiff').map((took, round) => took / (of(name)[round] ?? took))));
  const rss = peakMemoryMb(process.pid);
  return {
    figures: {
      rows: scene.rows,
      seconds: Object.fromEntries([...seconds].map(([name, all]) => [name, rounded(median(all))])),
      ratios:
        reladiff === undefined
          ? {}
          : { reladiffFast: over('fast'), reladiffSha256: over('sha256') },
      ...(rss === undefined ? {} : { nodeRssMb: rss }),
      ...(reladiff === undefined ? {} : { reladiffRssMb }),
    },
    rounds,
    versions: {
      node: process.versions.node,
      postgres: await serverVersion(scene),
      ...(reladiff === undefined ? {} : { reladiff: reladiff.version }),
    },
  };
}

async function ourTurn(
  { urls }: TransferScene,
  checksum: ChecksumKind,
  differences: readonly Planted[],
): Promise<number> {
  const work = { signal: new AbortController().signal, progress: () => undefined };
  const start = performance.now();
  const manifest = transferManifest('emp', 'plain');
  const mapping = await compileMapping({ manifest, urls }, work);
  const result = await reconcileDataset(
    { mapping, dataset: 'employees', urls, loadId: 'bench', checksum },
    work,
  );
  const took = (performance.now() - start) / 1000;
  if (result.checksum !== checksum) throw new Error(`it used ${result.checksum}`);
  const found = result.differences.map(
    ({ key, kind, columns }) =>
      `${key} ${kind}${columns === undefined ? '' : ` in ${columns.join(', ')}`}`,
  );
  expectAll(
    found,
    differences.map(({ key, named }) => `${key} ${named}`),
  );
  return took;
}

async function theirTurn(
  reladiff: Reladiff,
  { legacy, platform }: TransferScene,
  differences: readonly Planted[],
): Promise<{ seconds: number; rssMb: number }> {
  const outcome = await runReladiff(reladiff, legacy, platform, columnNames());
  expectAll(
    outcome.keys,
    differences.map(({ key }) => String(key)),
  );
  return outcome;
}

function expectAll(found: readonly string[], expected: readonly string[]): void {
  if (found.toSorted().join('; ') === expected.toSorted().join('; ')) return;
  throw new Error(`found ${found.join('; ')}, planted were ${expected.join('; ')}`);
}
