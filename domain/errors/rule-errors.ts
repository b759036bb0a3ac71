import { input, refusal, failure, access } from './entry.ts';
import type { ErrorEntry } from './entry.ts';

/** What people are told about their commands, decisions and documents. */
export const RULE_ERRORS = {
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
  'control/line-by-line': refusal(
    'The red lines of readiness are not waived all at once',
    'See them with `slipway readiness ONBOARDING`, and deal with each.',
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
  'cutover/no-capacity': refusal(
    'The provider cannot carry the wave',
    'Wait until more cases are closed than are to be expected, have it measured again (slipway programme measure), then retry.',
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
  'cutover/release-held': refusal(
    'Legacy systems and teams are held until hypercare has ended',
    'Wait until the exit of hypercare is approved.',
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
  'cutover/wave-not-admitted': refusal(
    'The programme does not let the department cut over now',
    'Wait for the live pay runs that the message names, or have another plan approved (slipway programme), then retry.',
  ),
  'evidence/no-key': failure(
    'There is no key to sign evidence with',
    'Give every API process the same Ed25519 private key in SLIPWAY_SIGNING_KEY, or a home to keep one in.',
  ),
  'evidence/unreadable': input(
    'The file is no evidence pack that can be read',
    'Ask for the file again; it is damaged, cut short or of another program.',
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
  'onboarding/not-found': input(
    'There is no such onboarding',
    'List them with `slipway status`.',
    404,
  ),
  'programme/altered': failure(
    'The record of the programme was altered',
    'Find out who has changed it in the database; register the plan again, or restore the record.',
  ),
  'programme/invalid': input(
    'The programme plan is not valid',
    'Correct what is listed; each problem names its line.',
  ),
  'programme/measured': refusal(
    'The measurement does not follow what was measured before',
    'Record each month once, in order; open cases must add up.',
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
  'savings/no-actuals': input(
    'Savings are claimed against actuals',
    'Attach the actual cost and a figure for every measure of the baseline.',
  ),
  'savings/overlap': refusal(
    'These days are claimed already',
    'Claim the days after those of the earlier claims.',
  ),
  'savings/too-early': refusal(
    'Savings are claimed after hypercare',
    'Wait until the onboarding has closed, and claim what was spent since.',
  ),
  'step/input-invalid': input(
    'The corrected input does not fit the step',
    'See the fields named in the message.',
  ),
  'step/lost': failure(
    'The worker that ran the step was lost too often',
    'Look at the worker log, then retry.',
  ),
} as const satisfies Record<string, ErrorEntry>;
