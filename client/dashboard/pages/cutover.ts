import type { FastifyInstance } from 'fastify';
import type { Role } from '../../../domain/roles.ts';
import { readCutover } from '../../cutover.ts';
import { personOf, sendPage } from '../site.ts';
import type { Site } from '../site.ts';
import { ROLE_NAMES } from '../words/names.ts';
import { breadcrumbs, DEPARTMENT_ROUTE, placeOf } from './places.ts';

/** The cutover: how it was rehearsed, and the runbook with durations against plan. */
export function cutoverRoutes(app: FastifyInstance, site: Site): void {
  app.get(`${DEPARTMENT_ROUTE}/cutover`, async (request, reply) => {
    const place = placeOf(request);
    const identity = personOf(request);
    const [{ name }, { rehearsals, runbook, clock, next }] = await Promise.all([
      site.reads.onboarding(identity, place),
      readCutover(site.reads, identity, place),
    ]);
    return sendPage(site, request, reply, 'cutover.njk', {
      title: `Cutover – ${name}`,
      crumbs: breadcrumbs(place, name, 'Cutover'),
      name,
      clock,
      next,
      rehearsals: rehearsals.map((each) => ({ ...each, took: words(each.ms) })),
      runbook: runbook && {
        ...runbook,
        took: words(runbook.total),
        back: words(runbook.rollback),
        length: words(runbook.window.length),
        lines: runbook.lines.map((line) => ({
          ...line,
          owner: ROLE_NAMES[line.owner as Role] ?? line.owner,
          start: words(line.earliestStart),
          took: line.from === 'unknown' ? 'Not known' : words(line.ms),
        })),
      },
    });
  });
}

/** `2 h 5 min`, `3 min 20 s`, `4.2 s`; empty for what has not ended. */
function words(ms: number | null): string {
  if (ms === null) return '';
  if (ms < 60_000) return `${Math.round(ms / 100) / 10} s`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = Math.round((ms % 60_000) / 1000);
  return minutes < 60
    ? `${minutes} min ${seconds} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
