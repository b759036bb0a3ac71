import {
  isGrpcServiceError,
  ServiceError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import { isErrorCode, SlipwayError } from '../domain/errors.ts';

/** gRPC status codes that say that the server is away or too busy, and not that the request was wrong. */
const GRPC_AWAY: readonly number[] = [4 /* deadline */, 8 /* exhausted */, 14 /* unavailable */];

/** What PostgreSQL and the sockets to it say while the database is away. Classes 08 and 57P are PostgreSQL's. */
const DATABASE_AWAY =
  /^(08...|57P..|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/;
const DATABASE_AWAY_MESSAGE = /^(Connection terminated|timeout exceeded when trying to connect)/;

/**
 * The catalogue's word for an error of Temporal or of Slipway's database: the refusal a workflow gave, or an outage.
 * Any other error is given back as it is: a fault of ours.
 */
export function translateError(error: unknown): unknown {
  if (error instanceof SlipwayError) return error;
  if (error instanceof WorkflowUpdateFailedError) return refusalOf(error);
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
    return new SlipwayError(
      'service/unreachable',
      'no worker has answered the command in time; it may still be carried out',
      { cause: error },
    );
  }
  if (isTemporalAway(error)) {
    return new SlipwayError('service/unreachable', 'the Temporal server does not answer', {
      cause: error,
    });
  }
  if (isDatabaseAway(error)) {
    return new SlipwayError('service/unreachable', "Slipway's own database does not answer", {
      cause: error,
    });
  }
  return error;
}

/** The workflow that the command was for does not run: it never did, or it has ended. */
export function isNotRunning(error: unknown): boolean {
  return error instanceof WorkflowNotFoundError;
}

function refusalOf(error: WorkflowUpdateFailedError): unknown {
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure) || !isErrorCode(cause.type ?? '')) return error;
  return new SlipwayError(cause.type as SlipwayError['code'], cause.message, { cause: error });
}

function isTemporalAway(error: unknown): boolean {
  const status = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(status) && GRPC_AWAY.includes(status.code);
}

function isDatabaseAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return DATABASE_AWAY.test(code) || DATABASE_AWAY_MESSAGE.test(error.message);
}
