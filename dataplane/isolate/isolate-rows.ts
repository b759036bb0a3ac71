import type pg from 'pg';
import { copyRows } from '../copy-rows.ts';
import { longQuery } from '../long-query.ts';
import type { CompiledDataset } from '../mapping/compiled-dataset.ts';
import {
  exclusionReasons,
  LOADED_BY_ANOTHER,
  rowKeySql,
  textArray,
} from '../mapping/source-rows.ts';
import type { TargetPlaces } from '../target-places.ts';
import type { Work } from '../work.ts';
import {
  breakForeignKeys,
  breakNotNullOrCheck,
  breakSelfReferences,
  breakUnique,
  createReplacing,
  isLoadedElsewhere,
  REPLACING,
} from './constraints.ts';
import { judgeScope, mapRows } from './evaluate.ts';
import {
  createTables,
  DROP_TABLES,
  isGood,
  KEY,
  MAPPED_ROWS,
  N,
  OUT,
  RAW,
  rawSql,
  rawTarget,
} from './temporary-tables.ts';
import { tryRows } from './try-rows.ts';

export interface IsolateOptions {
  readonly dataset: CompiledDataset;
  readonly places: TargetPlaces;
  readonly source: pg.Client;
  /** In a transaction. */
  readonly target: pg.Client;
  readonly targetUrl: string;
  /** SQL condition on the source row `s`. */
  readonly where: string;
  /** `sets` looks for broken constraints in sets; `rows` tries every row by itself; `mapping` looks at no constraint. */
  readonly by: 'sets' | 'rows' | 'mapping';
  /** Fills the table REPLACING: SQL of a SELECT of the key of rows that are about to be replaced. */
  readonly replacing?: string;
  /** Row keys to look at, once it is known which rows are in scope. Default: all. */
  readonly only?: readonly string[];
}

export interface Isolated {
  readonly read: number;
  readonly quarantined: number;
  /** Rows out of scope by reason; reasons without rows are left out. */
  readonly excluded: Readonly<Record<string, number>>;
  /** SHA-256 of the raw rows as they were copied. */
  readonly checksum: string;
}

/**
 * Copies raw source rows to temporary tables on the platform and tells good rows from bad ones. Afterwards the good
 * ones are the rows of MAPPED_ROWS for which `isGood` holds; nothing is written to the platform yet.
 */
export async function isolateRows(options: IsolateOptions, work: Work): Promise<Isolated> {
  const { dataset, places, target } = options;
  await target.query(DROP_TABLES);
  await target.query(createReplacing(dataset.target, places));
  if (options.replacing !== undefined) {
    await target.query(`insert into ${REPLACING} ${options.replacing}`);
  }
  await target.query(createTables(dataset, places));
  const copied = await copyRows(
    { ...dataset.relation, client: options.source, query: rawSql(dataset, options.where) },
    { client: target, side: 'target', into: rawTarget(dataset) },
    'binary',
    work,
  );
  await judge(options, work);
  return { ...(await counted(dataset, target)), checksum: copied.sha256 };
}

/** As `isolateRows`, for source rows by their row keys. */
export async function isolateOnly(
  options: Omit<IsolateOptions, 'where' | 'only'> & { readonly only: readonly string[] },
  work: Work,
): Promise<Isolated> {
  const { dataset, only } = options;
  // Which row of a value comes first can only be told from all of them.
  const where =
    dataset.onePer === undefined ? `${rowKeySql(dataset)} = any(${textArray(only)})` : 'true';
  return isolateRows({ ...options, where }, work);
}

type Judged = Pick<
  IsolateOptions,
  'dataset' | 'places' | 'target' | 'targetUrl' | 'by' | 'only' | 'replacing'
>;

/** Gives the raw rows their verdicts. */
async function judge(options: Judged, work: Work): Promise<void> {
  const { dataset, places, target, by, only } = options;
  await runAll(options, judgeScope(dataset), work);
  if (only !== undefined) await target.query(`delete from ${RAW} where ${KEY} <> all($1)`, [only]);
  await runAll(options, [mapRows(dataset)], work);
  if (by === 'mapping') return;
  if (dataset.onePer !== undefined) await runAll(options, leaveToTheOther(dataset, places), work);
  if (by === 'rows') await runAll(options, [tryRows(dataset, places)], work);
  else await judgeConstraints(options, work);
}

/** Kinds of constraints: mandatory values and checks; references to other rows; values that may occur once. */
export type ConstraintKind = 'values' | 'references' | 'uniques';

const ALL_KINDS: readonly ConstraintKind[] = ['values', 'references', 'uniques'];

/** Gives the mapped rows that break a constraint of the platform, of these kinds, their verdicts. */
export async function judgeConstraints(
  options: Omit<Judged, 'by'>,
  work: Work,
  kinds: readonly ConstraintKind[] = ALL_KINDS,
): Promise<void> {
  const { dataset, places } = options;
  // Only how many there are: what the planner assumes of a new table otherwise is far from it.
  await runAll(options, [`analyze ${MAPPED_ROWS} (${N})`], work);
  if (kinds.includes('values')) await runAll(options, [breakNotNullOrCheck(dataset)], work);
  if (kinds.includes('references')) {
    await runAll(options, breakForeignKeys(dataset, places), work);
  }
  if (kinds.includes('uniques')) {
    const uniques = breakUnique(dataset, places, options.replacing !== undefined);
    await runAll(options, uniques, work);
  }
  if (!kinds.includes('references')) return;
  const selfReferences = breakSelfReferences(dataset, places);
  while ((await runAll(options, selfReferences, work)) > 0);
}

/** Runs statements that may take long; returns how many rows they touched. */
async function runAll(
  { target, targetUrl }: Pick<IsolateOptions, 'target' | 'targetUrl'>,
  statements: readonly string[],
  work: Work,
): Promise<number> {
  const at = { url: targetUrl, side: 'target' } as const;
  const step = { done: 0, unit: 'rows' } as const;
  let touched = 0;
  for (const sql of statements) {
    const { rowCount } = await longQuery(target, at, work, step, () => target.query(sql));
    touched += rowCount ?? 0;
  }
  return touched;
}

/** The number under which rows that another dataset has loaded are out of scope. */
export function elsewhere(dataset: CompiledDataset): number {
  return exclusionReasons(dataset).length + 1;
}

function leaveToTheOther(dataset: CompiledDataset, places: TargetPlaces): string[] {
  return [
    `update ${RAW} s set ${OUT} = ${elsewhere(dataset)} from ${MAPPED_ROWS} m where m.${N} = s.${N} and ${isLoadedElsewhere(dataset, places)}`,
    `delete from ${MAPPED_ROWS} m using ${RAW} s where m.${N} = s.${N} and s.${OUT} <> 0`,
  ];
}

async function counted(
  dataset: CompiledDataset,
  target: pg.Client,
): Promise<Omit<Isolated, 'checksum'>> {
  const { rows } = await target.query<{ out: number; rows: string; bad: string }>(
    `select ${OUT} as out, count(*) as rows, count(*) filter (where not ${isGood('s')}) as bad from ${RAW} s group by 1`,
  );
  const reasons = [...exclusionReasons(dataset), LOADED_BY_ANOTHER];
  const excluded: Record<string, number> = {};
  for (const row of rows) {
    const reason = reasons[row.out - 1];
    if (reason !== undefined) excluded[reason] = (excluded[reason] ?? 0) + Number(row.rows);
  }
  return {
    read: rows.reduce((sum, row) => sum + Number(row.rows), 0),
    quarantined: rows.reduce((sum, row) => sum + Number(row.bad), 0),
    excluded,
  };
}
