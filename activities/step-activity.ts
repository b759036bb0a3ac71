import { CancelledFailure, Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { ERRORS, SlipwayError } from '../domain/errors.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { SlipwayEvent, StepEventBody } from '../domain/events.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { Manifest } from '../domain/manifest.ts';
import {
  BOUNDED_ATTEMPTS,
  HEARTBEAT_INTERVAL,
  PROGRESS_INTERVAL,
  QUICK_STEP,
  STALL_TIMEOUT,
  STEP_RETRY,
} from '../domain/policies.ts';
import { definitionOf } from '../domain/step-catalogue.ts';
import { stepInputSchema } from '../domain/step-inputs.ts';
import type { StepOutcome, StepRun } from '../domain/step-run.ts';
import type { DataPlaneUrls } from '../dataplane/urls.ts';
import type { Work } from '../dataplane/work.ts';
import type { Database } from '../store/database.ts';
import type { EventLog } from '../store/event-log.ts';
import { contentHash } from '../store/hashing.ts';
import { evidenceOf } from '../store/step-outputs.ts';
import { saveStepProgress } from '../store/step-progress.ts';

/** What the activities of steps need from the worker. */
export interface StepDependencies {
  readonly database: Database;
  readonly log: EventLog;
  /** The manifest of a hash with the folder its paths start from. @throws SlipwayError */
  readonly manifest: (hash: string) => Promise<{ manifest: Manifest; baseFolder: string }>;
  /** Folder with newer tables of the modulus check of bank accounts than those that come with Slipway. */
  readonly bankTables?: string | undefined;
  /** Connection URLs for a manifest. @throws SlipwayError `manifest/secret-missing` */
  readonly urls: (manifest: Manifest, baseFolder: string) => Promise<DataPlaneUrls>;
  /** Content of a secret. @throws SlipwayError `manifest/secret-missing` */
  readonly secret: (
    reference: { env: string } | { file: string },
    baseFolder: string,
  ) => Promise<string>;
}

/** What the body of a step works with. */
export interface StepContext {
  readonly run: StepRun;
  /** The item of a repeated step: its source, dataset or period. Empty for the others. */
  readonly item: string;
  readonly manifest: Manifest;
  readonly baseFolder: string;
  readonly database: Database;
  readonly work: Work;
  readonly bankTables?: string | undefined;
  readonly urls: () => Promise<DataPlaneUrls>;
  readonly secret: (reference: { env: string } | { file: string }) => Promise<string>;
  /** Outputs of the steps that are settled, by key. */
  readonly outputs: () => Promise<ReadonlyMap<string, JsonObject>>;
  /** A document that a settled step rests on; undefined when it has none, because it was skipped or waived. */
  readonly evidence: (step: string, kind: string) => Promise<Json | undefined>;
}

/** What the body of a step found. Small: counts, hashes and references; documents go into evidence. */
export interface StepResult {
  readonly output: JsonObject;
  readonly evidence?: readonly { readonly kind: string; readonly content: Json }[];
  /** People have to decide on it: the roles of the step's quorum. */
  readonly waits?: boolean;
  /** ISO time at which to look again. */
  readonly until?: string;
}

/** The work of a step. Failures it throws are written down, retried or parked by the engine. */
export type StepBody = (context: StepContext) => Promise<StepResult>;

/** An activity of a step. */
export type StepActivity = (run: StepRun) => Promise<StepOutcome>;

/**
 * Makes the activity of a step from its body: reads the manifest, heartbeats, and writes the step's events in the
 * store, after those the workflow sends along. No other activity is needed for bookkeeping.
 */
export function stepActivity(
  dependencies: StepDependencies,
  loadOutputs: (onboarding: string) => Promise<ReadonlyMap<string, JsonObject>>,
  body: StepBody,
): StepActivity {
  return async (run) => {
    const { attempt } = Context.current().info;
    if (attempt > 1) {
      // The attempt before may have ended well without the server hearing of it.
      const written = await findOutcome(dependencies.database, run);
      if (written !== undefined) return written;
    }
    // What people have decided since the last step has to be in the record before a body looks into it.
    if (run.outbox.length > 0) await dependencies.log.append(run.onboarding, run.outbox);
    const journal = new StepJournal(dependencies.log, run, attempt);
    const pulse = startPulse(dependencies.database, run);
    let end: SlipwayEvent;
    try {
      const context = await contextOf(dependencies, run, loadOutputs, pulse.work);
      end = await journal.succeeded(await body(context));
    } catch (error) {
      if (Context.current().cancellationSignal.aborted)
        throw new CancelledFailure('the step was cancelled');
      end = await journal.failed(error);
    } finally {
      pulse.stop();
    }
    return outcomeOf(end);
  };
}

/** What the workflow is told of the end of an attempt. @throws ApplicationFailure when it failed */
function outcomeOf(end: SlipwayEvent): StepOutcome {
  if (end.type !== 'step.attempt-failed') return end as StepOutcome;
  const { attempt, failure, retryInMs } = end;
  const { code, message, details } = failure;
  throw ApplicationFailure.create({
    type: code,
    message,
    nonRetryable: retryInMs === undefined,
    details: [{ attempts: attempt, ...(details === undefined ? {} : { details }) }],
  });
}

async function contextOf(
  dependencies: StepDependencies,
  run: StepRun,
  loadOutputs: (onboarding: string) => Promise<ReadonlyMap<string, JsonObject>>,
  work: Work,
): Promise<StepContext> {
  const definition = definitionOf(run.step);
  const input = stepInputSchema(definition.id).safeParse(run.input);
  if (!input.success) {
    throw new SlipwayError(
      'step/input-invalid',
      input.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
    );
  }
  const { manifest, baseFolder } = await dependencies.manifest(run.manifest);
  return {
    run,
    item: run.step.slice(definition.id.length + 1),
    manifest,
    baseFolder,
    database: dependencies.database,
    work,
    bankTables: dependencies.bankTables,
    urls: () => dependencies.urls(manifest, baseFolder),
    secret: (reference) => dependencies.secret(reference, baseFolder),
    outputs: () => loadOutputs(run.onboarding),
    evidence: (step, kind) => evidenceOf(dependencies.database, run.onboarding, step, kind),
  };
}

async function findOutcome(database: Database, run: StepRun): Promise<StepOutcome | undefined> {
  const { rows } = await database.query<{ body: StepOutcome }>(
    `select body from event where onboarding = $1 and version = $2 and type in ('step.succeeded', 'step.waiting')`,
    [run.onboarding, run.version],
  );
  return rows[0]?.body;
}

/** Writes the events of one attempt. */
class StepJournal {
  readonly #log: EventLog;
  readonly #run: StepRun;
  readonly #attempt: number;
  readonly #started: SlipwayEvent;
  readonly #timer: NodeJS.Timeout;
  #writing: Promise<unknown> | undefined;

  constructor(log: EventLog, run: StepRun, attempt: number) {
    this.#log = log;
    this.#run = run;
    this.#attempt = attempt;
    const input = Object.keys(run.input).length === 0 ? {} : { input: run.input };
    this.#started = this.#event(attempt * 2 - 1, {
      type: 'step.started',
      step: run.step,
      attempt,
      ...input,
    });
    this.#timer = setTimeout(() => {
      this.#writing = this.#log.append(run.onboarding, [this.#started]);
      // Whoever ends the attempt waits for it and hears of its failure.
      this.#writing.catch(() => undefined);
    }, QUICK_STEP);
  }

  #event(part: number, body: StepEventBody): SlipwayEvent {
    return { version: this.#run.version, part, at: new Date().toISOString(), ...body };
  }

  /** @returns the end that stands: a lost worker may have run the same attempt and written its end first */
  async #end(
    body: StepEventBody,
    documents: Parameters<EventLog['append']>[2] = [],
  ): Promise<SlipwayEvent> {
    clearTimeout(this.#timer);
    const ended = this.#event(this.#attempt * 2, body);
    await this.#writing;
    const events = this.#writing === undefined ? [this.#started, ended] : [ended];
    const stored = await this.#log.append(this.#run.onboarding, events, documents);
    return stored.at(-1) ?? ended;
  }

  async succeeded(result: StepResult): Promise<SlipwayEvent> {
    const { step, quorum } = this.#run;
    const documents = (result.evidence ?? []).map((each) => ({ ...each, step }));
    const evidence = documents.map(({ kind, content }) => ({ kind, hash: contentHash(content) }));
    const facts = { step, attempt: this.#attempt, output: result.output, evidence };
    const body: StepEventBody =
      result.waits === true || result.until !== undefined
        ? {
            type: 'step.waiting',
            ...facts,
            quorum,
            ...(result.until === undefined ? {} : { until: result.until }),
          }
        : { type: 'step.succeeded', ...facts };
    return this.#end(body, documents);
  }

  /** `retryInMs` of the event says whether the server is to try again. */
  async failed(error: unknown): Promise<SlipwayEvent> {
    const { code, message, details } = describe(error);
    const attempt = this.#attempt;
    const known = error instanceof SlipwayError;
    const retry = ERRORS[code].retryable || (!known && attempt < BOUNDED_ATTEMPTS);
    const failure = { code, message, ...(details === undefined ? {} : { details }) };
    const retryInMs = Math.min(
      STEP_RETRY.maximumInterval,
      STEP_RETRY.initialInterval * 2 ** (attempt - 1),
    );
    return this.#end({
      type: 'step.attempt-failed',
      step: this.#run.step,
      attempt,
      failure,
      ...(retry ? { retryInMs } : {}),
    });
  }
}

