import type { CriteriaChange } from './controls/c02-frozen-criteria.ts';
import type { OnboardingEvent } from './progress.ts';
import { STAGES } from './stages.ts';
import type { Stage } from './stages.ts';
import type { StepKey } from './step-catalogue.ts';

/** Where an onboarding stands as a whole. */
export type OnboardingStatus =
  | 'running'
  | 'paused'
  | 'rolling-back'
  | 'rolled-back'
  | 'aborted'
  | 'closed';

/** What a person sees of an onboarding. */
export interface OnboardingView {
  readonly programme: string;
  readonly department: string;
  readonly manifest: string;
  readonly status: OnboardingStatus;
  readonly stage: Stage;
  readonly startedAt: string | undefined;
  readonly startedBy: string | undefined;
  readonly endedAt: string | undefined;
  /** The keys of its steps, in order. */
  readonly steps: readonly StepKey[];
  readonly reason: string | undefined;
  /** An amendment that waits for a second person (control C2). */
  readonly proposal?: Proposal | undefined;
  /** The cutover window, where it was moved. ISO times. */
  readonly window?: { readonly from: string; readonly to: string };
}

/** Who proposed what, by reference. */
export interface Proposal {
  readonly manifest: string;
  readonly by: string;
  readonly reason: string;
  readonly at: string;
  readonly criteria: readonly CriteriaChange[];
}

/** The view of the onboarding from its own events. */
export function viewOnboarding(events: readonly OnboardingEvent[]): OnboardingView {
  return events.reduce<OnboardingView>(foldOnboarding, {
    programme: '',
    department: '',
    manifest: '',
    status: 'running',
    stage: STAGES[0],
    startedAt: undefined,
    startedBy: undefined,
    endedAt: undefined,
    steps: [],
    reason: undefined,
  });
}

function foldOnboarding(view: OnboardingView, event: OnboardingEvent): OnboardingView {
  switch (event.type) {
    case 'onboarding.started':
      return {
        ...view,
        programme: event.programme,
        department: event.department,
        manifest: event.manifest,
        status: 'running',
        stage: STAGES[0],
        startedAt: event.at,
        startedBy: event.by,
        endedAt: undefined,
        steps: event.steps,
        reason: undefined,
      };
    case 'stage.entered':
      return {
        ...view,
        stage: event.stage,
        status: view.status === 'rolled-back' ? 'running' : view.status,
      };
    case 'onboarding.paused':
      return { ...view, status: 'paused', reason: event.reason };
    case 'onboarding.resumed':
      return { ...view, status: 'running', reason: undefined };
    case 'onboarding.amended':
      return { ...view, manifest: event.manifest, steps: event.steps };
    case 'onboarding.amendment-proposed': {
      const { manifest, by, reason, at, criteria } = event;
      return { ...view, proposal: { manifest, by, reason, at, criteria } };
    }
    case 'onboarding.amendment-confirmed':
    case 'onboarding.amendment-withdrawn':
      return { ...view, proposal: undefined };
    case 'onboarding.rescheduled':
      return { ...view, window: { from: event.from, to: event.to } };
    case 'criterion.assessed':
    case 'finding.recorded':
    case 'finding.closed':
    case 'finding.accepted':
      return view;
    case 'onboarding.rolling-back':
      return { ...view, status: 'rolling-back', reason: event.reason };
    case 'onboarding.rolled-back':
      return { ...view, status: 'rolled-back' };
    case 'onboarding.aborted':
      return { ...view, status: 'aborted', reason: event.reason, endedAt: event.at };
    case 'onboarding.closed':
      return { ...view, status: 'closed', endedAt: event.at };
  }
}
