import type pg from 'pg';
import type { CompiledDataset } from './mapping/compiled-dataset.ts';

/** Who decides about rows in quarantine, and why. */
export interface DecidedBy {
  /** The command, by its number in the event log: the same one is carried out once. */
  readonly id: string;
  /** The person's reference. */
  readonly by: string;
  readonly reason: string;
}

/** What a re-drive did. `refused` says why nothing was done. */
export interface Redriven {
  readonly kind: 'redrive';
  /** Rows whose values were corrected. */
  readonly corrected: number;
  /** Rows that are on the platform now. */
  readonly loaded: number;
  /** Rows that are out of scope as they are now. */
  readonly excluded: number;
  /** Rows that the source no longer has. */
  readonly gone: number;
  /** Rows that are in quarantine still, for the same or another rule. */
  readonly remaining: number;
  readonly refused?: string;
}

/** What an acceptance did. `refused` says why nothing was done. */
export interface Accepted {
  readonly kind: 'accept';
  readonly accepted: number;
  readonly refused?: string;
}

/** A load of a dataset, for its quarantine. */
export interface QuarantineOf {
  readonly dataset: CompiledDataset;
  readonly loadId: string;
}

/** What a decision did, when it was carried out before. */
export async function findDecision<T extends Redriven | Accepted>(
  target: pg.Client,
  { dataset, loadId }: QuarantineOf,
  id: string,
): Promise<T | undefined> {
  const { rows } = await target.query<{ result: T }>(
    `select result from slipway.quarantine_decision
     where department = $1 and load_id = $2 and dataset = $3 and id = $4`,
    [dataset.department, loadId, dataset.id, id],
  );
  return rows[0]?.result;
}

/** Writes down what a decision did. */
export async function keepDecision(
  target: pg.Client,
  { dataset, loadId }: QuarantineOf,
  decision: DecidedBy & {
    readonly document?: string | undefined;
    readonly chunk?: number | undefined;
    readonly result: Redriven | Accepted;
  },
): Promise<void> {
  await target.query(
    `insert into slipway.quarantine_decision (department, load_id, dataset, id, kind, decided_by, reason, document, chunk, result)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      dataset.department,
      loadId,
      dataset.id,
      decision.id,
      decision.result.kind,
      decision.by,
      decision.reason,
      decision.document ?? null,
      decision.chunk ?? null,
      decision.result,
    ],
  );
}

/** One at a time for a department, together with deltas: two that looked at the same rows would both load them. */
export async function lockQuarantine(target: pg.Client, department: string): Promise<void> {
  await target.query("select pg_advisory_xact_lock(hashtext('slipway delta'), hashtext($1))", [
    department,
  ]);
}
