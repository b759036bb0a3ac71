/**
 * Every timeout and retry of the engine, each with its reason. Retrying happens in one layer: Temporal's.
 * Durations are in milliseconds.
 */
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * How the activity of a step is retried. *Patient*: an outage passes, so keep trying and back off; 600 attempts at
 * five minutes are two days, after which a person had better look (the step parks). Errors that a person must change
 * are raised as non-retryable and park at once.
 */
export const STEP_RETRY = {
  initialInterval: SECOND,
  backoffCoefficient: 2,
  maximumInterval: 5 * MINUTE,
  maximumAttempts: 600,
} as const;

/**
 * *Bounded*: a failure the catalogue does not know may pass (a lost lock, a broken pipe) or be a fault of ours.
 * After so many attempts it counts as a fact and the step parks.
 */
export const BOUNDED_ATTEMPTS = 3;

/** Writing events: the store may be away for long; what happened must not be forgotten. No limit. */
export const RECORD_RETRY = {
  initialInterval: 200,
  backoffCoefficient: 2,
  maximumInterval: MINUTE,
} as const;

/** One attempt at a step. Long because a dataset may be large; a dead worker is noticed by the heartbeat. */
export const STEP_TIMEOUT = 12 * HOUR;

/**
 * One attempt at a step that only decides and records. Reading a long record for the evidence pack takes the longest.
 * The workflow cannot take a command while such an attempt runs.
 */
export const CONTROL_STEP_TIMEOUT = 5 * MINUTE;

/** Between two attempts at such a step the workflow waits by a timer, so that it can take commands. */
export const CONTROL_STEP_IMPATIENCE = SECOND / 2;

/** One write of events. */
export const RECORD_TIMEOUT = 30 * SECOND;

/** A worker that is silent for so long is taken for dead, and the step starts again elsewhere. */
export const HEARTBEAT_TIMEOUT = 20 * SECOND;

/** How often a living worker reports, and hears that a step was cancelled. */
export const HEARTBEAT_INTERVAL = 2 * SECOND;

/**
 * A step that makes no progress for so long stops reporting, so that the server gives the attempt up: the longest
 * silent statement is the checksum scan of a large table.
 */
export const STALL_TIMEOUT = 30 * MINUTE;

/**
 * A step that ends sooner writes its start and its end in one transaction: nobody can look at it in between, and it
 * halves the writes of the short steps.
 */
export const QUICK_STEP = 150;

/** One look at the platform. A person waits for it; the search for a source row may scan a table. */
export const INSPECTION_TIMEOUT = 2 * MINUTE;

/** A lost worker is replaced once; whoever waits hears of anything else. */
export const INSPECTION_RETRY = { maximumAttempts: 2, initialInterval: SECOND } as const;

/** After so long nobody waits for a look any more: no worker has taken it up. */
export const INSPECTION_DEADLINE = 3 * MINUTE;

/** Answers that nobody fetched are deleted then: they may hold personal data. */
export const INSPECTION_LIFETIME = 15 * MINUTE;

/** Imported corrections that nobody applies are deleted then. */
export const CORRECTION_LIFETIME = 24 * HOUR;

/** How long the API waits for what a decision about the quarantine did, before it answers without. */
export const DISPOSAL_PATIENCE = 20 * SECOND;

/** How long a worker may finish what it runs when it is asked to stop. */
export const DRAIN_TIMEOUT = 10 * SECOND;

/** How often progress inside a step is written for those who watch. */
export const PROGRESS_INTERVAL = 500;
