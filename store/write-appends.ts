import type pg from 'pg';
import { SlipwayError } from '../domain/errors.ts';
import { asStepEvent } from '../domain/events.ts';
import type { SlipwayEvent } from '../domain/events.ts';
import { applyEvent } from '../domain/progress.ts';
import type { Progress } from '../domain/progress.ts';
import { eventRow, onboardingHead, onboardingRow, stepRow } from './event-rows.ts';
import type { Append, Draft } from './event-rows.ts';
import { CHAIN_START, chainHash, contentHash } from './hashing.ts';

/**
 * Writes appends inside an open transaction, in three statements however many they are: lock the onboardings, read what
 * the reducer needs, write everything. The statements are prepared once per connection: planning them costs more than
 * running them.
 * @returns per append, its events as the log has them: what was written first stands
 */
export async function writeAppends(
  client: pg.PoolClient,
  appends: readonly Append[],
): Promise<SlipwayEvent[][]> {
  const drafts = await lockDrafts(client, appends);
  const known = await readState(client, drafts, appends);
  const stored = appends.map((append) =>
    append.events.map((event) => {
      const key = eventKey(append.onboarding, event);
      const first = known.get(key);
      if (first !== undefined) return first;
      known.set(key, event);
      extend(drafts.get(append.onboarding) as Draft, event);
      return event;
    }),
  );
  await writeDrafts(client, drafts, appends);
  return stored;
}

interface OnboardingRow {
  id: string;
  history: Progress['onboarding'] | null;
  version: string;
  chain_length: string;
  chain_hash: string;
}

