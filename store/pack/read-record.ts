import type { PackIndex } from '../../domain/evidence-pack.ts';
import { SEAL_KIND } from '../../domain/evidence-pack.ts';
import type { SlipwayEvent } from '../../domain/events.ts';
import type { Json } from '../../domain/json.ts';
import type { Queryable } from '../database.ts';
import { findManifest } from '../manifests.ts';
import type { StoredManifest } from '../manifests.ts';
import type { LoggedEvent } from '../read-model.ts';
import { listEvents } from '../read-model.ts';

/** An onboarding as a pack names it. */
export interface RecordHead {
  readonly name: string;
  readonly status: string;
  /** Events in the chain, and its last link. */
  readonly events: number;
  readonly chain: string;
}

/** A document with the step that rests on it. */
export interface RecordDocument {
  readonly kind: string;
  readonly hash: string;
  readonly content: Json;
}

/** A variance without the person and without what they are paid: only the difference. */
export interface MaskedVariance {
  readonly period: string;
  /** `person 12`: the same person has the same number all over the pack. */
  readonly person: string;
  readonly element: string;
  readonly differencePence: number;
  readonly class: string;
  readonly signature: string;
  readonly overTolerance: boolean;
}

/** Rows fetched at a time. */
const PAGE = 1000;

/** What there is of an onboarding, or undefined. */
export async function recordHead(
  database: Queryable,
  onboarding: string,
): Promise<RecordHead | undefined> {
  const { rows } = await database.query<RecordHead>(
    `select coalesce(m.content -> 'department' ->> 'name', o.id) as name, o.status, o.chain_length::int as events,
            o.chain_hash as chain
     from onboarding o join manifest m on m.hash = o.manifest where o.id = $1`,
    [onboarding],
  );
  return rows[0];
}

/** All manifests it ran from, in the order in which they came into force. */
export async function recordManifests(
  database: Queryable,
  onboarding: string,
): Promise<StoredManifest[]> {
  const { rows } = await database.query<{ hash: string }>(
    `select body ->> 'manifest' as hash from event
     where onboarding = $1 and type in ('onboarding.started', 'onboarding.amended')
     group by 1 order by min(version), 1`,
    [onboarding],
  );
  const manifests: StoredManifest[] = [];
  for (const { hash } of rows) {
    const found = await findManifest(database, hash);
    if (found !== undefined) manifests.push(found);
  }
  return manifests;
}

/** Which step rests on which document, by kind, hash and step. */
export async function recordIndex(database: Queryable, onboarding: string): Promise<PackIndex> {
  const { rows } = await database.query<{ step: string; kind: string; hash: string; at: Date }>(
    `select step, kind, hash, created_at as at from evidence where onboarding = $1
     order by kind collate "C", hash collate "C", step collate "C"`,
    [onboarding],
  );
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

/** The seals of a record are not of the record that the next one seals. */
export function withoutSeals(index: PackIndex): PackIndex {
  return index.filter(({ kind }) => kind !== SEAL_KIND);
}

/** Every document once, one by one, in the order of the index. */
export async function* recordDocuments(
  database: Queryable,
  onboarding: string,
  index: PackIndex,
): AsyncGenerator<RecordDocument> {
  let last = '';
  for (const { kind, hash, step } of index) {
    if (`${kind} ${hash}` === last) continue;
    last = `${kind} ${hash}`;
    const { rows } = await database.query<{ content: Json }>(
      'select content from evidence where onboarding = $1 and step = $2 and hash = $3',
      [onboarding, step, hash],
    );
    yield { kind, hash, content: rows[0]?.content ?? null };
  }
}

/** The event log, some events at a time. */
export async function* recordEvents(
  database: Queryable,
  onboarding: string,
): AsyncGenerator<LoggedEvent[]> {
  for (let after = 0; ; ) {
    const events = await listEvents(database, onboarding, after, PAGE);
    if (events.length > 0) yield events;
    if (events.length < PAGE) return;
    after = events.at(-1)?.position ?? after;
  }
}

/** Periods that have variances. */
export async function recordPeriods(database: Queryable, onboarding: string): Promise<string[]> {
  const { rows } = await database.query<{ period: string }>(
    'select distinct period collate "C" as period from variance where onboarding = $1 order by 1',
    [onboarding],
  );
  return rows.map(({ period }) => period);
}

/** The variances of all periods, some at a time. Needs a transaction. */
export async function* recordVariances(
  database: Queryable,
  onboarding: string,
): AsyncGenerator<MaskedVariance[]> {
  await database.query(
    `declare masked_variance no scroll cursor for
     select period, 'person ' || dense_rank() over (order by person collate "C") as person, element,
            difference_pence::float8 as "differencePence", class, signature, over_tolerance as "overTolerance"
     from variance where onboarding = $1
     order by period collate "C", person collate "C", element collate "C"`,
    [onboarding],
  );
  for (;;) {
    const { rows } = await database.query<MaskedVariance>(
      `fetch ${PAGE * 10} from masked_variance`,
    );
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE * 10) break;
  }
  await database.query('close masked_variance');
}

/** What an event is made of in a pack: one line of JSON. */
export interface PackedEvent {
  readonly position: number;
  readonly hash: string;
  readonly event: SlipwayEvent;
}
