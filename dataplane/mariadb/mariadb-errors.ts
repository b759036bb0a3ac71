import { SlipwayError } from '../../domain/errors.ts';
import { type FailureKind, failureOf, isNetworkError } from '../driver-errors.ts';

/** Error numbers of MariaDB and MySQL, where the catalogue has a word for them. */
const KINDS: Readonly<Record<number, FailureKind>> = {
  // too many connections, of all or of this account; shutdown; killed; the server or a packet got lost
  1040: 'unreachable',
  1203: 'unreachable',
  1226: 'unreachable',
  1053: 'unreachable',
  1077: 'unreachable',
  1927: 'unreachable',
  1158: 'unreachable',
  1159: 'unreachable',
  1160: 'unreachable',
  1161: 'unreachable',
  // access denied for the account (secrets appear late in a new environment), and host not allowed or blocked
  1045: 'unreachable',
  1698: 'unreachable',
  1129: 'unreachable',
  1130: 'unreachable',
  // lock wait timeout, deadlock: pass by themselves
  1205: 'unreachable',
  1213: 'unreachable',
  // no privilege on the database, the table, a column, an operation, a routine
  1044: 'noPrivilege',
  1142: 'noPrivilege',
  1143: 'noPrivilege',
  1227: 'noPrivilege',
  1370: 'noPrivilege',
  // no such database, table, column
  1049: 'notFound',
  1146: 'notFound',
  1054: 'notFound',
};

/** What the driver says of connections that end or cannot be made. */
const DRIVER_CODES = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'HANDSHAKE_NO_SSL_SUPPORT',
  'HANDSHAKE_SSL_ERROR',
]);
const CLOSED = /connection is in closed state|connection closed/i;

/**
 * Turns an error of the MariaDB driver into one of the catalogue, where the catalogue has one. Everything else comes
 * back as it is.
 */
export function translateMariadbError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof SlipwayError) return error;
  const { errno, code } = error as { errno?: unknown; code?: unknown };
  const lost =
    isNetworkError(error) || DRIVER_CODES.has(String(code)) || CLOSED.test(error.message);
  const kind = typeof errno === 'number' ? KINDS[errno] : undefined;
  if (kind === undefined && !lost) return error;
  return failureOf(kind ?? 'unreachable', 'source', error);
}
