import type { Actuals, Savings } from '../domain/controls/c16-baseline.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import { inTransaction } from './database.ts';
import type { Database, Queryable } from './database.ts';
import { contentHash } from './hashing.ts';
import type { Said } from './programmes.ts';

/** A claim of savings of a department. */
export interface SavingsClaim {
  readonly number: number;
  readonly savings: Savings;
  readonly actuals: Actuals;
  /** SHA-256 of figures and attachment. */
  readonly hash: string;
  readonly claimedBy: string;
  readonly claimedAt: Date;
  readonly confirmedBy: string | null;
  readonly confirmedAt: Date | null;
}

/** The claims of an onboarding, the first one first. */
export async function listSavings(
  database: Queryable,
  onboarding: string,
): Promise<SavingsClaim[]> {
  const { rows } = await database.query<
    Omit<SavingsClaim, 'savings' | 'actuals'> & {
      readonly content: Pick<SavingsClaim, 'savings' | 'actuals'>;
    }
  >(
    `select s.number, s.content, s.hash, s.claimed_by as "claimedBy", s.claimed_at as "claimedAt",
       c.confirmed_by as "confirmedBy", c.confirmed_at as "confirmedAt"
     from savings_claim s left join savings_confirmation c using (onboarding, number)
     where s.onboarding = $1 order by s.number`,
    [onboarding],
  );
  return rows.map(({ content, ...row }) => ({ ...row, ...content }));
}

/**
 * Keeps a claim with what is attached to it. The same again is the same claim; days are claimed once.
 * @param attached the actuals as they were given
 * @throws SlipwayError `savings/overlap`
 */
export async function claimSavings(
  database: Database,
  onboarding: string,
  { savings, actuals, attached }: { savings: Savings; actuals: Actuals; attached: string },
  { by, reason }: Said,
): Promise<SavingsClaim> {
  const hash = contentHash({ savings, actuals, attached } as unknown as Json);
  return inTransaction(database, async (client) => {
    await lock(client, onboarding);
    const claims = await listSavings(client, onboarding);
    const same = claims.find((claim) => claim.hash === hash);
    if (same !== undefined) return same;
    const other = claims.find(
      (claim) => claim.actuals.from <= actuals.to && claim.actuals.to >= actuals.from,
    );
    if (other !== undefined) {
      const days = `${other.actuals.from} to ${other.actuals.to}`;
      throw new SlipwayError('savings/overlap', `claim ${other.number} is of ${days}`);
    }
    await client.query(
      `insert into savings_claim (onboarding, number, content, actuals, hash, claimed_by, reason)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        onboarding,
        claims.length + 1,
        JSON.stringify({ savings, actuals }),
        attached,
        hash,
        by,
        reason,
      ],
    );
    return (await listSavings(client, onboarding)).find(
      (claim) => claim.hash === hash,
    ) as SavingsClaim;
  });
}

/**
 * Confirms a claim. The same again changes nothing.
 * @throws SlipwayError `request/not-found`, `approval/four-eyes`
 */
export async function confirmSavings(
  database: Database,
  onboarding: string,
  number: number,
  { by, reason }: Said,
): Promise<SavingsClaim> {
  return inTransaction(database, async (client) => {
    await lock(client, onboarding);
    const claim = await savingsClaim(client, onboarding, number);
    if (claim.claimedBy === by)
      throw new SlipwayError('approval/four-eyes', `${by} has made this claim`);
    await client.query(
      `insert into savings_confirmation (onboarding, number, confirmed_by, reason) values ($1, $2, $3, $4)
       on conflict do nothing`,
      [onboarding, number, by, reason],
    );
    return savingsClaim(client, onboarding, number);
  });
}

async function savingsClaim(
  database: Queryable,
  onboarding: string,
  number: number,
): Promise<SavingsClaim> {
  const claim = (await listSavings(database, onboarding)).find((each) => each.number === number);
  if (claim === undefined)
    throw new SlipwayError('request/not-found', `${onboarding} has no claim ${number}`);
  return claim;
}

/** What was let go of the legacy side. */
export interface Release {
  readonly item: string;
  readonly by: string;
  readonly at: Date;
  readonly reason: string;
}

/** The legacy systems and teams of an onboarding that were let go, the first one first. */
export async function listReleases(database: Queryable, onboarding: string): Promise<Release[]> {
  const { rows } = await database.query<Release>(
    `select item, released_by as by, released_at as at, reason from legacy_release
     where onboarding = $1 order by released_at, item`,
    [onboarding],
  );
  return rows;
}

/** Records that something was let go. The same again changes nothing. */
export async function recordRelease(
  database: Queryable,
  onboarding: string,
  item: string,
  { by, reason }: Said,
): Promise<void> {
  await database.query(
    `insert into legacy_release (onboarding, item, released_by, reason) values ($1, $2, $3, $4) on conflict do nothing`,
    [onboarding, item, by, reason],
  );
}

async function lock(client: Queryable, onboarding: string): Promise<void> {
  await client.query("select pg_advisory_xact_lock(hashtextextended('savings/' || $1, 0))", [
    onboarding,
  ]);
}
