import { SlipwayError } from '../domain/errors.ts';

/** An error of PostgreSQL, as far as it may leave the data plane. */
interface DatabaseError extends Error {
  readonly code: string;
  readonly constraint?: string;
  readonly column?: string;
}

function isDatabaseError(error: unknown): error is DatabaseError {
  return error instanceof Error && typeof (error as { code?: unknown }).code === 'string';
}

/**
 * Is it an error of the rows, rather than of the statement or the connection? SQLSTATE classes 22 (data), 23
 * (constraints) and P0001 (raised by a trigger of the platform).
 */
export function isDataError(error: unknown): boolean {
  return isDatabaseError(error) && /^(22|23|P0001)/.test(error.code);
}

/**
 * Runs what reads rows that are expected to be good. An error of the rows then means that they changed meanwhile.
 * @throws SlipwayError `data/source-changed` instead of such an error: it holds values of the rows
 */
export async function hidingValues<T>(what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!isDataError(error)) throw error;
    throw new SlipwayError('data/source-changed', `${what}: ${describeDataError(error)}`);
  }
}

/**
 * What is said of an error of the rows. Its own message holds values of them, which must not leave the databases.
 */
export function describeDataError(error: unknown): string {
  if (!isDatabaseError(error)) return 'an unexpected error';
  const where = [error.constraint, error.column].filter((part) => part !== undefined);
  return [`SQLSTATE ${error.code}`, ...where].join(', ');
}
