import { withConnection } from './connections.ts';
import type { RowCounts } from './ledger.ts';
import type { Accepted, Redriven } from './quarantine-decision.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

/** A decision about rows in quarantine. */
export interface KeptDecision {
  readonly id: string;
  readonly by: string;
  readonly reason: string;
  readonly at: string;
  readonly result: Redriven | Accepted;
}

/** One load of one dataset. Times are as PostgreSQL writes them, in UTC. */
export interface HistoricLoad extends RowCounts {
  readonly loadId: string;
  readonly dataset: string;
  /** Every planned chunk was loaded. */
  readonly complete: boolean;
  /** Its mappings: one, unless it was amended in the middle. */
  readonly mappings: readonly string[];
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** When a later load took its rows off the platform again. */
  readonly supersededAt: string | null;
  /** With what deltas and re-drives have changed since. The other figures are those of the load itself. */
  readonly now: RowCounts;
  readonly decisions: readonly KeptDecision[];
}

/**
 * Every load of a department, those that were superseded included: mock loads with their figures. In the order in which
 * they began, then by dataset.
 * @throws SlipwayError `target/unreachable`
 */
export async function loadHistory(
  request: { urls: DataPlaneUrls; department: string; dataset?: string },
  work: Work,
): Promise<HistoricLoad[]> {
  const { urls, department, dataset } = request;
  return withConnection(urls.target, 'target', work.signal, async (target) => {
    const { rows } = await target.query<HistoricLoad>(HISTORY, [department, dataset ?? null]);
    return rows;
  });
}

const counts = (condition: string): string =>
  ['read', 'loaded', 'quarantined', 'excluded']
    .map((name) => `'${name}', coalesce(sum(rows_${name})${condition}, 0)`)
    .join(', ');

const HISTORY = `
  with load as (
    select load_id, dataset, count(*) filter (where kind = 'load') as chunks,
      jsonb_build_object(${counts(" filter (where kind = 'load')")}) as own, jsonb_build_object(${counts('')}) as now,
      array_agg(distinct mapping_hash) as mappings, min(started_at) as started_at,
      max(finished_at) filter (where kind = 'load') as finished_at, max(superseded_at) as superseded_at
    from slipway.load_ledger where department = $1 and ($2::text is null or dataset = $2) group by load_id, dataset
  ), began as (
    select load_id, min(started_at) as began_at from slipway.load_ledger where department = $1 group by load_id
  )
  select l.load_id as "loadId", l.dataset, l.chunks = (
      select count(*) from slipway.load_plan p where p.department = $1 and p.load_id = l.load_id and p.dataset = l.dataset
    ) as complete,
    (l.own ->> 'read')::int as read, (l.own ->> 'loaded')::int as loaded, (l.own ->> 'quarantined')::int as quarantined,
    (l.own ->> 'excluded')::int as excluded, l.now, l.mappings, l.started_at as "startedAt", l.finished_at as "finishedAt",
    l.superseded_at as "supersededAt",
    coalesce((
      select jsonb_agg(jsonb_build_object('id', d.id, 'by', d.decided_by, 'reason', d.reason, 'at', d.decided_at, 'result', d.result)
        order by d.decided_at)
      from slipway.quarantine_decision d where d.department = $1 and d.load_id = l.load_id and d.dataset = l.dataset
    ), '[]') as decisions
  from load l join began b using (load_id) order by b.began_at, l.load_id, l.dataset`;