/** In the order of their ids, so that two writers never wait for each other in a circle. */
async function lockDrafts(
  client: pg.PoolClient,
  appends: readonly Append[],
): Promise<Map<string, Draft>> {
  const ids = [...new Set(appends.map((append) => append.onboarding))].toSorted();
  const own = appends
    .filter((append) => append.events.some((event) => asStepEvent(event) === undefined))
    .map((append) => append.onboarding);
  const lock = () =>
    client.query<OnboardingRow>({
      name: 'event-log-lock',
      text: `select id, case when id = any($2) then history end as history, version, chain_length, chain_hash
             from onboarding where id = any($1) order by id for update`,
      values: [ids, own],
    });
  let { rows } = await lock();
  const missing = ids.filter((id) => !rows.some((row) => row.id === id));
  if (missing.length > 0) {
    for (const id of missing) await createOnboarding(client, id, appends);
    ({ rows } = await lock());
  }
  return new Map(
    rows.map((row) => [
      row.id,
      {
        progress: { onboarding: row.history ?? [], steps: {} },
        own: row.history !== null,
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

function eventKey(onboarding: string, event: Pick<SlipwayEvent, 'version' | 'part'>): string {
  return `${event.version}.${event.part} ${onboarding}`;
}

interface StateRow {
  onboarding: string;
  /** A step with its history, or an event that is there already. */
  key: string | null;
  history: Progress['steps'][string] | null;
  body: SlipwayEvent | null;
}

/** Puts the steps that the batch touches into the drafts: the reducer needs no others. @returns the events known already */
async function readState(
  client: pg.PoolClient,
  drafts: Map<string, Draft>,
  appends: readonly Append[],
): Promise<Map<string, SlipwayEvent>> {
  const events = appends.flatMap(({ onboarding, events: own }) =>
    own.map((event) => ({ onboarding, event })),
  );
  const steps = new Map(
    events.flatMap(({ onboarding, event }) => {
      const step = asStepEvent(event)?.step;
      return step === undefined ? [] : [[`${onboarding} ${step}`, { onboarding, step }] as const];
    }),
  );
  const { rows } = await client.query<StateRow>({
    name: 'event-log-read',
    text: `select s.onboarding, s.key, s.history, null::jsonb as body
           from unnest($1::text[], $2::text[]) as w (onboarding, key) join step s using (onboarding, key)
           union all
           select e.onboarding, null, null, e.body
           from unnest($3::text[], $4::bigint[], $5::int[]) as w (onboarding, version, part)
           join event e using (onboarding, version, part)`,
    values: [
      [...steps.values()].map((each) => each.onboarding),
      [...steps.values()].map((each) => each.step),
      events.map((each) => each.onboarding),
      events.map((each) => each.event.version),
      events.map((each) => each.event.part),
    ],
  });
  const known = new Map<string, SlipwayEvent>();
  for (const { onboarding, key, history, body } of rows) {
    if (body !== null) known.set(eventKey(onboarding, body), body);
    else (drafts.get(onboarding) as Draft).progress.steps[key ?? ''] = history ?? [];
  }
  return known;
}

function extend(draft: Draft, event: SlipwayEvent): void {
  const { onboarding, steps } = applyEvent(draft.progress, event);
  draft.progress = { onboarding, steps: { ...steps } };
  draft.version = Math.max(draft.version, event.version);
  draft.length += 1;
  draft.hash = chainHash(draft.hash, event);
  draft.added.push({ position: draft.length, hash: draft.hash, event });
  const step = asStepEvent(event)?.step;
  if (step !== undefined) draft.touched.add(step);
}

async function writeDrafts(
  client: pg.PoolClient,
  drafts: Map<string, Draft>,
  appends: readonly Append[],
): Promise<void> {
  const changed = [...drafts].filter(([, draft]) => draft.added.length > 0);
  const evidence = appends.flatMap(({ onboarding, evidence: documents }) =>
    documents.map((document) => ({ onboarding, ...document, hash: contentHash(document.content) })),
  );
  if (changed.length === 0 && evidence.length === 0) return;
  await client.query({
    name: 'event-log-write',
    text: WRITE,
    values: [
      changed.flatMap(([id, draft]) => draft.added.map((added) => eventRow(id, added))),
      changed.flatMap(([id, draft]) => [...draft.touched].map((key) => stepRow(id, key, draft))),
      changed.filter(([, draft]) => draft.own).map(([id, draft]) => onboardingRow(id, draft)),
      changed.filter(([, draft]) => !draft.own).map(([id, draft]) => onboardingHead(id, draft)),
      evidence,
    ].map((rows) => JSON.stringify(rows)),
  });
}

/** An onboarding whose own events are not touched keeps its history where it is: only the end of the chain moves. */
const WRITE = `
  with logged as (
    insert into event (onboarding, position, version, part, step, type, at, body, hash)
    select onboarding, position, version, part, step, type, at, body, hash
    from jsonb_to_recordset($1::jsonb) as e (onboarding text, position bigint, version bigint, part int, step text, type text,
      at timestamptz, body jsonb, hash text)
  ), stepped as (
    insert into step (onboarding, key, status, error_code, attempts, waiting_since, started_at, ended_at, history)
    select onboarding, key, status, error_code, attempts, waiting_since, started_at, ended_at, history
    from jsonb_to_recordset($2::jsonb) as s (onboarding text, key text, status text, error_code text, attempts int,
      waiting_since timestamptz, started_at timestamptz, ended_at timestamptz, history jsonb)
    on conflict (onboarding, key) do update set status = excluded.status, error_code = excluded.error_code,
      attempts = excluded.attempts, waiting_since = excluded.waiting_since, started_at = excluded.started_at,
      ended_at = excluded.ended_at, history = excluded.history
  ), documented as (
    insert into evidence (onboarding, step, hash, kind, content)
    select onboarding, step, hash, kind, content
    from jsonb_to_recordset($5::jsonb) as d (onboarding text, step text, hash text, kind text, content jsonb)
    on conflict do nothing
  ), whole as (
    update onboarding o set manifest = c.manifest, status = c.status, stage = c.stage, planned_steps = c.planned_steps,
      started_at = c.started_at, ended_at = c.ended_at, history = c.history, version = c.version,
      chain_length = c.chain_length, chain_hash = c.chain_hash, updated_at = now()
    from jsonb_to_recordset($3::jsonb) as c (id text, manifest text, status text, stage text, planned_steps int,
      started_at timestamptz, ended_at timestamptz, history jsonb, version bigint, chain_length bigint, chain_hash text)
    where o.id = c.id
    returning o.id, o.chain_length
  ), heads as (
    update onboarding o set version = c.version, chain_length = c.chain_length, chain_hash = c.chain_hash,
      updated_at = now()
    from jsonb_to_recordset($4::jsonb) as c (id text, version bigint, chain_length bigint, chain_hash text)
    where o.id = c.id
    returning o.id, o.chain_length
  )
  select pg_notify('slipway_event', chain_length || ' ' || id) from (table whole union all table heads) changed`;
