import type { OnboardingPage, StepDetail } from '../../views.ts';
import { atTime, between, count, date } from './format.ts';
import { roleList, STAGE_NAMES, stepPhrase } from './names.ts';
import type { People } from './people.ts';

/** What the open steps of an onboarding are. */
export interface OpenSteps {
  readonly waiting: readonly StepDetail[];
  readonly active: readonly StepDetail[];
  readonly timers: readonly StepDetail[];
}

/** How the onboarding stands, in one sentence: the first thing to read on its page. */
export function headline(
  onboarding: OnboardingPage,
  open: OpenSteps,
  people: People,
  now: Date,
): string {
  const { status, reason, endedAt } = onboarding;
  const because = reason === null ? '' : `: ${reason}`;
  if (status === 'closed')
    return `Closed on ${date(endedAt ?? now)}. The platform serves this department.`;
  if (status === 'aborted') return `Aborted on ${date(endedAt ?? now)}${because}.`;
  const waits = waitSentence(open.waiting, now);
  if (status === 'paused')
    return `Paused${because}. No further step begins until it is resumed.${waits === undefined ? '' : ` ${waits}`}`;
  if (status === 'rolling-back')
    return `The cutover is being taken back${because}.${waits === undefined ? '' : ` ${waits}`}`;
  if (status === 'rolled-back')
    return `The cutover was taken back${because}. The legacy side serves.`;
  return waits ?? goingOn(onboarding, open, people);
}

function waitSentence(waiting: readonly StepDetail[], now: Date): string | undefined {
  const parked = waiting.filter((step) => step.status === 'parked');
  const first = (parked.length > 0 ? parked : waiting).toSorted((a, b) =>
    (a.waitingSince ?? '').localeCompare(b.waitingSince ?? ''),
  )[0];
  if (first === undefined) return undefined;
  const since =
    first.waitingSince === null
      ? ''
      : ` It has waited for ${between(first.waitingSince, now)}, since ${atTime(first.waitingSince, now).replace(/^(at|on) /, '')}.`;
  if (parked.length > 0) {
    return parked.length === 1
      ? `One step failed and needs a person: ${stepPhrase(first.key)}.${since}`
      : `${count(parked.length, 'step')} failed and need a person. The first: ${stepPhrase(first.key)}.${since}`;
  }
  return `${askedFor(first)}.${since}`;
}

/** What a step that waits needs, and of whom. */
function askedFor(step: StepDetail): string {
  const title = stepPhrase(step.key);
  if (step.key.startsWith('parallel-run/explain/')) return `Waits for the payroll lead: ${title}`;
  if (step.key.startsWith('migration/quarantine/'))
    return `Waits for rows in quarantine to be corrected or accepted: ${title}`;
  if (step.decisions.some((decision) => !decision.approved))
    return `Rejected, and has to be measured again: ${title}`;
  if (step.red.length > 0)
    return `Cannot be approved while ${count(step.red.length, 'criterion is', 'criteria are')} red: ${title}`;
  const missing = step.quorum.filter(({ wanted, given }) => given < wanted);
  const roles = (missing.length > 0 ? missing : step.quorum).map(({ role }) => role);
  return `Waits for the ${roleList(roles, 'and')}: ${title}`;
}

function goingOn(
  onboarding: OnboardingPage,
  { active, timers }: OpenSteps,
  people: People,
): string {
  const first = active[0] ?? timers[0];
  if (first === undefined) {
    const who = onboarding.startedBy === null ? '' : ` by ${people.name(onboarding.startedBy)}`;
    return onboarding.startedAt === null
      ? `Started${who}.`
      : `In ${STAGE_NAMES[onboarding.stage].toLowerCase()}. The next step is about to begin.`;
  }
  if (active.length === 0) return `Waits for its time: ${stepPhrase(first.key)}.`;
  return active.length === 1
    ? `Running: ${stepPhrase(first.key)}. Nobody needs to do anything.`
    : `Running ${count(active.length, 'step')} of ${STAGE_NAMES[first.stage].toLowerCase()}. Nobody needs to do anything.`;
}
