import type pg from 'pg';
import { type CopyEnd, copyRows } from '../copy-rows.ts';
import { longQuery } from '../long-query.ts';
import type { CompiledDataset } from '../mapping/compiled-dataset.ts';
import { exclusionReasons, LOADED_BY_ANOTHER } from '../mapping/source-rows.ts';
import { quoteLiteral } from '../quote.ts';
import { TECHNICAL_COLUMNS } from '../staged-table.ts';
import type { TargetPlaces } from '../target-places.ts';
import type { Work } from '../work.ts';
import {
  breakForeignKeys,
  breakNotNullOrCheck,
  breakSelfReferences,
  breakUnique,
  createReplacing,
  isLoadedElsewhere,
} from './constraints.ts';
import { judgeScope, mapRows } from './evaluate.ts';
import {
  createTables,
  DROP_TABLES,
  isGood,
  MAPPED_ROWS,
  N,
  OUT,
  RAW,
  rawSql,
  rawTarget,
  VERDICT,
} from './temporary-tables.ts';
import { tryRows } from './try-rows.ts';

/** Whose rows these are, in ledger and quarantine. */
export interface ChunkId {
  readonly department: string;
  readonly loadId: string;
  readonly dataset: string;
  readonly chunk: number;
}

export interface IsolateOptions {
  readonly dataset: CompiledDataset;
  readonly places: TargetPlaces;
  readonly source: CopyEnd;
  /** In a transaction. */
  readonly target: pg.Client;
  readonly targetUrl: string;
  /** SQL condition on the source row `s`. */
  readonly where: string;
  /** `sets` looks for broken constraints in sets; `rows` tries every row by itself; `mapping` looks at no constraint. */
  readonly by: 'sets' | 'rows' | 'mapping';
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
  await target.query(createTables(dataset, places));
  const copied = await copyRows(
    { ...options.source, query: rawSql(dataset, options.where) },
    { client: target, side: 'target', into: rawTarget(dataset) },
    'binary',
    work,
  );
  await judge(options, work);
  return { ...(await counted(dataset, target)), checksum: copied.sha256 };
}

/** Gives the raw rows their verdicts. */
export async function judge(
  options: Pick<IsolateOptions, 'dataset' | 'places' | 'target' | 'targetUrl' | 'by'>,
  work: Work,
): Promise<void> {
  const { dataset, places, target, by } = options;
  const run = async (statements: readonly string[]): Promise<number> => {
    let found = 0;
    for (const sql of statements) {
      const at = { url: options.targetUrl, side: 'target' } as const;
      const step = { done: 0, unit: 'rows' } as const;
      const result = await longQuery(target, at, work, step, () => target.query(sql));
      found += result.rowCount ?? 0;
    }
    return found;
  };
  await run([`analyze ${RAW}`, ...judgeScope(dataset), mapRows(dataset), `analyze ${MAPPED_ROWS}`]);
  if (by === 'mapping') return;
  if (dataset.onePer !== undefined) await run(leaveToTheOther(dataset, places));
  if (by === 'rows') {
    await run([tryRows(dataset, places)]);
    return;
  }
  await run(breakNotNullOrCheck(dataset));
  await run(breakForeignKeys(dataset, places));
  await run(breakUnique(dataset, places));
  const selfReferences = breakSelfReferences(dataset, places);
  while ((await run(selfReferences)) > 0);
}

/** The number under which rows that another dataset has loaded are out of scope. */
function elsewhere(dataset: CompiledDataset): number {
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

/** Writes the rows that broke a rule to the quarantine, and those that are another dataset's to their list. */
export async function keepRejects(
  id: ChunkId,
  { dataset, places, target }: Pick<IsolateOptions, 'dataset' | 'places' | 'target'>,
): Promise<void> {
  const key = [id.department, id.loadId, id.dataset, id.chunk];
  const ours = [N, OUT, '"_slipway_key"', '"_slipway_shown"'].map((name) => name.slice(1, -1));
  const technical = dataset.relation.staged ? [...ours, ...TECHNICAL_COLUMNS] : ours;
  const names = technical.map((name) => quoteLiteral(name)).join(', ');
  await target.query(
    `insert into ${places.quarantine} (department, load_id, dataset, chunk, source_key, row_key, rule, field, rules, raw)
     select $1, $2, $3, $4, s."_slipway_shown", s."_slipway_key", v.rules[1], v.fields[1], v.rules, to_jsonb(s) - array[${names}]
     from (select n, array_agg(rule order by seq) as rules, array_agg(field order by seq) as fields from ${VERDICT} group by n) v
       join ${RAW} s on s.${N} = v.n order by s.${N}`,
    key,
  );
  await target.query(
    `insert into ${places.loadedElsewhere} (department, load_id, dataset, chunk, row_key)
     select $1, $2, $3, $4, s."_slipway_key" from ${RAW} s where s.${OUT} = ${elsewhere(dataset)}`,
    key,
  );
}
