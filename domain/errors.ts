/**
 * The error catalogue. Every refusal and failure Slipway raises has a code here, with what it means and what
 * to do. The first split is `retryable`: an outage that passes (the engine keeps trying) or a fact that a
 * person has to change (the engine stops trying and parks the step). `exit` is the CLI's exit code, `http` the
 * API's status.
 */
export interface ErrorEntry {
  readonly title: string;
  readonly advice: string;
  readonly retryable: boolean;
  readonly exit: 1 | 2 | 3 | 4 | 5;
  readonly http: number;
}

function input(title: string, advice: string, http = 422): ErrorEntry {
  return { title, advice, retryable: false, exit: 2, http };
}
function refusal(title: string, advice: string, http = 409): ErrorEntry {
  return { title, advice, retryable: false, exit: 3, http };
}
function outage(title: string, advice: string): ErrorEntry {
  return { title, advice, retryable: true, exit: 4, http: 503 };
}
function failure(title: string, advice: string): ErrorEntry {
  return { title, advice, retryable: false, exit: 1, http: 500 };
}
function access(title: string, advice: string, http: number): ErrorEntry {
  return { title, advice, retryable: false, exit: 5, http };
}

/** Every error code with its meaning. Sorted; a test checks that each is raised somewhere and documented. */
export const ERRORS = {
  'access/not-permitted': access(
    'You may not do this',
    'Ask a person who holds the role named in the message.',
    403,
  ),
  'access/not-signed-in': access(
    'You are not signed in',
    'Give a valid token with --token, or sign in on the dashboard.',
    401,
  ),
  'approval/four-eyes': refusal(
    'The same person cannot prepare and approve',
    'Ask another person with the role to approve.',
  ),
  'approval/not-acknowledged': refusal(
    'The approval does not name what is open',
    'Look at every line that is waived or amber, and acknowledge exactly those (--acknowledge).',
  ),
  'approval/not-independent': refusal(
    'Assurance is independent of the programme',
    'Ask a person who holds no other role to approve as assurance.',
  ),
  'approval/red-criteria': refusal(
    'A criterion is red',
    'Fix the cause and retry the gate, or have a senior person waive the criterion.',
  ),
  'approval/role-not-wanted': refusal(
    'This approval is not asked of that role',
    'See which roles the gate waits for.',
  ),
  'approval/stale-evidence': refusal(
    'The evidence has changed since you looked',
    'Look at the gate again and approve what it shows now.',
  ),
  'command/not-now': refusal(
    'This command does not fit the present state',
    'Look at the status of the onboarding and the step.',
  ),
  'command/reason-required': input('A reason is required', 'Say why, with --reason.'),
  'command/step-mandatory': refusal(
    'A mandatory step cannot be skipped',
    'Retry it, or have a senior person waive it.',
  ),
  'command/unknown-step': input(
    'There is no such step',
    'List the steps with `slipway steps ONBOARDING`.',
    404,
  ),
  'control/override-to-green': refusal(
    'A computed line cannot be turned green',
    'Change what is measured; a person can only make a computed line worse.',
  ),
  'criteria/changed': refusal(
    'The stage is judged by other criteria than it started with',
    'Amend the onboarding with the manifest it is to be judged by, and have a senior person confirm it.',
  ),
  'cutover/bank-tables': failure(
    'The tables of the modulus check cannot be read',
    'Put valacdos.txt and scsubtab.txt as Vocalink publishes them into the folder that SLIPWAY_BANK_TABLES names, then retry.',
  ),
  'cutover/first-run-failed': refusal(
    'The first live pay run is not safe',
    'Correct what the checks name and retry, or have a senior person waive the check; or roll back.',
  ),
  'cutover/no-rehearsal-target': failure(
    'There is nothing to rehearse on',
    'Give the workers a second database of the platform in SLIPWAY_REHEARSAL_URL, then retry.',
  ),
  'cutover/outside-window': refusal(
    'The cutover window does not fit the calendar',
    'Move the window to the next legal one and amend the onboarding.',
  ),
  'cutover/past-no-return': refusal(
    'The point of no return is behind us',
    'Go forward: the platform is live for this department.',
  ),
  'cutover/rollback-not-rehearsed': refusal(
    'It is not known that the cutover can be taken back',
    'Rewind to the rehearsal and let it run again, with its roll-back.',
  ),
  'cutover/rollback-unproven': failure(
    'The roll-back is not proven',
    'Correct what the message names on the legacy side or the platform, then retry.',
  ),
  'cutover/smoke-failed': failure(
    'A smoke check failed on the platform',
    'Look at the check, correct the cause and retry, or roll back.',
  ),
  'cutover/source-not-quiet': failure(
    'The legacy system still changes',
    'Stop the writers of the legacy system and retry.',
  ),
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
  'evidence/no-key': failure(
    'There is no key to sign evidence with',
    'Give every API process the same Ed25519 private key in SLIPWAY_SIGNING_KEY, or a home to keep one in.',
  ),
  'evidence/unreadable': input(
    'The file is no evidence pack that can be read',
    'Ask for the file again; it is damaged, cut short or of another program.',
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
  'manifest/conflict': refusal(
    'This department is already being onboarded from another manifest',
    'Amend the running onboarding, or abort it first.',
  ),
  'manifest/invalid': input(
    'The manifest is not valid',
    'Correct the lines named; `slipway validate FILE` checks it without starting anything.',
  ),
  'manifest/secret-missing': failure(
    'A secret that the manifest names is not there',
    'Set the environment variable or create the file where the worker runs, then retry.',
  ),
  'manifest/unreadable': input('The file cannot be read', 'Check the path and that it is YAML.'),
  'mapping/invalid': failure(
    'The mapping does not fit source and target',
    'Correct the mapping in the manifest and amend the onboarding.',
  ),
  'mapping/not-frozen': failure(
    'The mapping is not the one that was approved',
    'Rewind to the mapping gate and have it approved again.',
  ),
  'onboarding/not-found': input(
    'There is no such onboarding',
    'List them with `slipway status`.',
    404,
  ),
  'postgres/failed': failure(
    'The embedded PostgreSQL does not start',
    'Look at its log, named in the message.',
  ),
  'postgres/not-found': failure(
    'The embedded PostgreSQL is not installed',
    'Run `npm install --include=optional`; `slipway doctor` says what is missing.',
  ),
  'quarantine/correction-invalid': input(
    'The corrections cannot be taken up',
    'Correct the cells named, or export the quarantine again, then import it once more.',
  ),
  'quarantine/count-differs': refusal(
    'Another number of rows is open',
    'Look at the quarantine again and accept the rows that are open now.',
  ),
  'request/invalid': input('The request is not valid', 'See the fields named in the message.', 400),
  'request/not-found': input('There is no such thing', 'Check the address or the reference.', 404),
  'request/too-large': input(
    'The request is too large',
    'Send less at once; a manifest may have 8 MiB.',
    413,
  ),
  'request/too-many': {
    title: 'Too many requests',
    advice: 'Wait the seconds that the answer names, then try again.',
    retryable: true,
    exit: 1,
    http: 429,
  },
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
  'step/input-invalid': input(
    'The corrected input does not fit the step',
    'See the fields named in the message.',
  ),
  'step/lost': failure(
    'The worker that ran the step was lost too often',
    'Look at the worker log, then retry.',
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
