import { refusal, outage, failure } from './entry.ts';
import type { ErrorEntry } from './entry.ts';

/** What goes wrong in data, databases, servers and homes. */
export const SYSTEM_ERRORS = {
  'data/chunk-failed': failure(
    'A chunk could not be loaded',
    'See the root cause; correct the source or the mapping, then retry.',
  ),
  'data/not-reconciled': failure(
    'The two sides do not hold the same',
    'See the named rows, correct the cause, rewind to the transfer.',
  ),
  'data/source-changed': failure(
    'The source changed while it was read',
    'Retry; if it happens again, read while the source is quiet.',
  ),
  'home/corrupt': failure(
    'The state folder is damaged',
    'Nothing was changed. Move the folder away, or restore it from a backup.',
  ),
  'home/newer': failure(
    'The state folder is of a newer version of Slipway',
    'Use that version, or another --home. Nothing was changed.',
  ),
  'home/no-space': failure(
    'There is no space left on the disk',
    'Free some space and start again. Nothing was changed.',
  ),
  'home/port-in-use': failure(
    'The port is taken',
    'Choose another port, or leave it out to have a free one chosen.',
  ),
  'home/unusable': failure(
    'The state folder cannot be used',
    'Choose another folder with --home, or correct its permissions.',
  ),
  'intake/file-missing': failure(
    'A source file is not there',
    'Put the file in place, or correct the path, then retry.',
  ),
  'intake/malformed': failure(
    'A source file cannot be read as declared',
    'Correct the file or its description (encoding, delimiter, header), then retry.',
  ),
  'internal/unexpected': failure(
    'Something unexpected happened',
    'This is a fault in Slipway. Please report it with the log.',
  ),
  'mapping/invalid': failure(
    'The mapping does not fit source and target',
    'Correct the mapping in the manifest and amend the onboarding.',
  ),
  'mapping/not-frozen': failure(
    'The mapping is not the one that was approved',
    'Rewind to the mapping gate and have it approved again.',
  ),
  'postgres/failed': failure(
    'The embedded PostgreSQL does not start',
    'Look at its log, named in the message.',
  ),
  'postgres/not-found': failure(
    'The embedded PostgreSQL is not installed',
    'Run `npm install --include=optional`; `slipway doctor` says what is missing.',
  ),
  'results/incomplete': outage(
    'Pay results are not complete on both sides',
    'The step goes on by itself as soon as they are.',
  ),
  'results/unreadable': failure(
    'Pay results cannot be read as the manifest says',
    'Correct the results, or their description under parallelRun, then retry.',
  ),
  'service/failed': failure(
    'A service of this machine does not start',
    'Look at its log, named in the message.',
  ),
  'service/unreachable': outage(
    'A service cannot be reached',
    'Check that it runs; the engine keeps trying by itself.',
  ),
  'source/busy': outage(
    'The legacy source is busy',
    'Slipway stood back: a lock did not come, or a statement took longer than policy.limits allows. It tries again by itself.',
  ),
  'source/no-privilege': failure(
    'The account on the source lacks a privilege',
    'Grant the privilege named in the message and retry.',
  ),
  'source/not-found': failure(
    'A table or column is not in the source',
    'Correct the name in the manifest, or the source, then retry.',
  ),
  'source/unreachable': outage(
    'The legacy source cannot be reached',
    'Check the connection; the engine keeps trying by itself.',
  ),
  'source/writable': failure(
    'The account on the source can write',
    'Use an account that may only read: Slipway must not be able to change the legacy side.',
  ),
  'store/migration-invalid': failure(
    'The database migrations do not fit the database',
    'The file named was changed, or is numbered wrongly. Nothing was changed.',
  ),
  'store/newer': failure(
    'The database is of a newer version of Slipway',
    'Use that version. Nothing was changed.',
  ),
  'target/busy': outage(
    'The platform was busy with another transaction',
    'Nothing was written; the engine tries again by itself.',
  ),
  'target/drift': failure(
    'The platform does not look as the mapping expects',
    'Correct the mapping or the platform, then retry.',
  ),
  'target/live': refusal(
    'The platform serves this department already',
    'Its data cannot be loaded anew. Roll back first, or go forward.',
  ),
  'target/no-privilege': failure(
    'The account on the platform lacks a privilege',
    'Grant the privilege named in the message and retry.',
  ),
  'target/unreachable': outage(
    'The platform cannot be reached',
    'Check the connection; the engine keeps trying by itself.',
  ),
  'temporal/failed': failure(
    'The embedded Temporal server does not start',
    'Look at its log, named in the message.',
  ),
  'temporal/not-found': failure(
    'No Temporal server could be found, downloaded or built',
    'Install one of the ways that `slipway doctor` lists.',
  ),
} as const satisfies Record<string, ErrorEntry>;
