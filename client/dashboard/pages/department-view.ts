import { isSettled } from '../../../domain/step-view.ts';
import { STAGES } from '../../../domain/stages.ts';
import type { Stage } from '../../../domain/stages.ts';
import { ROLES } from '../../../domain/roles.ts';
import type { LoggedEventView, OnboardingPage, StepDetail } from '../../views.ts';
import {
  historyAddress,
  packAddress,
  cutoverAddress,
  profilesAddress,
  quarantineAddress,
  stepAddress,
  stepAnchor,
} from '../addresses.ts';
import { eventLine, tellingEvents } from '../words/event-words.ts';
import { keyFacts } from '../words/facts.ts';
import { between, number, percent } from '../words/format.ts';
import { headline } from '../words/headline.ts';
import { ROLE_NAMES, STAGE_NAMES, stepTitle } from '../words/names.ts';
import { standingOf, standingTag, stepTag } from '../words/status-tags.ts';
import type { Standing } from '../words/status-tags.ts';
import { formOf, stepCard } from './step-card.ts';
import type { CardGround } from './step-card.ts';

/** Events in the short list. */
const HISTORY = 10;

/** The page of one department from what the store holds. */
export function departmentView(
  onboarding: OnboardingPage,
  steps: readonly StepDetail[],
  events: readonly LoggedEventView[],
  ground: CardGround,
  now: Date,
) {
  const { place, people, actor } = ground;
  const ended = onboarding.status === 'closed' || onboarding.status === 'aborted';
  const waiting = ended ? [] : steps.filter(needsSomebody);
  const active = ended ? [] : steps.filter(isActive);
  const timers = ended ? [] : steps.filter((step) => isTimer(step));
  const standing = standingOf(onboarding.status, {
    parked: waiting.filter((step) => step.status === 'parked').length,
    waiting: waiting.filter((step) => step.status === 'waiting').length,
    timers: timers.length,
    active: active.length,
  });
  return {
    name: onboarding.name,
    programme: onboarding.programme,
    wave: onboarding.wave,
    headcount: onboarding.headcount,
    tag: standingTag(
      standing,
      !waiting.some((step) => step.key.startsWith('parallel-run/explain/')),
    ),
    status: onboarding.status,
    headline: headline(onboarding, { waiting, active, timers }, people, now),
    startedAt: onboarding.startedAt,
    startedBy: onboarding.startedBy === null ? undefined : people.name(onboarding.startedBy),
    settled: steps.filter((step) => isSettled(step.status)).length,
    steps: steps.length,
    tracker: onboarding.stages.map(({ stage, settled, steps: all }) => ({
      name: STAGE_NAMES[stage],
      settled,
      steps: all,
      current: !ended && stage === onboarding.stage,
      complete: settled === all && all > 0,
      state: trackerState(stage, onboarding.stage, settled === all && all > 0, standing),
    })),
    // What failed comes before what is to be decided.
    cards: waiting
      .toSorted((a, b) => Number(b.status === 'parked') - Number(a.status === 'parked'))
      .map((step) => stepCard(step, ground)),
    active: [...active, ...timers].map((step) => activeStep(step, place, now)),
    stages: STAGES.map((stage) => stageView(stage, onboarding, steps, place, now)).filter(
      (stage) => stage.rows.length > 0,
    ),
    people: ROLES.flatMap((role) => {
      const names = people.inRole(role);
      return names.length === 0
        ? []
        : [
            {
              role: ROLE_NAMES[role],
              names: names.map((id) => people.name(id) + (id === actor.id ? ' (you)' : '')),
            },
          ];
    }),
    pause: onboarding.can.includes('pause') ? formOf('pause', { key: '' }, ground) : undefined,
    resume: onboarding.can.includes('resume') ? formOf('resume', { key: '' }, ground) : undefined,
    history: tellingEvents(events)
      .slice(-HISTORY)
      .toReversed()
      .map((event) => eventLine(event, people)),
    historyHref: historyAddress(place),
    pack: packAddress(place),
    cutover: steps.some(
      ({ key, status }) => key.startsWith('cutover/rehearse/') && status !== 'pending',
    )
      ? cutoverAddress(place)
      : undefined,
    profiles: steps.some(({ evidence }) => evidence.some(({ kind }) => kind === 'profile'))
      ? profilesAddress(place)
      : undefined,
    // Before the first load there is nothing to look at.
    quarantine: steps.some(
      ({ key, attempts }) => key.startsWith('migration/transfer/') && attempts > 0,
    )
      ? quarantineAddress(place)
      : undefined,
    position: onboarding.position,
  };
}

