import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SlipwayError } from '../../../domain/errors.ts';
import { stepKey } from '../../../domain/step-catalogue.ts';
import type { VarianceGroup } from '../../../store/variances.ts';
import type { Place } from '../../access.ts';
import { stepAddress, variancesAddress, varianceTrendAddress } from '../addresses.ts';
import { personOf, sendPage } from '../site.ts';
import type { Site } from '../site.ts';
import { DECISIONS } from '../words/explanations.ts';
import { spaced } from '../words/format.ts';
import { whyNotCommand } from '../words/why-not.ts';
import { formIdOf } from './department.ts';
import { summaryLines } from './form-state.ts';
import type { RefusedForm } from './form-state.ts';
import { lookAt } from './look.ts';
import { breadcrumbs, DEPARTMENT_ROUTE, PAGE, placeOf, queryValue, streamOf } from './places.ts';
import { formOf } from './step-card.ts';

const STATUSES = {
  open: 'Open',
  'in-progress': 'In progress',
  explained: 'Explained',
  carried: 'Carried forward',
} as const;

/** Lines of one page. */
const LINES = 1000;

type PeriodParams = Place & { period: string };

/** The pay differences of a period: in groups that have one cause, and line by line. */
export function varianceRoutes(app: FastifyInstance, site: Site): void {
  app.get<{ Params: PeriodParams }>(
    `${DEPARTMENT_ROUTE}/variances/:period`,
    PAGE,
    (request, reply) =>
      showVariances(site, request, reply, placeOf(request), request.params.period),
  );
  app.get<{ Params: PeriodParams }>(
    `${DEPARTMENT_ROUTE}/variances/:period/lines`,
    async (request, reply) => {
      const place = placeOf(request);
      const { period } = request.params;
      const signature = queryValue(request, 'signature');
      const identity = personOf(request);
      const { name } = await site.reads.onboarding(identity, place);
      const lines = await site.reads.variances(identity, place, period, signature, LINES + 1);
      return sendPage(site, request, reply, 'variance-lines.njk', {
        title: `Variances of ${period}, line by line – ${name}`,
        crumbs: [
          ...breadcrumbs(place, name, ' ').slice(0, -1),
          { text: `Variances of ${period}`, href: variancesAddress(place, period) },
          { text: 'Line by line' },
        ],
        name,
        period,
        signature,
        lines: lines.slice(0, LINES).map((line) => ({ ...line, class: spaced(line.class) })),
        more: lines.length > LINES,
      });
    },
  );
}

function isOpen(group: VarianceGroup): boolean {
  return group.openLines > 0;
}

/** Answers with the groups of a period and the form to explain them; after a refusal, with what was wrong. */
export async function showVariances(
  site: Site,
  request: FastifyRequest,
  reply: FastifyReply,
  place: Place,
  period: string,
  refused?: RefusedForm,
): Promise<FastifyReply> {
  const key = stepKey('parallel-run/explain', period);
  const look = await lookAt(site, request, place, refused, () => false);
  const { onboarding, steps, ground } = look;
  const step = steps.find((each) => each.key === key);
  if (step === undefined)
    throw new SlipwayError('request/not-found', `${onboarding.id} has no pay period ${period}`);
  const groups = await site.reads.varianceGroups(personOf(request), place, period);
  const asked = step.status === 'waiting' || step.status === 'parked';
  const may = step.can.includes('explainVariance');
  return sendPage(site, request, reply, 'variances.njk', {
    title: `Variances of ${period} – ${onboarding.name}`,
    ...(refused === undefined ? { stream: streamOf(onboarding.id) } : {}),
    crumbs: breadcrumbs(place, onboarding.name, `Variances of ${period}`),
    errors: summaryLines(refused, formIdOf(refused)),
    from: 'variances',
    name: onboarding.name,
    period,
    trendHref: varianceTrendAddress(place),
    step: { href: stepAddress(place, key), status: step.status },
    // Those that need an explanation first; within that, as they come: those of the most people first.
    groups: groups
      .toSorted((a, b) => Number(isOpen(b)) - Number(isOpen(a)))
      .map((group) => ({
        ...group,
        class: spaced(group.class),
        decision: DECISIONS.find((each) => each.value === group.decision)?.text ?? group.decision,
        explainedBy: group.explainedBy === null ? null : ground.people.name(group.explainedBy),
        open: isOpen(group),
        status: group.status === null ? 'Within tolerance' : STATUSES[group.status],
        owner: group.owner === null ? null : ground.people.name(group.owner),
        href: variancesAddress(place, period, group.signature),
        chosen: (refused?.values['signatures'] ?? '').split('\n').includes(group.signature),
      })),
    open: groups.filter(isOpen).length,
    form: asked && may ? formOf('explain', step, ground) : undefined,
    formNot: asked && !may ? whyNotCommand('explainVariance', ground) : undefined,
    decisions: DECISIONS,
  });
}
