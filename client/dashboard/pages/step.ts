import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SlipwayError } from '../../../domain/errors.ts';
import type { Place } from '../../access.ts';
import { SUGGESTIONS_KIND } from '../../../domain/matching/suggestions.ts';
import { differencesAddress, evidenceAddress, suggestionsAddress } from '../addresses.ts';
import type { StepDetail } from '../../views.ts';
import { sendPage } from '../site.ts';
import type { Site } from '../site.ts';
import { between } from '../words/format.ts';
import { blockOf } from '../words/json-blocks.ts';
import { ROLE_NAMES, STAGE_NAMES, stepTitle } from '../words/names.ts';
import { summaryLines } from './form-state.ts';
import type { RefusedForm } from './form-state.ts';
import { formIdOf } from './department.ts';
import { lookAt } from './look.ts';
import { breadcrumbs, DEPARTMENT_ROUTE, PAGE, placeOf, streamOf } from './places.ts';
import { stepCard } from './step-card.ts';

/** The steps whose people want to see what was suggested. */
const SHOWS_SUGGESTIONS = new Set(['mapping/suggest', 'mapping/check', 'mapping/confirm']);

function hasSuggestions({ evidence }: Pick<StepDetail, 'evidence'>): boolean {
  return evidence.some(({ kind }) => kind === SUGGESTIONS_KIND);
}

/** Has the step compared both sides, whatever came of it? */
function hasCompared({ evidence, history }: StepDetail): boolean {
  return (
    evidence.some(({ kind }) => kind === 'reconciliation') ||
    history.some(({ failure }) => failure?.code === 'data/not-reconciled')
  );
}

/** One step with all its attempts and what it found. */
export function stepRoutes(app: FastifyInstance, site: Site): void {
  app.get<{ Params: Place & { '*': string } }>(
    `${DEPARTMENT_ROUTE}/steps/*`,
    PAGE,
    (request, reply) => showStep(site, request, reply, placeOf(request), request.params['*']),
  );
}

/** Answers with the page of a step; after a refused form, with what was wrong. */
export async function showStep(
  site: Site,
  request: FastifyRequest,
  reply: FastifyReply,
  place: Place,
  key: string,
  refused?: RefusedForm,
): Promise<FastifyReply> {
  const look = await lookAt(site, request, place, refused, (step) => step.key === key);
  const { onboarding, steps, ground } = look;
  const step = steps.find((each) => each.key === key);
  if (step === undefined)
    throw new SlipwayError('command/unknown-step', `${onboarding.id} has no step ${key}`);
  const { people } = ground;
  const title = stepTitle(step.key);
  const took =
    step.startedAt !== null && step.endedAt !== null
      ? between(step.startedAt, step.endedAt)
      : undefined;
  return sendPage(site, request, reply, 'step.njk', {
    title: `${title} – ${onboarding.name}`,
    ...(refused === undefined ? { stream: streamOf(onboarding.id) } : {}),
    crumbs: breadcrumbs(place, onboarding.name, title),
    errors: summaryLines(refused, formIdOf(refused)),
    from: 'step',
    name: onboarding.name,
    stage: STAGE_NAMES[step.stage],
    step,
    took,
    card: stepCard(step, ground),
    by: step.by === null ? undefined : people.name(step.by),
    attempts: step.history.map((attempt) => ({
      ...attempt,
      took:
        attempt.startedAt === null || attempt.endedAt === null
          ? undefined
          : between(attempt.startedAt, attempt.endedAt),
    })),
    suggestions:
      SHOWS_SUGGESTIONS.has(key) && steps.some(hasSuggestions)
        ? suggestionsAddress(place)
        : undefined,
    // A parked step's card leads there.
    differences:
      step.status !== 'parked' && hasCompared(step)
        ? differencesAddress(place, step.item ?? '', { stage: step.stage, raw: undefined })
        : undefined,
    input: step.input === null ? undefined : blockOf(step.input),
    output: step.output === null ? undefined : blockOf(step.output),
    documents: step.evidence.map((each) => ({ ...each, href: evidenceAddress(place, each.hash) })),
    decisions: step.decisions.map((decision) => ({
      ...decision,
      name: people.name(decision.by),
      role: ROLE_NAMES[decision.role],
    })),
  });
}