/** How a stage is drawn. */
function trackerState(
  stage: Stage,
  current: Stage,
  complete: boolean,
  standing: Standing,
): 'done' | 'parked' | 'waiting' | 'current' | 'ahead' {
  if (complete) return 'done';
  if (stage !== current) return 'ahead';
  return standing === 'parked' || standing === 'waiting' ? standing : 'current';
}

function needsSomebody(step: StepDetail): boolean {
  return step.status === 'parked' || (step.status === 'waiting' && !isTimer(step));
}

function isActive(step: StepDetail): boolean {
  return step.status === 'running' || step.status === 'retrying';
}

function isTimer(step: StepDetail): boolean {
  return (
    step.status === 'waiting' &&
    (step.kind === 'timer' || (step.until !== null && step.quorum.length === 0))
  );
}

/** A step that runs or waits for its time, with how far and how fast. */
function activeStep(step: StepDetail, place: CardGround['place'], now: Date) {
  const { progress, failure } = step;
  return {
    title: stepTitle(step.key),
    href: stepAddress(place, step.key),
    tag: stepTag(step),
    until: step.until,
    running: step.startedAt === null ? undefined : between(step.startedAt, now),
    failure: step.status === 'retrying' ? failure : null,
    attempts: step.attempts,
    progress:
      progress === null
        ? undefined
        : {
            done: progress.done,
            total: progress.total,
            text:
              progress.total === null
                ? `${number(progress.done)} ${progress.unit}`
                : `${number(progress.done)} of ${number(progress.total)} ${progress.unit} (${percent(share(progress.done, progress.total))})`,
            rate:
              progress.ratePerSecond > 0
                ? `${number(Math.round(progress.ratePerSecond))} ${progress.unit} a second`
                : undefined,
            eta:
              progress.etaSeconds === null
                ? undefined
                : `about ${between(0, progress.etaSeconds * 1000)} left`,
          },
  };
}

function share(done: number, total: number): number {
  return total === 0 ? 1 : Math.floor((done / total) * 100) / 100;
}

/** The steps of one stage as rows of a table. */
function stageView(
  stage: Stage,
  onboarding: OnboardingPage,
  steps: readonly StepDetail[],
  place: CardGround['place'],
  now: Date,
) {
  const mine = steps.filter((step) => step.stage === stage);
  const counts = onboarding.stages.find((each) => each.stage === stage);
  const begun = mine.flatMap((step) => step.startedAt ?? []).toSorted()[0];
  const ended = mine
    .flatMap((step) => step.endedAt ?? [])
    .toSorted()
    .at(-1);
  const complete = counts !== undefined && counts.settled === counts.steps;
  return {
    id: `stage-${stage}`,
    name: STAGE_NAMES[stage],
    settled: counts?.settled ?? 0,
    steps: counts?.steps ?? mine.length,
    complete,
    current: stage === onboarding.stage,
    took:
      begun !== undefined && ended !== undefined && complete ? between(begun, ended) : undefined,
    rows: mine.map((step) => ({
      title: stepTitle(step.key),
      href: stepAddress(place, step.key),
      // The card of a step that needs somebody is the better place to go to.
      card: needsSomebody(step) ? `#${stepAnchor(step.key)}` : undefined,
      tag: stepTag(step),
      attempts: step.attempts,
      took: tookOf(step, now),
      facts: step.output === null ? [] : keyFacts(step.key, step.output),
      note: step.status === 'parked' ? step.failure?.title : (step.reason ?? undefined),
    })),
  };
}

/** How long a step took, or has been running. */
function tookOf(step: StepDetail, now: Date): string | undefined {
  if (step.startedAt === null) return undefined;
  if (step.endedAt !== null) return between(step.startedAt, step.endedAt);
  return isActive(step) ? between(step.startedAt, now) : undefined;
}
