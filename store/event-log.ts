import type pg from 'pg';
import { SlipwayError } from '../domain/errors.ts';
import { asStepEvent } from '../domain/events.ts';
import type { SlipwayEvent } from '../domain/events.ts';
import type { Json } from '../domain/json.ts';
import { applyEvent } from '../domain/progress.ts';
import type { Progress } from '../domain/progress.ts';
import { inTransaction } from './database.ts';
import type { Database } from './database.ts';
import type { Draft } from './event-rows.ts';
import { eventRow, onboardingRow, stepRow } from './event-rows.ts';
import { CHAIN_START, chainHash, contentHash } from './hashing.ts';

/** A document to keep with the events that refer to it. */
export interface EvidenceDocument {
  readonly kind: string;
  readonly step: string;
  readonly content: Json;
}

interface Append {
  readonly onboarding: string;
  readonly events: readonly SlipwayEvent[];
  readonly evidence: readonly EvidenceDocument[];
}

interface Waiting {
  readonly append: Append;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The most appends in one transaction: enough to share a commit, few enough to hold locks only briefly. */
const BATCH = 100;

/**
 * Writes events: log, hash chain, read model and evidence in one transaction, followed by a NOTIFY on the channel
 * `slipway_event` with `<position> <onboarding>` as its payload. Appends that arrive while a transaction is
 * under way share the next one, so that many short steps cost few commits.
 */
export class EventLog {
  readonly #database: Database;
  #queue: Waiting[] = [];
  #writing = false;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Appends events of one onboarding. Idempotent: an event whose version and part are there already is left out. The
   * first event of a new onboarding must be `onboarding.started` or arrive after it.
   * @throws SlipwayError `service/unreachable` when the database is away
   */
  append(
    onboarding: string,
    events: readonly SlipwayEvent[],
    evidence: readonly EvidenceDocument[] = [],
  ): Promise<void> {
    if (events.length === 0 && evidence.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#queue.push({ append: { onboarding, events, evidence }, resolve, reject });
      if (!this.#writing) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#writing = true;
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, BATCH);
      this.#queue = this.#queue.slice(BATCH);
      await this.#write(batch);
    }
    this.#writing = false;
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    try {
      await inTransaction(this.#database, (client) =>
        writeAppends(
          client,
          batch.map((each) => each.append),
        ),
      );
      for (const each of batch) each.resolve();
    } catch (error) {
      if (batch.length === 1) {
        batch[0]?.reject(error);
        return;
      }
      // One bad append must not fail its neighbours.
      for (const each of batch) await this.#write([each]);
    }
  }
}

interface OnboardingRow {
  id: string;
  history: Progress['onboarding'];
  version: string;
  chain_length: string;
  chain_hash: string;
}

async function writeAppends(client: pg.PoolClient, appends: readonly Append[]): Promise<void> {
  const drafts = await lockDrafts(client, appends);
  await loadSteps(client, drafts, appends);
  const known = await knownEvents(client, appends);
  for (const append of appends) {
    for (const event of append.events) {
      const key = eventKey(append.onboarding, event);
      if (known.has(key)) continue;
      known.add(key);
      extend(drafts.get(append.onboarding) as Draft, event);
    }
  }
  await writeEvidence(client, appends);
  await writeDrafts(client, drafts);
}

async function lockDrafts(
  client: pg.PoolClient,
  appends: readonly Append[],
): Promise<Map<string, Draft>> {
  const ids = [...new Set(appends.map((append) => append.onboarding))].toSorted();
  const select = `select id, history, version, chain_length, chain_hash from onboarding
                  where id = any($1) order by id for update`;
  let { rows } = await client.query<OnboardingRow>(select, [ids]);
  const missing = ids.filter((id) => !rows.some((row) => row.id === id));
  if (missing.length > 0) {
    for (const id of missing) await createOnboarding(client, id, appends);
    ({ rows } = await client.query<OnboardingRow>(select, [ids]));
  }
  return new Map(
    rows.map((row) => [
      row.id,
      {
        progress: { onboarding: row.history, steps: {} },
        version: Number(row.version),
        length: Number(row.chain_length),
        hash: row.chain_hash,
        added: [],
        touched: new Set<string>(),
      },
    ]),
  );
}

async function createOnboarding(
  client: pg.PoolClient,
  id: string,
  appends: readonly Append[],
): Promise<void> {
  const started = appends
    .filter((append) => append.onboarding === id)
    .flatMap((append) => append.events)
    .find((event) => event.type === 'onboarding.started');
  if (started?.type !== 'onboarding.started') {
    throw new SlipwayError('internal/unexpected', `events of ${id} arrived before it was started`);
  }
  await client.query(
    `insert into onboarding (id, programme, department, manifest, status, stage, planned_steps, history, version, chain_length, chain_hash)
     values ($1, $2, $3, $4, 'running', 'discovery', 0, '[]', 0, 0, $5) on conflict do nothing`,
    [id, started.programme, started.department, started.manifest, CHAIN_START],
  );
}

/** Only the steps that the batch touches: the reducer needs no others. */
async function loadSteps(
  client: pg.PoolClient,
  drafts: Map<string, Draft>,
  appends: readonly Append[],
): Promise<void> {
  const wanted = appends.flatMap((append) =>
    append.events.flatMap((event) => {
      const step = asStepEvent(event)?.step;
      return step === undefined ? [] : [{ onboarding: append.onboarding, step }];
    }),
  );
  if (wanted.length === 0) return;
  const { rows } = await client.query<{
    onboarding: string;
    key: string;
    history: Progress['steps'][string];
  }>(
    `select s.onboarding, s.key, s.history from step s
     join (select distinct * from unnest($1::text[], $2::text[]) as w (onboarding, key)) w using (onboarding, key)`,
    [wanted.map((each) => each.onboarding), wanted.map((each) => each.step)],
  );
  for (const row of rows) {
    const draft = drafts.get(row.onboarding) as Draft;
    draft.progress = {
      ...draft.progress,
      steps: { ...draft.progress.steps, [row.key]: row.history },
    };
  }
}

function eventKey(onboarding: string, event: Pick<SlipwayEvent, 'version' | 'part'>): string {
  return `${event.version}.${event.part} ${onboarding}`;
}

async function knownEvents(
  client: pg.PoolClient,
  appends: readonly Append[],
): Promise<Set<string>> {
  const events = appends.flatMap((append) =>
    append.events.map((event) => ({ onboarding: append.onboarding, event })),
  );
  const { rows } = await client.query<{ onboarding: string; version: string; part: number }>(
    `select e.onboarding, e.version, e.part from event e
     join unnest($1::text[], $2::bigint[], $3::int[]) as w (onboarding, version, part) using (onboarding, version, part)`,
    [
      events.map((each) => each.onboarding),
      events.map((each) => each.event.version),
      events.map((each) => each.event.part),
    ],
  );
  return new Set(
    rows.map((row) => eventKey(row.onboarding, { version: Number(row.version), part: row.part })),
  );
}

function extend(draft: Draft, event: SlipwayEvent): void {
  draft.progress = applyEvent(draft.progress, event);
  draft.version = Math.max(draft.version, event.version);
  draft.length += 1;
  draft.hash = chainHash(draft.hash, event);
  draft.added.push({ position: draft.length, hash: draft.hash, event });
  const step = asStepEvent(event)?.step;
  if (step !== undefined) draft.touched.add(step);
}

async function writeEvidence(client: pg.PoolClient, appends: readonly Append[]): Promise<void> {
  const rows = appends.flatMap((append) =>
    append.evidence.map((document) => ({
      hash: contentHash(document.content),
      onboarding: append.onboarding,
      step: document.step,
      kind: document.kind,
      content: document.content,
    })),
  );
  if (rows.length === 0) return;
  await client.query(
    `insert into evidence (hash, onboarding, step, kind, content)
     select hash, onboarding, step, kind, content
     from jsonb_to_recordset($1::jsonb) as d (hash text, onboarding text, step text, kind text, content jsonb)
     on conflict do nothing`,
    [JSON.stringify(rows)],
  );
}

async function writeDrafts(client: pg.PoolClient, drafts: Map<string, Draft>): Promise<void> {
  const changed = [...drafts].filter(([, draft]) => draft.added.length > 0);
  if (changed.length === 0) return;
  await client.query(
    `insert into event (onboarding, position, version, part, step, type, at, body, hash)
     select onboarding, position, version, part, step, type, at, body, hash
     from jsonb_to_recordset($1::jsonb) as e (onboarding text, position bigint, version bigint, part int, step text,
                                              type text, at timestamptz, body jsonb, hash text)`,
    [
      JSON.stringify(
        changed.flatMap(([id, draft]) => draft.added.map((added) => eventRow(id, added))),
      ),
    ],
  );
  await client.query(
    `insert into step (onboarding, key, status, error_code, attempts, waiting_since, started_at, ended_at, history)
     select onboarding, key, status, error_code, attempts, waiting_since, started_at, ended_at, history
     from jsonb_to_recordset($1::jsonb) as s (onboarding text, key text, status text, error_code text, attempts int,
       waiting_since timestamptz, started_at timestamptz, ended_at timestamptz, history jsonb)
     on conflict (onboarding, key) do update set status = excluded.status, error_code = excluded.error_code,
       attempts = excluded.attempts, waiting_since = excluded.waiting_since, started_at = excluded.started_at,
       ended_at = excluded.ended_at, history = excluded.history`,
    [
      JSON.stringify(
        changed.flatMap(([id, draft]) => [...draft.touched].map((key) => stepRow(id, key, draft))),
      ),
    ],
  );
  await client.query(
    `with changed as (
       update onboarding o set manifest = c.manifest, status = c.status, stage = c.stage, planned_steps = c.planned_steps, started_at = c.started_at,
         ended_at = c.ended_at, history = c.history, version = c.version, chain_length = c.chain_length,
         chain_hash = c.chain_hash, updated_at = now()
       from jsonb_to_recordset($1::jsonb) as c (id text, manifest text, status text, stage text, planned_steps int, started_at timestamptz,
         ended_at timestamptz, history jsonb, version bigint, chain_length bigint, chain_hash text)
       where o.id = c.id
       returning o.id, o.chain_length
     )
     select pg_notify('slipway_event', chain_length || ' ' || id) from changed`,
    [JSON.stringify(changed.map(([id, draft]) => onboardingRow(id, draft)))],
  );
}
