import { sameBaseline } from '../domain/controls/c11-forecast.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { RecordedMeasurement } from '../domain/programme.ts';
import type { Measurement, ProgrammePlan } from '../domain/programme-shape.ts';
import { inTransaction } from './database.ts';
import type { Database, Queryable } from './database.ts';
import { contentHash } from './hashing.ts';

/** A version of a programme's plan. */
export interface PlanVersion {
  readonly version: number;
  /** SHA-256 of its content. */
  readonly hash: string;
  readonly content: ProgrammePlan;
  readonly preparedBy: string;
  readonly preparedAt: Date;
  readonly reason: string;
  readonly approvedBy: string | null;
  readonly approvedAt: Date | null;
}

/** Who does something, and why. */
export interface Said {
  readonly by: string;
  readonly reason: string;
}

/** All versions of a programme's plan, the first one first. @throws SlipwayError `programme/altered` */
export async function listPlans(database: Queryable, programme: string): Promise<PlanVersion[]> {
  const { rows } = await database.query<PlanVersion>(
    `select p.version, p.hash, p.content, p.prepared_by as "preparedBy", p.prepared_at as "preparedAt", p.reason,
       a.approved_by as "approvedBy", a.approved_at as "approvedAt"
     from programme_plan p left join programme_approval a using (programme, version)
     where p.programme = $1 order by p.version`,
    [programme],
  );
  const altered = rows.find(({ content, hash }) => contentHash(content) !== hash);
  if (altered !== undefined) {
    const what = `version ${altered.version} of the plan of ${programme}`;
    throw new SlipwayError('programme/altered', `${what} is not what was handed in`);
  }
  return rows;
}

/** The plan that was approved last; undefined where none was. */
export function planInForce(plans: readonly PlanVersion[]): PlanVersion | undefined {
  return plans.findLast(({ approvedBy }) => approvedBy !== null);
}

/**
 * Keeps a plan as the next version. The same content as the newest version again is that version.
 * @param source the text as it was given
 */
export async function registerPlan(
  database: Database,
  plan: ProgrammePlan,
  source: string,
  { by, reason }: Said,
): Promise<{ version: PlanVersion; registered: boolean; newBaseline: boolean }> {
  const hash = contentHash(plan);
  return inTransaction(database, async (client) => {
    await lock(client, plan.programme);
    const before = await listPlans(client, plan.programme);
    const inForce = planInForce(before);
    const newBaseline = inForce === undefined || !sameBaseline(inForce.content, plan);
    const last = before.at(-1);
    if (last?.hash === hash) return { version: last, registered: false, newBaseline };
    await client.query(
      `insert into programme_plan (programme, version, hash, source, content, prepared_by, reason)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [plan.programme, (last?.version ?? 0) + 1, hash, source, JSON.stringify(plan), by, reason],
    );
    const version = (await listPlans(client, plan.programme)).at(-1) as PlanVersion;
    return { version, registered: true, newBaseline };
  });
}

/**
 * Puts the newest version of a plan in force. The same approval again changes nothing.
 * @param hash of the version that was looked at
 * @throws SlipwayError `request/not-found`, `approval/stale-evidence`, `approval/four-eyes`
 */
export async function approvePlan(
  database: Database,
  programme: string,
  hash: string,
  { by, reason }: Said,
): Promise<PlanVersion> {
  return inTransaction(database, async (client) => {
    await lock(client, programme);
    const newest = (await listPlans(client, programme)).at(-1);
    if (newest === undefined)
      throw new SlipwayError('request/not-found', `${programme} has no plan`);
    if (newest.hash !== hash) {
      throw new SlipwayError(
        'approval/stale-evidence',
        `the newest plan of ${programme} is ${newest.hash.slice(0, 12)}`,
      );
    }
    if (newest.preparedBy === by)
      throw new SlipwayError('approval/four-eyes', `${by} has prepared this plan`);
    if (newest.approvedBy === null) {
      await client.query(
        'insert into programme_approval (programme, version, approved_by, reason) values ($1, $2, $3, $4)',
        [programme, newest.version, by, reason],
      );
    }
    return (await listPlans(client, programme)).at(-1) as PlanVersion;
  });
}

/** What was measured of the provider, in the order of the months. @throws SlipwayError `programme/altered` */
export async function listMeasurements(
  database: Queryable,
  programme: string,
): Promise<(RecordedMeasurement & { readonly by: string })[]> {
  const { rows } = await database.query<{
    content: Measurement;
    hash: string;
    by: string;
    at: Date;
  }>(
    `select content, hash, measured_by as by, measured_at as at from provider_measurement
     where programme = $1 order by period`,
    [programme],
  );
  let before = '';
  for (const { content, hash } of rows) {
    if (chained(before, content) !== hash) {
      const what = `the measurement of ${content.period} of ${programme}`;
      throw new SlipwayError('programme/altered', `${what} is not what was recorded`);
    }
    before = hash;
  }
  return rows.map(({ content, by, at }) => ({ ...content, by, at: at.toISOString() }));
}

function chained(before: string, measurement: Measurement): string {
  return contentHash({ before, measurement });
}

/**
 * Records a measurement. The same again changes nothing.
 * @param problem says why it cannot follow the earlier ones
 * @throws SlipwayError `programme/measured`
 */
export async function recordMeasurement(
  database: Database,
  programme: string,
  measurement: Measurement,
  { by, reason }: Said,
  problem: (next: Measurement, earlier: readonly Measurement[]) => string | undefined,
): Promise<void> {
  await inTransaction(database, async (client) => {
    await lock(client, programme);
    const { rows } = await client.query<{ content: Measurement; hash: string }>(
      'select content, hash from provider_measurement where programme = $1 order by period',
      [programme],
    );
    const same = contentHash(measurement);
    if (rows.some(({ content }) => contentHash(content) === same)) return;
    const earlier = rows.map(({ content }) => content);
    const why = problem(measurement, earlier);
    if (why !== undefined) throw new SlipwayError('programme/measured', why);
    await client.query(
      `insert into provider_measurement (programme, period, content, hash, measured_by, reason)
       values ($1, $2, $3, $4, $5, $6)`,
      [
        programme,
        measurement.period,
        JSON.stringify(measurement),
        chained(rows.at(-1)?.hash ?? '', measurement),
        by,
        reason,
      ],
    );
  });
}

/** Versions and months have no gaps: whoever adds one waits for the others. */
async function lock(client: Queryable, programme: string): Promise<void> {
  await client.query("select pg_advisory_xact_lock(hashtextextended('programme/' || $1, 0))", [
    programme,
  ]);
}
