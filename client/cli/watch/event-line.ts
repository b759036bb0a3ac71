import type { SlipwayEvent } from '../../../domain/events.ts';
import type { Colours } from '../output.ts';
import { duration, moment } from '../words.ts';

/** What happened, in one line for a terminal; undefined where it is only bookkeeping. */
export function eventLine(event: SlipwayEvent, colours: Colours): string | undefined {
  const text = eventText(event, colours);
  if (text === undefined) return undefined;
  const time = colours.dim(moment(event.at).slice(11));
  return 'step' in event ? `${time} ${event.step} ${text}` : `${time} ${text}`;
}

function eventText(event: SlipwayEvent, colours: Colours): string | undefined {
  switch (event.type) {
    case 'step.started':
      return event.attempt > 1 ? `tries again (${event.attempt})` : colours.dim('started');
    case 'step.attempt-failed': {
      const { code, message } = event.failure;
      const again =
        event.retryInMs === undefined ? '' : `; again in ${duration(event.retryInMs / 1000)}`;
      return `${colours.yellow('failed')}: ${message} (${code})${again}`;
    }
    case 'step.succeeded':
      return colours.green('done');
    case 'step.waiting': {
      if (event.until !== undefined) return `waits until ${moment(event.until)}`;
      const roles = Object.entries(event.quorum).map(([role, wanted]) => `${wanted} ${role}`);
      return `${colours.yellow('waits')} for ${roles.join(', ') || 'a decision'}`;
    }
    case 'step.parked':
      return `${colours.red('parked')} after ${event.attempts} ${event.attempts === 1 ? 'try' : 'tries'}: ${event.failure.message} (${event.failure.code})`;
    case 'step.escalated':
      return `${colours.red('escalated')}: it has waited ${duration(event.waitedMs / 1000)}`;
    case 'step.retry-requested':
      return `retried by ${event.by}: ${event.reason}`;
    case 'step.skipped':
      return `skipped by ${event.by}: ${event.reason}`;
    case 'step.waived':
      return `waived by ${event.by} until ${event.expires}: ${event.reason}`;
    case 'step.cancelled':
      return `cancelled: ${event.because}`;
    case 'step.not-needed':
      return `not needed: ${event.because}`;
    case 'step.approved':
      return `${colours.green('approved')} by ${event.by} as ${event.role}: ${event.reason}`;
    case 'step.rejected':
      return `${colours.red('rejected')} by ${event.by} as ${event.role}: ${event.reason}`;
    case 'step.explained':
      return `explained by ${event.by}: ${event.reason}`;
    case 'step.quarantine-decided':
      return `quarantine ${event.input['kind'] === 'accept' ? 'accepted' : 're-driven'} by ${event.by}: ${event.reason}`;
    case 'step.rewound':
      return undefined;
    case 'onboarding.started':
      return colours.bold(`started by ${event.by}`);
    case 'stage.entered':
      return colours.bold(`stage ${event.stage}`);
    case 'onboarding.paused':
      return `paused by ${event.by}: ${event.reason}`;
    case 'onboarding.resumed':
      return `resumed by ${event.by}: ${event.reason}`;
    case 'onboarding.amended':
      return `amended by ${event.by}: ${event.reason}`;
    case 'onboarding.amendment-proposed':
      return `${colours.yellow('amendment proposed')} by ${event.by}: ${event.reason}`;
    case 'onboarding.amendment-confirmed':
      return `amendment confirmed by ${event.by}: ${event.reason}`;
    case 'onboarding.amendment-withdrawn':
      return `amendment withdrawn by ${event.by}: ${event.reason}`;
    case 'onboarding.rescheduled':
      return `cutover window moved to ${event.from} by ${event.by}: ${event.reason}`;
    case 'criterion.assessed':
      return `${event.criterion} assessed as ${event.health} by ${event.by}: ${event.reason}`;
    case 'finding.recorded':
      return `${colours.yellow('finding')} ${event.finding} recorded by ${event.by}: ${event.reason}`;
    case 'finding.closed':
      return `finding ${event.finding} closed by ${event.by}: ${event.reason}`;
    case 'finding.accepted':
      return `finding ${event.finding} accepted by ${event.by}: ${event.reason}`;
    case 'onboarding.rolling-back':
      return `${colours.yellow('rolling back')}, by ${event.by}: ${event.reason}`;
    case 'onboarding.rolled-back':
      return colours.yellow('rolled back');
    case 'onboarding.aborted':
      return colours.red(`aborted by ${event.by}: ${event.reason}`);
    case 'onboarding.closed':
      return colours.green('closed');
  }
}
