import { SlipwayError } from '../domain/errors.ts';

/** Translates what PostgreSQL printed when it failed into one line; the log keeps the rest. */
export function postgresFailure(what: string, output: string, logFile?: string): SlipwayError {
  if (/No space left on device|Check free disk space/i.test(output)) {
    return new SlipwayError('home/no-space', `${what}: there is no space left on the disk`);
  }
  const lines = output.split('\n').map((line) => line.trim());
  const reason =
    lines.findLast((line) => /(FATAL|PANIC|error):/i.test(line)) ?? lines.findLast(Boolean);
  const where = logFile === undefined ? '' : ` (log: ${logFile})`;
  return new SlipwayError('postgres/failed', `${what}: ${reason ?? 'it printed nothing'}${where}`);
}
