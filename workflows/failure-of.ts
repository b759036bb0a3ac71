import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { isErrorCode } from '../domain/errors.ts';
import type { Failure } from '../domain/events.ts';

/**
 * The root cause of a failed step, as the catalogue says it. Step activities fail with an ApplicationFailure whose type
 * is the code and whose first detail holds the attempts; anything else is a lost worker or a fault of ours.
 */
export function failureOf(error: unknown): { failure: Failure; attempts: number } {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const facts = (cause.details?.[0] ?? {}) as { attempts?: number; details?: Failure['details'] };
    const code = isErrorCode(cause.type ?? '')
      ? (cause.type as Failure['code'])
      : 'internal/unexpected';
    return {
      failure: {
        code,
        message: cause.message,
        ...(facts.details === undefined ? {} : { details: facts.details }),
      },
      attempts: facts.attempts ?? 1,
    };
  }
  if (cause instanceof TimeoutFailure) {
    return {
      failure: { code: 'step/lost', message: `no worker finished the step: ${cause.message}` },
      attempts: 1,
    };
  }
  return { failure: { code: 'internal/unexpected', message: String(cause) }, attempts: 1 };
}
