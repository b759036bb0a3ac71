import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Place } from '../../access.ts';
import { stepAnchor } from '../addresses.ts';
import { personOf, sendPage } from '../site.ts';
import type { Site } from '../site.ts';
import { departmentView } from './department-view.ts';
import { summaryLines } from './form-state.ts';
import type { RefusedForm } from './form-state.ts';
import { lookAt } from './look.ts';
import { breadcrumbs, DEPARTMENT_ROUTE, PAGE, placeOf, streamOf } from './places.ts';

/** How many of the latest events are looked at for what the page shows. */
const LATEST = 40;

/** One department's journey. */
export function departmentRoutes(app: FastifyInstance, site: Site): void {
  app.get(DEPARTMENT_ROUTE, PAGE, (request, reply) =>
    showDepartment(site, request, reply, placeOf(request)),
  );
}

/** Answers with the page of a department; after a refused form, with what was wrong. */
export async function showDepartment(
  site: Site,
  request: FastifyRequest,
  reply: FastifyReply,
  place: Place,
  refused?: RefusedForm,
): Promise<FastifyReply> {
  const { onboarding, steps, ground } = await lookAt(site, request, place, refused);
  const events = await site.reads.events(
    personOf(request),
    place,
    Math.max(0, onboarding.position - LATEST),
    LATEST,
  );
  const view = departmentView(onboarding, steps, events, ground, new Date());
  return sendPage(site, request, reply, 'department.njk', {
    title: view.name,
    // What somebody corrects does not change under their hands.
    ...(refused === undefined ? { stream: streamOf(onboarding.id) } : {}),
    crumbs: breadcrumbs(place, view.name),
    errors: summaryLines(refused, formIdOf(refused)),
    from: 'department',
    view,
  });
}

/** The id of the form that was refused. */
export function formIdOf(refused: RefusedForm | undefined): string {
  if (refused === undefined) return '';
  return refused.step === '' ? refused.form : `${refused.form}-${stepAnchor(refused.step)}`;
}
