import type { FastifyInstance } from 'fastify';
import type { Place } from '../../access.ts';
import { variancesAddress } from '../addresses.ts';
import { personOf, sendPage } from '../site.ts';
import type { Site } from '../site.ts';
import { breadcrumbs, DEPARTMENT_ROUTE, PAGE, placeOf } from './places.ts';

/** Pixels of a bar with its gap, and of the highest bar. */
const STEP = 80;
const HIGHEST = 110;

/** The variances of all compared pay periods beside each other: the chart is drawn here, no script is needed. */
export function varianceTrendRoutes(app: FastifyInstance, site: Site): void {
  app.get<{ Params: Place }>(`${DEPARTMENT_ROUTE}/variances`, PAGE, async (request, reply) => {
    const place = placeOf(request);
    const identity = personOf(request);
    const { name } = await site.reads.onboarding(identity, place);
    const trend = await site.reads.varianceTrend(identity, place);
    const most = Math.max(1, ...trend.map((each) => each.lines));
    return sendPage(site, request, reply, 'variance-trend.njk', {
      title: `Variances by pay period – ${name}`,
      crumbs: breadcrumbs(place, name, 'Variances by pay period'),
      name,
      width: STEP * trend.length,
      periods: trend.map((each, index) => {
        const height = Math.round((each.lines / most) * HIGHEST);
        const bar = { x: index * STEP + 16, y: HIGHEST + 10 - height, height };
        return { ...each, href: variancesAddress(place, each.period), bar };
      }),
    });
  });
}
