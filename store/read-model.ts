import { parseStepKey } from '../domain/step-catalogue.ts';
import type { SlipwayEvent } from '../domain/events.ts';
import type { Json } from '../domain/json.ts';
import { viewStep } from '../domain/step-view.ts';
import { viewOnboarding } from '../domain/onboarding-view.ts';
import type { Progress } from '../domain/progress.ts';
import type { StepView } from '../domain/step-view.ts';
import type { OnboardingStatus, OnboardingView } from '../domain/onboarding-view.ts';
import type { Stage } from '../domain/stages.ts';
import type { Queryable } from './database.ts';

/** One line of the programme board. */
export interface OnboardingSummary {
  readonly id: string;
  readonly programme: string;
  readonly department: string;
  /** The department's name, from its manifest. */
  readonly name: string;
  readonly wave: number;
  readonly headcount: number;
  readonly status: string;
  readonly stage: string;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly parked: number;
  readonly waiting: number;
  readonly settled: number;
  readonly steps: number;
  readonly updatedAt: Date;
}

/** How far a running step is. `rate` is units a second since it began. */
export interface StepProgress {
  readonly key: string;
  readonly unit: string;
  readonly done: number;
  readonly total: number | null;
  readonly startedAt: Date;
  readonly at: Date;
}

/** An onboarding with all its steps, in the order of the journey. */
export interface OnboardingDetail {
  readonly id: string;
  readonly name: string;
  readonly wave: number;
  readonly headcount: number;
  readonly view: OnboardingView;
  readonly steps: readonly StepView[];
  readonly progress: readonly StepProgress[];
  /** Place of the newest event in the chain, and its link. */
  readonly position: number;
  readonly chainHash: string;
  readonly version: number;
}

/** One event of the log with its place and link in the chain. */
export interface LoggedEvent {
  readonly position: number;
  readonly hash: string;
  readonly event: SlipwayEvent;
}

/** Onboardings, all of them or those of a programme or with an id, by programme, wave and department. */
export async function listOnboardings(
  database: Queryable,
  only: { readonly programme?: string | undefined; readonly ids?: readonly string[] } = {},
): Promise<OnboardingSummary[]> {
  const { rows } = await database.query<OnboardingSummary>(
    `select o.id, o.programme, o.department, m.content -> 'department' ->> 'name' as name,
            (m.content -> 'department' ->> 'wave')::int as wave,
            (m.content -> 'department' ->> 'headcount')::int as headcount,
            o.status, o.stage, o.started_at as "startedAt", o.ended_at as "endedAt", o.updated_at as "updatedAt",
            coalesce(s.parked, 0)::int as parked, coalesce(s.waiting, 0)::int as waiting,
            coalesce(s.settled, 0)::int as settled,
            o.planned_steps as steps
     from onboarding o
     join manifest m on m.hash = o.manifest
     left join lateral (
       select count(*) filter (where status = 'parked') as parked, count(*) filter (where status = 'waiting') as waiting,
              count(*) filter (where status in ('succeeded', 'skipped', 'waived', 'not-needed')
                               and key not like 'cutover/undo/%') as settled
       from step where step.onboarding = o.id
     ) s on true
     where ($1::text is null or o.programme = $1) and ($2::text[] is null or o.id = any($2))
     order by o.programme, wave, o.department`,
    [only.programme ?? null, only.ids ?? null],
  );
  return rows;
}

