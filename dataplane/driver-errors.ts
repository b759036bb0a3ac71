import { type ErrorCode, SlipwayError } from '../domain/errors.ts';

/** Which end a connection belongs to. `staging` is Slipway's own database for file sources and comparisons. */
export type Side = 'source' | 'staging' | 'target';

const NAMES: Record<Side, string> = {
  source: 'the legacy source',
  staging: 'the staging database',
  target: 'the platform',
};

/** What failures of all drivers come down to. */
export type FailureKind = 'unreachable' | 'noPrivilege' | 'notFound' | 'busy';

const CODES: Record<Side, Record<FailureKind, ErrorCode>> = {
  source: {
    unreachable: 'source/unreachable',
    noPrivilege: 'source/no-privilege',
    notFound: 'source/not-found',
    busy: 'source/busy',
  },
  staging: {
    unreachable: 'service/unreachable',
    noPrivilege: 'source/no-privilege',
    notFound: 'source/not-found',
    busy: 'service/unreachable',
  },
  target: {
    unreachable: 'target/unreachable',
    noPrivilege: 'target/no-privilege',
    notFound: 'target/drift',
    busy: 'target/busy',
  },
};

/** Network errors of Node: the other end is away, or not yet there. */
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
]);

/** The driver reports a lost connection by these texts, without a code. */
const LOST =
  /^(Connection terminated|timeout expired|Client has encountered a connection error|Client was closed)/;

/**
 * Turns an error of the PostgreSQL driver into one of the catalogue, where the catalogue has one: lost and refused
 * connections, missing privileges, missing tables and columns, statements that were ended. Everything else (bad values, violated constraints) is
 * the business of whoever ran the statement and comes back as it is.
 */
export function translateDriverError(error: unknown, side: Side): unknown {
  if (!(error instanceof Error) || error instanceof SlipwayError) return error;
  const kind = kindOf(error);
  if (kind === undefined) return error;
  return failureOf(kind, side, error);
}

/** The catalogue's error for a failure of a driver. */
export function failureOf(kind: FailureKind, side: Side, error: Error): SlipwayError {
  return new SlipwayError(CODES[side][kind], `${NAMES[side]}: ${reason(error)}`, { cause: error });
}

/** Is the other end away, or not yet there? */
export function isNetworkError(error: Error & { code?: unknown }): boolean {
  return typeof error.code === 'string' && NETWORK.has(error.code);
}

function kindOf(error: Error & { code?: unknown }): FailureKind | undefined {
  const code = typeof error.code === 'string' ? error.code : '';
  if (isNetworkError(error) || LOST.test(error.message)) return 'unreachable';
  // 08 connection, 28 authentication and 3D000 no such database (secrets and databases appear late in a new
  // environment), 53 out of resources, 57P shutdown, crash, starting up.
  if (/^(08|28|53|57P)/.test(code) || code === '3D000') return 'unreachable';
  if (code === '42501') return 'noPrivilege';
  // A lock that did not come in time; a statement that took too long, or that an administrator ended.
  if (code === '55P03' || code === '57014') return 'busy';
  // table, column, schema, function: not there
  if (['42P01', '42703', '3F000', '42883'].includes(code)) return 'notFound';
  return undefined;
}

/** One line. Node joins the errors of several addresses (IPv6, IPv4) into one without a message of its own. */
function reason(error: Error): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors
      .map((each: unknown) => (each instanceof Error ? each.message : String(each)))
      .join('; ');
  }
  return error.message;
}
