import type { FastifyInstance } from 'fastify';
import { packSealSchema, SEAL_KIND } from '../../../domain/evidence-pack.ts';
import type { Place } from '../../access.ts';
import { evidenceAddress, packAddress, stepAddress } from '../addresses.ts';
import { personOf, sendPage } from '../site.ts';
import type { Site } from '../site.ts';
import { criterionRows } from '../words/criteria.ts';
import { blockOf } from '../words/json-blocks.ts';
import { capital, spaced } from '../words/format.ts';
import { stepTitle } from '../words/names.ts';
import { People } from '../words/people.ts';
import { breadcrumbs, DEPARTMENT_ROUTE, placeOf, queryValue } from './places.ts';

/** The documents that decisions rest on. They never change under their hash. */
export function evidenceRoutes(app: FastifyInstance, site: Site): void {
  app.get<{ Params: Place }>(`${DEPARTMENT_ROUTE}/evidence/pack`, async (request, reply) => {
    const pack = await site.packs.export(personOf(request), placeOf(request));
    return reply
      .type('application/zip')
      .header('content-length', pack.bytes)
      .header('content-disposition', `attachment; filename="${pack.fileName}"`)
      .header('cache-control', 'no-store')
      .send(pack.stream);
  });

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
      const seal =
        document.kind === SEAL_KIND ? packSealSchema.safeParse(document.content).data : undefined;
      return sendPage(site, request, reply, 'evidence.njk', {
        title: `${kind} – ${name}`,
        crumbs: breadcrumbs(place, name, kind),
        name,
        kind,
        hash,
        step: { title: stepTitle(document.step), href: stepAddress(place, document.step) },
        file: `${evidenceAddress(place, hash)}?as=file`,
        criteria,
        pack: packAddress(place),
        seal:
          seal === undefined ? undefined : { events: seal.event, documents: seal.documents.length },
        content:
          seal === undefined ? blockOf(withoutCriteria(document.content, criteria)) : undefined,
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
