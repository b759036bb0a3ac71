import type { FastifyRequest } from 'fastify';
import type { Place } from '../../access.ts';
import { actorAt } from '../../access.ts';
import type { OnboardingPage, StepDetail } from '../../views.ts';
import type { VarianceGroup } from '../../../store/variances.ts';
import { personOf } from '../site.ts';
import type { Site } from '../site.ts';
import { People } from '../words/people.ts';
import type { RefusedForm } from './form-state.ts';
import type { CardGround } from './step-card.ts';

/** A department as one person sees it now. */
export interface Look {
  readonly onboarding: OnboardingPage;
  readonly steps: readonly StepDetail[];
  readonly ground: CardGround;
}

/**
 * Everything the pages of a department are made from, with the documents of the steps that wait.
 * @param concerns leaves out what belongs to steps that the page does not show
 */
export async function lookAt(
  site: Site,
  request: FastifyRequest,
  place: Place,
  refused?: RefusedForm,
  concerns: (step: StepDetail) => boolean = () => true,
): Promise<Look> {
  const identity = personOf(request);
  const { reads } = site;
  const [{ onboarding, steps }, { manifest }, known] = await Promise.all([
    reads.journey(identity, place),
    reads.manifest(identity, place),
    reads.people(identity),
  ]);
  const waiting = steps.filter((step) => step.status === 'waiting' && concerns(step));
  const hashes = waiting.flatMap((step) => step.evidence.map(({ hash }) => hash));
  const periods = waiting
    .filter((step) => step.key.startsWith('parallel-run/explain/'))
    .flatMap((step) => step.item ?? []);
  const [documents, variances] = await Promise.all([
    Promise.all(hashes.map((hash) => reads.evidence(identity, place, hash))),
    Promise.all(
      periods.map(
        async (period): Promise<[string, VarianceGroup[]]> => [
          period,
          await reads.varianceGroups(identity, place, period),
        ],
      ),
    ),
  ]);
  return {
    onboarding,
    steps,
    ground: {
      place,
      manifest,
      onboarding,
      actor: actorAt(identity, place),
      people: new People(known, manifest.people),
      refused,
      evidence: new Map(documents.map(({ hash, content }) => [hash, content])),
      variances: new Map(variances),
    },
  };
}
