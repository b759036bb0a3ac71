import { ApplicationFailure } from '@temporalio/common';
import type { ErrorCode } from '../domain/errors.ts';

/**
 * A refusal of a command. Thrown in an update's validator it rejects the update and leaves no trace in the history;
 * any other error there would fail the workflow task instead.
 */
export function refusal(code: ErrorCode, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: code, message, nonRetryable: true });
}