/** One onboarding with its steps, or undefined. */
export async function findOnboarding(
  database: Queryable,
  id: string,
): Promise<OnboardingDetail | undefined> {
  const { rows } = await database.query<{
    name: string;
    wave: number;
    headcount: number;
    history: Progress['onboarding'];
    chain_length: string;
    chain_hash: string;
    version: string;
    steps: { key: string; history: Progress['steps'][string] }[];
    progress: (Omit<StepProgress, 'startedAt' | 'at'> & { startedAt: string; at: string })[];
  }>(
    `select m.content -> 'department' ->> 'name' as name, (m.content -> 'department' ->> 'wave')::int as wave,
            (m.content -> 'department' ->> 'headcount')::int as headcount,
            o.history, o.chain_length, o.chain_hash, o.version,
            (select coalesce(jsonb_agg(jsonb_build_object('key', s.key, 'history', s.history)), '[]')
             from step s where s.onboarding = o.id) as steps,
            (select coalesce(jsonb_agg(jsonb_build_object('key', p.key, 'unit', p.unit, 'done', p.done, 'total', p.total,
                                                          'startedAt', p.started_at, 'at', p.at)), '[]')
             from step_progress p where p.onboarding = o.id) as progress
     from onboarding o join manifest m on m.hash = o.manifest where o.id = $1`,
    [id],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  const view = viewOnboarding(row.history);
  const histories = new Map(row.steps.map((step) => [step.key, step.history]));
  const keys = [
    ...view.steps,
    ...[...histories.keys()].filter((key) => isExtra(key, view.steps)).toSorted(),
  ];
  return {
    id,
    name: row.name,
    wave: row.wave,
    headcount: row.headcount,
    view,
    steps: keys.map((key) => viewStep(key, histories.get(key) ?? [])),
    progress: row.progress.map((each) => ({
      ...each,
      startedAt: new Date(each.startedAt),
      at: new Date(each.at),
    })),
    position: Number(row.chain_length),
    chainHash: row.chain_hash,
    version: Number(row.version),
  };
}

/** Steps that come up on the way (those of a roll-back). Steps of an amended, older plan are history. */
function isExtra(key: string, planned: readonly string[]): boolean {
  return !planned.includes(key) && parseStepKey(key)?.id === 'cutover/undo';
}

/** Whose journey it is, from which manifest, and how it stands: what a command has to know beforehand. */
export interface Standing {
  readonly id: string;
  readonly manifest: string;
  readonly status: OnboardingStatus;
  readonly stage: Stage;
  readonly version: number;
}

/** How an onboarding stands, or undefined. */
export async function findStanding(database: Queryable, id: string): Promise<Standing | undefined> {
  const { rows } = await database.query<Standing>(
    'select id, manifest, status, stage, version::float8 as version from onboarding where id = $1',
    [id],
  );
  return rows[0];
}

/** How far the running steps of an onboarding are. */
export async function findStepProgress(
  database: Queryable,
  onboarding: string,
): Promise<StepProgress[]> {
  const { rows } = await database.query<StepProgress>(
    `select p.key, p.unit, p.done::float8 as done, p.total::float8 as total, p.started_at as "startedAt", p.at
     from step_progress p
     join step s on s.onboarding = p.onboarding and s.key = p.key and s.status in ('running', 'retrying')
     where p.onboarding = $1 order by p.key`,
    [onboarding],
  );
  return rows;
}

/** Events after a position, in the order of the chain. `limit` at the most. */
export async function listEvents(
  database: Queryable,
  onboarding: string,
  after = 0,
  limit = 1000,
): Promise<LoggedEvent[]> {
  const { rows } = await database.query<{ position: string; hash: string; body: SlipwayEvent }>(
    'select position, hash, body from event where onboarding = $1 and position > $2 order by position limit $3',
    [onboarding, after, limit],
  );
  return rows.map((row) => ({ position: Number(row.position), hash: row.hash, event: row.body }));
}

/** A document of an onboarding by its hash, or undefined. */
export async function findEvidence(
  database: Queryable,
  onboarding: string,
  hash: string,
): Promise<{ hash: string; step: string; kind: string; content: Json } | undefined> {
  const { rows } = await database.query<{
    hash: string;
    step: string;
    kind: string;
    content: Json;
  }>('select hash, step, kind, content from evidence where onboarding = $1 and hash = $2 limit 1', [
    onboarding,
    hash,
  ]);
  return rows[0];
}

/** All documents of an onboarding, without their content. */
export async function listEvidence(
  database: Queryable,
  onboarding: string,
): Promise<{ hash: string; step: string; kind: string; createdAt: Date }[]> {
  const { rows } = await database.query<{
    hash: string;
    step: string;
    kind: string;
    createdAt: Date;
  }>(
    `select hash, step, kind, created_at as "createdAt" from evidence where onboarding = $1
     order by created_at, step, kind, hash`,
    [onboarding],
  );
  return rows;
}
