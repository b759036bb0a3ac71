import { randomUUID } from 'node:crypto';
import type { ErrorCode } from '../domain/errors.ts';
import { type InspectionRequest, isUnmasked } from '../domain/inspection.ts';
import type { Json } from '../domain/json.ts';
import type { Queryable } from './database.ts';

/** Why a look failed. */
export interface InspectionFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Json;
}

/** A look that was asked for. */
export interface Inspection {
  readonly id: string;
  readonly onboarding: string;
  /** Hash of the manifest that the onboarding runs from. */
  readonly manifest: string;
  readonly request: InspectionRequest;
  /** An uploaded file. */
  readonly document: Buffer | null;
  readonly askedBy: string;
}

/** How a look ended. */
export type InspectionAnswer =
  | { readonly status: 'asked' }
  | { readonly status: 'answered'; readonly answer: Json; readonly file: Buffer | null }
  | { readonly status: 'failed'; readonly failure: InspectionFailure };

/** Who has seen raw values, and which. */
export interface UnmaskedLook {
  readonly askedBy: string;
  readonly askedAt: Date;
  readonly kind: string;
  readonly request: InspectionRequest;
}

/**
 * Writes down that somebody wants to look.
 * @param keepForMs how long answer and document stay
 * @returns its id
 */
export async function askInspection(
  database: Queryable,
  ask: {
    readonly onboarding: string;
    readonly request: InspectionRequest;
    readonly document?: Buffer | undefined;
    readonly by: string;
    readonly keepForMs: number;
  },
): Promise<string> {
  const id = randomUUID();
  await database.query(
    `insert into inspection (id, onboarding, kind, request, document, asked_by, unmasked, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, now() + $8 * interval '1 millisecond')`,
    [
      id,
      ask.onboarding,
      ask.request.kind,
      ask.request,
      ask.document ?? null,
      ask.by,
      isUnmasked(ask.request),
      ask.keepForMs,
    ],
  );
  return id;
}

/** Deletes answers, uploads and corrections whose time has come. What was asked, by whom and when stays. */
export async function deleteExpired(database: Queryable): Promise<void> {
  await database.query(
    `update inspection set answer = null, file = null, document = null
     where expires_at < now() and (answer is not null or file is not null or document is not null)`,
  );
  await database.query(
    'update correction set content = null where expires_at < now() and content is not null',
  );
}

/** A look by its id, or undefined. */
export async function findInspection(
  database: Queryable,
  id: string,
): Promise<Inspection | undefined> {
  const { rows } = await database.query<Inspection>(
    `select i.id, i.onboarding, o.manifest, i.request, i.document, i.asked_by as "askedBy"
     from inspection i join onboarding o on o.id = i.onboarding where i.id = $1`,
    [id],
  );
  return rows[0];
}

/** Writes the answer down. An upload that was answered is not needed again. */
export async function answerInspection(
  database: Queryable,
  id: string,
  { answer, file }: { readonly answer: Json; readonly file?: Buffer | undefined },
): Promise<void> {
  await database.query(
    `update inspection set status = 'answered', answer = $2, file = $3, document = null where id = $1`,
    [id, JSON.stringify(answer), file ?? null],
  );
}

/** Writes down why there is no answer. */
export async function failInspection(
  database: Queryable,
  id: string,
  failure: InspectionFailure,
): Promise<void> {
  await database.query(
    `update inspection set status = 'failed', answer = $2, document = null where id = $1`,
    [id, JSON.stringify(failure)],
  );
}

/** Takes the answer: it is deleted as it is read. */
export async function takeAnswer(database: Queryable, id: string): Promise<InspectionAnswer> {
  const { rows } = await database.query<{ status: string; answer: Json; file: Buffer | null }>(
    `with taken as (select id, status, answer, file from inspection where id = $1 for update)
     update inspection i set answer = null, file = null from taken t where i.id = t.id
     returning t.status, t.answer, t.file`,
    [id],
  );
  const row = rows[0];
  if (row?.status === 'answered') return { status: 'answered', answer: row.answer, file: row.file };
  if (row?.status === 'failed')
    return { status: 'failed', failure: row.answer as unknown as InspectionFailure };
  return { status: 'asked' };
}

/** Who has seen raw values of an onboarding, the last ones first. */
export async function unmaskedLooks(
  database: Queryable,
  onboarding: string,
  limit: number,
): Promise<UnmaskedLook[]> {
  const { rows } = await database.query<UnmaskedLook>(
    `select asked_by as "askedBy", asked_at as "askedAt", kind, request from inspection
     where onboarding = $1 and unmasked order by asked_at desc limit $2`,
    [onboarding, limit],
  );
  return rows;
}
