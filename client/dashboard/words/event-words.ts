import { changedMembers } from '../../../domain/controls/c02-frozen-criteria.ts';
import { ERRORS, isErrorCode } from '../../../domain/errors.ts';
import type { SlipwayEvent } from '../../../domain/events.ts';
import type { LoggedEventView } from '../../views.ts';
import { dateTime, duration } from './format.ts';
import { ROLE_NAMES, STAGE_NAMES, stepTitle } from './names.ts';
import type { People } from './people.ts';

/** One event as people read it. */
export interface EventLine {
  readonly position: number;
  readonly at: string;
  readonly text: string;
  readonly by: string | undefined;
  readonly reason: string | undefined;
  /** The step it is about. */
  readonly step: string | undefined;
}

/** An event in plain words, with who and why. */
export function eventLine({ position, event }: LoggedEventView, people: People): EventLine {
  const own = event as unknown as SlipwayEvent;
  return {
    position,
    at: own.at,
    text: textOf(own),
    by: 'by' in own ? people.name(own.by) : undefined,
    reason: 'reason' in own ? own.reason : undefined,
    step: 'step' in own ? own.step : undefined,
  };
}

/**
 * The events that say something new, for a short list: a first attempt that began, or failed just before its step was
 * parked, says less than what came of it.
 */
export function tellingEvents(events: readonly LoggedEventView[]): LoggedEventView[] {
  const own = events.map(({ event }) => event as unknown as SlipwayEvent);
  return events.filter((_, index) => {
    const event = own[index];
    if (event?.type === 'step.started') return event.attempt > 1;
    if (event?.type !== 'step.attempt-failed') return true;
    return !own
      .slice(index + 1)
      .some((later) => later.type === 'step.parked' && later.step === event.step);
  });
}

function textOf(event: SlipwayEvent): string {
  return 'step' in event ? stepText(event) : onboardingText(event);
}

function onboardingText(event: Exclude<SlipwayEvent, { step: string }>): string {
  switch (event.type) {
    case 'onboarding.started':
      return 'Onboarding started';
    case 'stage.entered':
      return `${STAGE_NAMES[event.stage]} began`;
    case 'onboarding.paused':
      return 'Paused';
    case 'onboarding.resumed':
      return 'Resumed';
    case 'onboarding.amended':
      return 'Amended: goes on with another manifest';
    case 'onboarding.amendment-proposed': {
      const said = event.criteria.map(
        (change) =>
          `${STAGE_NAMES[change.stage]}: ${changedMembers(change).join(', ')} (version ${change.before.version} to ${change.after.version})`,
      );
      return `Amendment proposed, waits for a second person. ${said.join('; ')}`;
    }
    case 'onboarding.amendment-confirmed':
      return 'Amendment confirmed by a second person';
    case 'onboarding.amendment-withdrawn':
      return 'Amendment withdrawn';
    case 'onboarding.rescheduled':
      return `Cutover window moved: ${dateTime(event.from)} to ${dateTime(event.to)}`;
    case 'onboarding.rolling-back':
      return 'Roll-back of the cutover began';
    case 'onboarding.rolled-back':
      return 'Cutover rolled back: the legacy side serves';
    case 'criterion.assessed':
      return `Assessed as ${event.health}: ${event.criterion}${event.due === undefined ? '' : `, action plan due ${event.due}`}`;
    case 'finding.recorded':
      return `Independent assurance recorded finding ${event.finding}`;
    case 'finding.closed':
      return `Independent assurance closed finding ${event.finding}`;
    case 'finding.accepted':
      return `Finding ${event.finding} accepted`;
    case 'onboarding.aborted':
      return 'Aborted';
    case 'onboarding.closed':
      return 'Closed';
  }
}

type StepEvent = Extract<SlipwayEvent, { step: string }>;

function stepText(event: StepEvent): string {
  const title = stepTitle(event.step);
  switch (event.type) {
    case 'step.started':
      return event.attempt === 1 ? `Began: ${title}` : `Began attempt ${event.attempt}: ${title}`;
    case 'step.attempt-failed':
      return `Attempt ${event.attempt} failed: ${title}. ${event.failure.message}`;
    case 'step.succeeded':
      return `Done: ${title}`;
    case 'step.waiting':
      return event.until === undefined
        ? `Waits for people: ${title}`
        : `Waits for its time: ${title}`;
    case 'step.parked': {
      const { code } = event.failure;
      return `Parked: ${title}. ${isErrorCode(code) ? ERRORS[code].title : event.failure.message}`;
    }
    case 'step.escalated':
      return `Escalated after ${duration(event.waitedMs)}: ${title}`;
    case 'step.retry-requested':
      if (event.input === undefined) return `Retry asked for: ${title}`;
      // A waiver of a criterion has the gate measured again.
      return typeof event.input['waived'] === 'string'
        ? `Criterion ${event.input['waived']} waived: ${title}`
        : `Retry with corrected input asked for: ${title}`;
    case 'step.skipped':
      return `Skipped: ${title}`;
    case 'step.waived':
      return `Waived: ${title}`;
    case 'step.rewound':
      return `To be done again: ${title}`;
    case 'step.cancelled':
      return `Interrupted: ${title}`;
    case 'step.not-needed':
      return `Not needed: ${title}. ${event.because}`;
    case 'step.approved':
      return `Approved as ${ROLE_NAMES[event.role]}: ${title}`;
    case 'step.rejected':
      return `Rejected as ${ROLE_NAMES[event.role]}: ${title}`;
    case 'step.quarantine-decided':
      return event.input['kind'] === 'accept'
        ? `Rows in quarantine accepted: ${title}`
        : `Rows in quarantine re-driven: ${title}`;
    case 'step.explained':
      return `Variances explained: ${title}`;
  }
}
