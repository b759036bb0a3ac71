import type pg from 'pg';
import type { CompiledDataset } from '../mapping/compiled-dataset.ts';
import { quoteLiteral } from '../quote.ts';
import { TECHNICAL_COLUMNS } from '../staged-table.ts';
import type { TargetPlaces } from '../target-places.ts';
import { elsewhere } from './isolate-rows.ts';
import { KEY, N, OUT, RAW, SHOWN, VERDICT } from './temporary-tables.ts';

/** Whose rows these are, in ledger and quarantine. */
export interface ChunkId {
  readonly department: string;
  readonly loadId: string;
  readonly dataset: string;
  readonly chunk: number;
}

interface Isolation {
  readonly dataset: CompiledDataset;
  readonly places: TargetPlaces;
  readonly target: pg.Client;
}

/** Writes the rows that broke a rule to the quarantine, and those that are another dataset's to their list. */
export async function keepRejects(
  id: ChunkId,
  { dataset, places, target }: Isolation,
): Promise<void> {
  const key = [id.department, id.loadId, id.dataset, id.chunk];
  await target.query(
    `insert into ${places.quarantine} (department, load_id, dataset, chunk, source_key, row_key, rule, field, rules, raw)
     select $1, $2, $3, $4, r.* from (${rejectedSql(dataset)}) r`,
    key,
  );
  await target.query(
    `insert into ${places.loadedElsewhere} (department, load_id, dataset, chunk, row_key)
     select $1, $2, $3, $4, e.key from (${elsewhereSql(dataset)}) e`,
    key,
  );
}

/**
 * As `keepRejects`, for rows that may have been rejected before: what is there already stays as it is, and what is no
 * longer so is closed.
 * @returns how many rows are new in quarantine, and how many left it
 */
export async function updateRejects(
  id: ChunkId,
  { dataset, places, target }: Isolation,
): Promise<{ readonly quarantined: number; readonly resolved: number }> {
  const key = [id.department, id.loadId, id.dataset];
  const ours = 'department = $1 and load_id = $2 and dataset = $3';
  const closed = await target.query(
    `update ${places.quarantine} q set status = 'resolved', closed_at = now() where ${ours} and status in ('open', 'accepted')
       and not exists (select from (${rejectedSql(dataset)}) r where r.row_key = q.row_key and r.rule = q.rule and r.raw = q.raw)`,
    key,
  );
  const added = await target.query(
    `insert into ${places.quarantine} (department, load_id, dataset, chunk, source_key, row_key, rule, field, rules, raw)
     select $1, $2, $3, $4, r.* from (${rejectedSql(dataset)}) r where not exists (
       select from ${places.quarantine} q where q.department = $1 and q.load_id = $2 and q.dataset = $3
         and q.status in ('open', 'accepted') and q.row_key = r.row_key)`,
    [...key, id.chunk],
  );
  await target.query(
    `delete from ${places.loadedElsewhere} where ${ours} and row_key not in (select key from (${elsewhereSql(dataset)}) e)`,
    key,
  );
  await target.query(
    `insert into ${places.loadedElsewhere} (department, load_id, dataset, chunk, row_key)
     select $1, $2, $3, $4, e.key from (${elsewhereSql(dataset)}) e on conflict do nothing`,
    [...key, id.chunk],
  );
  return { quarantined: added.rowCount ?? 0, resolved: closed.rowCount ?? 0 };
}

/** SELECT of the rows that broke a rule, in key order, with the columns of the quarantine. */
function rejectedSql(dataset: CompiledDataset): string {
  const ours = [N, OUT, KEY, SHOWN].map((name) => name.slice(1, -1));
  const technical = dataset.relation.staged ? [...ours, ...TECHNICAL_COLUMNS] : ours;
  const names = technical.map((name) => quoteLiteral(name)).join(', ');
  return `select s.${SHOWN} as source_key, s.${KEY} as row_key, v.rules[1] as rule, v.fields[1] as field,
      v.rules, to_jsonb(s) - array[${names}] as raw
    from (select n, array_agg(rule order by seq) as rules, array_agg(field order by seq) as fields from ${VERDICT} group by n) v
      join ${RAW} s on s.${N} = v.n order by s.${N}`;
}

function elsewhereSql(dataset: CompiledDataset): string {
  return `select s.${KEY} as key from ${RAW} s where s.${OUT} = ${elsewhere(dataset)}`;
}