/** What a person reads of an error. The stack goes to the log of the worker, not into events. */
function describe(error: unknown): {
  code: ErrorCode;
  message: string;
  details: JsonObject | undefined;
} {
  if (error instanceof SlipwayError) {
    return {
      code: error.code,
      message: clean(error.message),
      details: error.details as JsonObject | undefined,
    };
  }
  Context.current().log.error('a step failed unexpectedly', { error });
  return {
    code: 'internal/unexpected',
    message: clean(error instanceof Error ? error.message : String(error)),
    details: undefined,
  };
}

/** PostgreSQL keeps no NUL in text. */
function clean(message: string): string {
  return message.replaceAll('\u0000', '').slice(0, 2000);
}

interface Pulse {
  readonly work: Work;
  stop(): void;
}

/**
 * Heartbeats while the step makes progress. A timer alone would prove no more than that the process lives; so it stops
 * when the step has been silent for too long.
 */
function startPulse(database: Database, run: StepRun): Pulse {
  const context = Context.current();
  const startedAt = new Date();
  let lastProgress = Date.now();
  let lastSaved = 0;
  const timer = setInterval(() => {
    if (Date.now() - lastProgress < STALL_TIMEOUT) context.heartbeat();
  }, HEARTBEAT_INTERVAL);
  return {
    work: {
      signal: context.cancellationSignal,
      progress: ({ done, total, unit }) => {
        lastProgress = Date.now();
        if (lastProgress - lastSaved < PROGRESS_INTERVAL && done !== total) return;
        lastSaved = lastProgress;
        // For those who watch; a lost one is followed by the next.
        saveStepProgress(database, run.onboarding, run.step, {
          unit,
          done,
          total,
          startedAt,
        }).catch(() => undefined);
      },
    },
    stop: () => clearInterval(timer),
  };
}
