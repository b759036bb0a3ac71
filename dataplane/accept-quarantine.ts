import { inTransaction, withConnection } from './connections.ts';
import {
  type Accepted,
  type DecidedBy,
  findDecision,
  keepDecision,
  lockQuarantine,
  type QuarantineOf,
} from './quarantine-decision.ts';
import { PLATFORM } from './target-places.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

export interface AcceptRequest extends QuarantineOf, DecidedBy {
  readonly urls: DataPlaneUrls;
  /** Only rows that broke this rule. Default: all that are open. */
  readonly rule?: string | undefined;
  /** How many rows the person has seen. */
  readonly count: number;
}

/**
 * Accepts that open rows of the quarantine stay off the platform, when there are exactly as many as the person who accepts
 * them has seen. They keep counting as quarantined: accepted is not loaded. The same decision again does nothing.
 * @throws SlipwayError `target/unreachable`
 */
export async function acceptQuarantine(request: AcceptRequest, work: Work): Promise<Accepted> {
  const { dataset, loadId, urls, rule, count, id } = request;
  return withConnection(urls.target, 'target', work.signal, (target) =>
    inTransaction(target, 'write', async () => {
      await lockQuarantine(target, dataset.department);
      const before = await findDecision<Accepted>(target, request, id);
      if (before !== undefined) return before;
      const open = `department = $1 and load_id = $2 and dataset = $3 and status = 'open' and ($4::text is null or rule = $4)`;
      const of = [dataset.department, loadId, dataset.id, rule ?? null];
      const { rows } = await target.query<{ rows: number }>(
        `select count(*)::int as rows from ${PLATFORM.quarantine} where ${open}`,
        of,
      );
      const found = rows[0]?.rows ?? 0;
      let result: Accepted = { kind: 'accept', accepted: found };
      if (found === count) {
        await target.query(
          `update ${PLATFORM.quarantine} set status = 'accepted', closed_at = now(), decision = $5 where ${open}`,
          [...of, id],
        );
      } else {
        const which = rule === undefined ? '' : ` of the rule ${rule}`;
        const refused = `${count} rows were to be accepted; ${found} rows${which} are open`;
        result = { kind: 'accept', accepted: 0, refused };
      }
      await keepDecision(target, request, { ...request, result });
      return result;
    }),
  );
}
