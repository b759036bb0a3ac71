import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Place } from '../../access.ts';
import { evidenceAddress, stepAddress } from '../addresses.ts';
import { personOf, sendPage } from '../site.ts';
import type { Site } from '../site.ts';
import { criterionRows } from '../words/criteria.ts';
import { blockOf } from '../words/json-blocks.ts';
import { capital, spaced } from '../words/format.ts';
import { stepTitle } from '../words/names.ts';
import { People } from '../words/people.ts';
import { breadcrumbs, DEPARTMENT_ROUTE, placeOf, queryValue } from './places.ts';

/** A pack repeats the whole record: it is for a file, not for a page. */
const PACK = 'evidence-pack';
const packSchema = z.object({ events: z.array(z.unknown()), evidence: z.array(z.unknown()) });

/** The documents that decisions rest on. They never change under their hash. */
export function evidenceRoutes(app: FastifyInstance, site: Site): void {
  app.get<{ Params: Place & { hash: string } }>(
    `${DEPARTMENT_ROUTE}/evidence/:hash`,
    async (request, reply) => {
      const place = placeOf(request);
      const identity = personOf(request);
      const { hash } = request.params;
      const document = await site.reads.evidence(identity, place, hash);
      if (queryValue(request, 'as') === 'file') {
        return reply
          .type('application/json; charset=utf-8')
          .header(
            'content-disposition',
            `attachment; filename="${document.kind}-${hash.slice(0, 12)}.json"`,
          )
          .header('cache-control', 'no-store')
          .send(JSON.stringify(document.content, undefined, 2));
      }
      const [{ name }, { manifest }, known] = await Promise.all([
        site.reads.onboarding(identity, place),
        site.reads.manifest(identity, place),
        site.reads.people(identity),
      ]);
      const people = new People(known, manifest.people);
      const kind = capital(spaced(document.kind));
      const criteria = criterionRows(document.content, place, people);
      const pack = document.kind === PACK ? packSchema.safeParse(document.content).data : undefined;
      return sendPage(site, request, reply, 'evidence.njk', {
        title: `${kind} – ${name}`,
        crumbs: breadcrumbs(place, name, kind),
        name,
        kind,
        hash,
        step: { title: stepTitle(document.step), href: stepAddress(place, document.step) },
        file: `${evidenceAddress(place, hash)}?as=file`,
        criteria,
        pack:
          pack === undefined
            ? undefined
            : { events: pack.events.length, documents: pack.evidence.length },
        content:
          pack === undefined ? blockOf(withoutCriteria(document.content, criteria)) : undefined,
      });
    },
  );
}

/** What is left of a statement when its criteria are shown as a table of their own. */
function withoutCriteria(content: unknown, criteria: unknown): unknown {
  if (criteria === undefined || typeof content !== 'object' || content === null) return content;
  return Object.fromEntries(
    Object.entries(content).filter(([name]) => name !== 'criteria' && name !== 'lines'),
  );
}
