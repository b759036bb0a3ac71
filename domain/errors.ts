import type { ErrorEntry } from './errors/entry.ts';
import { RULE_ERRORS } from './errors/rule-errors.ts';
import { SYSTEM_ERRORS } from './errors/system-errors.ts';

export type { ErrorEntry } from './errors/entry.ts';

/** Every error code with its meaning. A test checks that each is raised somewhere and documented. */
export const ERRORS = { ...RULE_ERRORS, ...SYSTEM_ERRORS } as const satisfies Record<
  string,
  ErrorEntry
>;

/** A code of the error catalogue. */
export type ErrorCode = keyof typeof ERRORS;

/** Is this text a code of the catalogue? */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERRORS, text);
}

/** An error of the catalogue. `message` says what happened here, in one line a person understands. */
export class SlipwayError extends Error {
  readonly code: ErrorCode;

  /** @param details machine-readable facts for the message (never personal values) */
  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SlipwayError';
    this.code = code;
    this.details = options.details;
  }

  readonly details: Record<string, unknown> | undefined;

  /** The catalogue's entry for this error. */
  get entry(): ErrorEntry {
    return ERRORS[this.code];
  }
}
