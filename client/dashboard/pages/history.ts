import type { FastifyInstance } from 'fastify';
import { historyAddress } from '../addresses.ts';
import { personOf, sendPage } from '../site.ts';
import type { Site } from '../site.ts';
import { eventLine } from '../words/event-words.ts';
import { People } from '../words/people.ts';
import { breadcrumbs, DEPARTMENT_ROUTE, PAGE, placeOf, queryValue, streamOf } from './places.ts';

/** Events on one page. */
const EVENTS = 100;

/** Everything that happened, the newest first. */
export function historyRoutes(app: FastifyInstance, site: Site): void {
  app.get(`${DEPARTMENT_ROUTE}/history`, PAGE, async (request, reply) => {
    const place = placeOf(request);
    const identity = personOf(request);
    const { reads } = site;
    const [onboarding, { manifest }, known] = await Promise.all([
      reads.onboarding(identity, place),
      reads.manifest(identity, place),
      reads.people(identity),
    ]);
    const people = new People(known, manifest.people);
    const asked = Number(queryValue(request, 'before'));
    const newest = onboarding.position + 1;
    const before = Number.isSafeInteger(asked) && asked > 0 ? Math.min(asked, newest) : newest;
    const first = Math.max(1, before - EVENTS);
    const events = await reads.events(identity, place, first - 1, before - first);
    return sendPage(site, request, reply, 'history.njk', {
      title: `History – ${onboarding.name}`,
      // Only the newest page grows.
      ...(before === newest ? { stream: streamOf(onboarding.id) } : {}),
      crumbs: breadcrumbs(place, onboarding.name, 'History'),
      name: onboarding.name,
      lines: events.toReversed().map((event) => eventLine(event, people)),
      from: first,
      to: before - 1,
      all: onboarding.position,
      older: first > 1 ? historyAddress(place, first) : undefined,
      newer: before < newest ? historyAddress(place, Math.min(newest, before + EVENTS)) : undefined,
    });
  });
}
