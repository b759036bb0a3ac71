import type { StepStatus } from '../../../domain/step-view.ts';
import type { OnboardingStatus } from '../../../domain/onboarding-view.ts';

/** A status as a tag: its words and GOV.UK's class for its colour. Colour never stands alone. */
export interface StatusTag {
  readonly text: string;
  readonly classes: string;
}

const tag = (text: string, colour: string): StatusTag => ({
  text,
  // Blue is the colour of a tag without a class.
  classes: colour === 'blue' ? '' : `govuk-tag--${colour}`,
});

const APPROVAL = tag('Waits for approval', 'yellow');

const STEP_TAGS: Readonly<Record<StepStatus, StatusTag>> = {
  pending: tag('Not started', 'grey'),
  running: tag('Running', 'blue'),
  retrying: tag('Trying again', 'orange'),
  parked: tag('Parked', 'red'),
  waiting: tag('Waiting', 'yellow'),
  succeeded: tag('Done', 'green'),
  skipped: tag('Skipped', 'purple'),
  waived: tag('Waived', 'purple'),
  'not-needed': tag('Not needed', 'grey'),
};

/** The tag of a step. What waits for people says so; a timer waits for its time. */
export function stepTag(step: { readonly status: StepStatus; readonly kind: string }): StatusTag {
  if (step.status === 'waiting' && step.kind === 'timer')
    return tag('Waiting for its time', 'teal');
  if (step.status === 'waiting' && step.kind === 'gate') return APPROVAL;
  if (step.status === 'waiting') return tag('Waits for a decision', 'yellow');
  return STEP_TAGS[step.status];
}

/** How an onboarding stands, in the words of the board: its own status, and while it runs, what its steps say. */
export type Standing =
  | 'parked'
  | 'waiting'
  | 'rolling-back'
  | 'paused'
  | 'running'
  | 'timer'
  | 'rolled-back'
  | 'closed'
  | 'aborted';

/** Standings in the order in which a programme lead wants to see them: what needs somebody first. */
export const STANDINGS: readonly Standing[] = [
  'parked',
  'waiting',
  'rolling-back',
  'paused',
  'running',
  'timer',
  'rolled-back',
  'closed',
  'aborted',
];

const STANDING_TAGS: Readonly<Record<Standing, StatusTag>> = {
  parked: tag('Parked', 'red'),
  waiting: tag('Waits for people', 'yellow'),
  'rolling-back': tag('Rolling back', 'orange'),
  paused: tag('Paused', 'purple'),
  running: tag('Running', 'blue'),
  timer: tag('Waiting for its time', 'teal'),
  'rolled-back': tag('Rolled back', 'magenta'),
  closed: tag('Closed', 'green'),
  aborted: tag('Aborted', 'grey'),
};

/** The tag of a standing. `approval`: all that is asked of people is to approve. */
export function standingTag(standing: Standing, approval = false): StatusTag {
  return standing === 'waiting' && approval ? APPROVAL : STANDING_TAGS[standing];
}

/** What an onboarding's open steps say about it. */
export interface OpenCounts {
  readonly parked: number;
  /** Steps that wait for people. */
  readonly waiting: number;
  /** Steps that wait for a time. */
  readonly timers: number;
  readonly active: number;
}

/**
 * The one word for an onboarding. An end or a pause was somebody's decision and stands before what its steps say; of
 * those, the failed one stands before the open decision.
 */
export function standingOf(status: OnboardingStatus, open: OpenCounts): Standing {
  if (status !== 'running' && status !== 'rolling-back') return status;
  if (open.parked > 0) return 'parked';
  if (status === 'rolling-back') return status;
  if (open.waiting > 0) return 'waiting';
  return open.active === 0 && open.timers > 0 ? 'timer' : 'running';
}
