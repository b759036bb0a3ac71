import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withConnection } from '../dataplane/connections.ts';
import { readPlatformTables } from '../dataplane/matching/platform-schema.ts';
import type { MatchSchema } from '../domain/matching/schema.ts';
import { startPostgres } from '../embedded/postgres.ts';
import { migrate } from '../store/migrate.ts';
import { derivedPairs } from './matching/derive.ts';
import { type LabelledPair, type Measured, measure } from './matching/measure.ts';
import { ownSources, platformPairs, type RawSchema } from './matching/own-pairs.ts';
import { folderPairs } from './matching/pair-folder.ts';
import type { RawTable } from './matching/raw-table.ts';
import type { Bench, BenchOptions } from './support/bench.ts';

/** The tables that derived pairs are cut from. */
const DERIVED_FROM = [
  'junior',
  'senior',
  'employee',
  'payslip',
  'hrms.tbl_staff',
  'hrms.tbl_post',
  'pay.tbl_tax',
  'job-history',
  'invoices',
  'suppliers',
];
const SMOKE_DERIVED_FROM = ['suppliers'];

/**
 * How well the matcher suggests, on labelled pairs: real and generated legacy sources against the platform's own tables, and pairs cut
 * from these sources in the manner of Valentine, each with values and by names alone. `recall` is Recall at ground-truth size,
 * `f1` that of the matches the matcher stands by, both the mean over pairs (over all: of the
 * two sets, of which the second has many more pairs and easier ones). Deterministic. Nothing was tuned with the pairs of
 * `heldOut`; `withoutGeneralKnowledge` leaves the list of common abbreviations and words of one meaning out.
 *
 * SLIPWAY_BENCH_PAIRS names a folder of published pairs in Valentine's layout; they are measured instead.
 */
export const bench: Bench = async (options) => {
  const folder = process.env['SLIPWAY_BENCH_PAIRS'];
  const figures =
    folder === undefined ? await ownFigures(options) : publishedFigures(folder, options);
  return { figures, rounds: 1, versions: { node: process.versions.node } };
};

async function ownFigures({ smoke, say }: BenchOptions): Promise<Record<string, unknown>> {
  const platform = await platformSchema();
  const { schemas, missing } = ownSources();
  for (const name of missing) say(`absent: ${name} (its data are not in ../shared/data)`);
  const bases = baseTables(schemas, smoke ? SMOKE_DERIVED_FROM : DERIVED_FROM);
  const pairsOf = (withValues: boolean) => ({
    platform: platformPairs(schemas, platform, withValues),
    derived: bases.flatMap((table) => derivedPairs(table, 'tuned', withValues)),
    heldOut: bases.flatMap((table) => derivedPairs(table, 'held-out', withValues)),
  });
  const [withValues, namesOnly] = [pairsOf(true), pairsOf(false)];
  const measured = measureAll({ ...withValues }, say);
  const names = measureAll({ ...namesOnly }, say);
  const plain = withValues.platform.map((pair) => measure(pair, false));
  return {
    ...together(figuresOf(measured.platform), figuresOf(measured.derived)),
    namesOnly: together(figuresOf(names.platform), figuresOf(names.derived)),
    withoutGeneralKnowledge: figuresOf(plain),
    heldOut: { ...figuresOf(measured.heldOut), namesOnly: figuresOf(names.heldOut) },
    platform: { ...figuresOf(measured.platform), namesOnly: figuresOf(names.platform) },
    derived: { ...figuresOf(measured.derived), namesOnly: figuresOf(names.derived) },
    pairs: perPair(measured.platform, names.platform),
    groups: { ...perGroup(measured.derived), ...perGroup(measured.heldOut) },
    missing,
  };
}

function publishedFigures(folder: string, { say }: BenchOptions): Record<string, unknown> {
  const measured = folderPairs(folder, true).map((pair) => said(measure(pair), say));
  const names = folderPairs(folder, false).map((pair) => measure(pair));
  return {
    ...figuresOf(measured),
    namesOnly: figuresOf(names),
    groups: perGroup(measured),
    pairs: measured.length,
  };
}

type Sets = { platform: LabelledPair[]; derived: LabelledPair[]; heldOut: LabelledPair[] };

function measureAll(sets: Sets, say: (line: string) => void): Record<keyof Sets, Measured[]> {
  const all = (pairs: readonly LabelledPair[]): Measured[] => pairs.map((pair) => measure(pair));
  return {
    platform: sets.platform.map((pair) => said(measure(pair), say)),
    derived: all(sets.derived),
    heldOut: all(sets.heldOut),
  };
}

function said(measured: Measured, say: (line: string) => void): Measured {
  const list = (title: string, pairs: readonly string[]): string =>
    pairs.length === 0 ? '' : `; ${title}: ${pairs.join(', ')}`;
  say(
    `${measured.name}: recall ${measured.recall.toFixed(2)}, f1 ${measured.f1.toFixed(2)}${list('missed', measured.missed)}${list('wrong', measured.wrong)}`,
  );
  return measured;
}

function baseTables(schemas: readonly RawSchema[], names: readonly string[]): RawTable[] {
  return schemas
    .flatMap(({ tables }) => tables)
    .filter(({ name }) => names.includes(name))
    .map((table) => ({
      ...table,
      name: table.name.replace(/^.*\./, ''),
      rows: table.rows.slice(0, 1000),
    }));
}

interface Figures {
  readonly recall: number;
  readonly f1: number;
  readonly pairs: number;
}

function figuresOf(measured: readonly Measured[]): Figures {
  const mean = (values: readonly number[]): number =>
    Math.round(
      (1000 * values.reduce((sum, value) => sum + value, 0)) / Math.max(1, values.length),
    ) / 1000;
  return {
    recall: mean(measured.map(({ recall }) => recall)),
    f1: mean(measured.map(({ f1 }) => f1)),
    pairs: measured.length,
  };
}

/** The derived pairs are many and easy: both sets count alike. */
function together(a: Figures, b: Figures): Omit<Figures, 'pairs'> {
  const mean = (x: number, y: number): number => Math.round(500 * (x + y)) / 1000;
  return { recall: mean(a.recall, b.recall), f1: mean(a.f1, b.f1) };
}

function perPair(
  measured: readonly Measured[],
  names: readonly Measured[],
): Record<string, unknown> {
  return Object.fromEntries(
    measured.map((pair) => {
      const byName = names.filter(({ name }) => name === pair.name);
      return [pair.name, { ...figuresOf([pair]), namesOnly: figuresOf(byName) }];
    }),
  );
}

function perGroup(measured: readonly Measured[]): Record<string, unknown> {
  const groups = [...new Set(measured.map(({ group }) => group))];
  return Object.fromEntries(
    groups.map((group) => [group, figuresOf(measured.filter((each) => each.group === group))]),
  );
}

/** The platform's own tables, read from the catalogue of a database that has them. */
async function platformSchema(): Promise<MatchSchema> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  const server = await startPostgres({
    folder: join(folder, 'postgres'),
    logFile: join(folder, 'postgres.log'),
    password: 'bench',
  });
  try {
    const url = await server.ensureDatabase('platform');
    const migrations = fileURLToPath(new URL('../embedded/platform', import.meta.url));
    await migrate({ url, folder: migrations, name: 'platform' });
    const tables = await withConnection(url, 'target', undefined, readPlatformTables);
    return tables.map(({ match }) => match);
  } finally {
    await server.process.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
