import { withConnection } from './connections.ts';
import { CORRECTIONS } from './corrections.ts';
import { PLATFORM } from './target-places.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

/** Where the quarantine of a dataset stands. */
export interface QuarantineState {
  /** Rows nobody has decided about. */
  readonly open: number;
  readonly openByRule: Readonly<Record<string, number>>;
  /** Rows a named person has accepted: off the platform, and agreed. */
  readonly accepted: number;
  /** Source rows whose corrected values count. */
  readonly corrected: number;
}

/**
 * Counts the quarantine of a dataset.
 * @throws SlipwayError `target/unreachable`
 */
export async function quarantineState(
  request: { urls: DataPlaneUrls; department: string; loadId: string; dataset: string },
  work: Work,
): Promise<QuarantineState> {
  const { urls, department, loadId, dataset } = request;
  return withConnection(urls.target, 'target', work.signal, async (target) => {
    const { rows } = await target.query<{
      open: Record<string, number> | null;
      accepted: number;
      corrected: number;
    }>(
      `select
         (select jsonb_object_agg(rule, rows) from (
           select rule, count(*) as rows from ${PLATFORM.quarantine}
           where department = $1 and load_id = $2 and dataset = $3 and status = 'open' group by rule) r) as open,
         (select count(*)::int from ${PLATFORM.quarantine}
           where department = $1 and load_id = $2 and dataset = $3 and status = 'accepted') as accepted,
         (select count(*)::int from ${CORRECTIONS}
           where department = $1 and load_id = $2 and dataset = $3 and status = 'active') as corrected`,
      [department, loadId, dataset],
    );
    const openByRule = rows[0]?.open ?? {};
    return {
      open: Object.values(openByRule).reduce((sum, count) => sum + count, 0),
      openByRule,
      accepted: rows[0]?.accepted ?? 0,
      corrected: rows[0]?.corrected ?? 0,
    };
  });
}
