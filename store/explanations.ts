import type { Explanation } from '../domain/step-run.ts';
import { SlipwayError } from '../domain/errors.ts';
import { carryOver } from '../domain/carry-over.ts';
import { inTransaction } from './database.ts';
import type { Database, Queryable } from './database.ts';
import { contentHash } from './hashing.ts';
import { varianceGroups } from './variances.ts';

/** Keeps the people that an explanation is about, and returns the hash that commands carry. Doing it again changes nothing. */
export async function keepCases(
  database: Queryable,
  cases: {
    readonly onboarding: string;
    readonly period: string;
    readonly people: readonly string[];
    readonly by: string;
  },
): Promise<string> {
  const { onboarding, period, by } = cases;
  const people = [...new Set(cases.people)].toSorted();
  const hash = contentHash({ onboarding, period, people });
  await database.query(
    `insert into case_set (onboarding, hash, period, people, imported_by) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [onboarding, hash, period, JSON.stringify(people), by],
  );
  return hash;
}

/**
 * Writes what people said of the variances of a period, and tests what was explained in the period before against this one:
 * it is carried forward where it still fits, and open again where its group has outgrown it. Doing it again changes nothing.
 * @param previous the period before; undefined for the first
 * @throws SlipwayError `request/invalid` for a signature that the period does not have, or people who have no such variance
 */
export async function settleExplanations(
  database: Database,
  onboarding: string,
  { period, previous }: { readonly period: string; readonly previous: string | undefined },
  said: readonly Explanation[],
): Promise<void> {
  const known = new Set((await varianceGroups(database, onboarding, period)).map(signatureOf));
  const unknown = said.filter((each) => !known.has(each.signature));
  if (unknown.length > 0) {
    throw new SlipwayError(
      'request/invalid',
      `period ${period} has no variances of the signature ${unknown.map(signatureOf).join(', ')}`,
    );
  }
  await inTransaction(database, async (client) => {
    if (previous !== undefined) await carryForward(client, onboarding, period, previous);
    for (const each of said) {
      if (each.cases === undefined) await writeRule(client, onboarding, period, each);
      else await writeCases(client, onboarding, period, each, each.cases);
    }
  });
}

async function carryForward(
  client: Queryable,
  onboarding: string,
  period: string,
  previous: string,
): Promise<void> {
  await client.query(
    `insert into variance_case (onboarding, period, person, element, signature, decision, cause, explained_by, carried_from)
     select v.onboarding, v.period, v.person, v.element, v.signature, c.decision, c.cause, c.explained_by, c.period
     from variance v join variance_case c using (onboarding, person, element, signature)
     where v.onboarding = $1 and v.period = $2 and c.period = $3 and v.over_tolerance
     on conflict do nothing`,
    [onboarding, period, previous],
  );
  const before = new Map(
    (await varianceGroups(client, onboarding, previous)).map((group) => [group.signature, group]),
  );
  for (const group of await varianceGroups(client, onboarding, period)) {
    const earlier = before.get(group.signature);
    if (!group.overTolerance || group.status !== 'open' || group.reopened !== null) continue;
    if (earlier === undefined || earlier.decision === null) continue;
    const outgrown = carryOver(earlier, group);
    const holds = outgrown === undefined;
    await client.query(
      `insert into variance_explanation (onboarding, period, signature, decision, cause, explained_by, status, owner, due,
         tested_lines, tested_pence, carried_from, reopened)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing`,
      [
        onboarding,
        period,
        group.signature,
        holds ? earlier.decision : null,
        holds ? earlier.cause : null,
        earlier.explainedBy,
        holds ? 'carried' : 'open',
        earlier.owner,
        earlier.due,
        earlier.testedLines,
        earlier.testedPence,
        previous,
        outgrown ?? null,
      ],
    );
  }
}

async function writeRule(
  client: Queryable,
  onboarding: string,
  period: string,
  each: Explanation,
): Promise<void> {
  const decided = each.decision !== undefined;
  await client.query(
    `insert into variance_explanation as e (onboarding, period, signature, decision, cause, explained_by, status, owner, due, notes,
       tested_lines, tested_pence)
     select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, count(*), sum(difference_pence)
     from variance where onboarding = $1 and period = $2 and signature = $3
     on conflict (onboarding, period, signature) do update
       set decision = coalesce(excluded.decision, case when $11 then e.decision end),
           cause = coalesce(excluded.cause, case when $11 then e.cause end),
           status = case when excluded.decision is null and $11 then e.status else excluded.status end,
           explained_by = case when excluded.decision is null then e.explained_by else excluded.explained_by end,
           carried_from = case when excluded.decision is null then e.carried_from end,
           tested_lines = case when excluded.decision is null then e.tested_lines else excluded.tested_lines end,
           tested_pence = case when excluded.decision is null then e.tested_pence else excluded.tested_pence end,
           owner = coalesce(excluded.owner, e.owner), due = coalesce(excluded.due, e.due), notes = excluded.notes,
           explained_at = now()`,
    [
      onboarding,
      period,
      each.signature,
      each.decision ?? null,
      decided ? (each.cause ?? null) : null,
      each.by,
      decided ? 'explained' : (each.status ?? 'open'),
      each.owner ?? null,
      each.due ?? null,
      JSON.stringify(each.notes ?? []),
      // Without a status of its own a change of owner, date or notes leaves the decision as it is.
      each.status === undefined,
    ],
  );
}

async function writeCases(
  client: Queryable,
  onboarding: string,
  period: string,
  each: Explanation,
  hash: string,
): Promise<void> {
  const { rows } = await client.query<{ people: string[] }>(
    'select people from case_set where onboarding = $1 and hash = $2 and period = $3',
    [onboarding, hash, period],
  );
  const people = rows[0]?.people ?? [];
  const { rowCount } = await client.query(
    `insert into variance_case (onboarding, period, person, element, signature, decision, cause, explained_by)
     select onboarding, period, person, element, signature, $5, $6, $7 from variance
     where onboarding = $1 and period = $2 and signature = $3 and person = any($4)
     on conflict (onboarding, period, person, element) do update
       set decision = excluded.decision, cause = excluded.cause, explained_by = excluded.explained_by, carried_from = null`,
    [onboarding, period, each.signature, people, each.decision, each.cause, each.by],
  );
  if ((rowCount ?? 0) < people.length || people.length === 0) {
    throw new SlipwayError(
      'request/invalid',
      `${people.length - (rowCount ?? 0)} of ${people.length} people have no variance of ${each.signature} in ${period}`,
    );
  }
}

function signatureOf({ signature }: { readonly signature: string }): string {
  return signature;
}
