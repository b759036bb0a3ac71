import type { FastifyInstance } from 'fastify';
import type { Place } from '../../access.ts';
import { readProfile, readProfiles } from '../../profiles.ts';
import { profilesAddress } from '../addresses.ts';
import { personOf, sendPage } from '../site.ts';
import type { Site } from '../site.ts';
import { breadcrumbs, DEPARTMENT_ROUTE, placeOf, queryValue } from './places.ts';
import { profileView } from './profile-view.ts';

/** What discovery found in the sources: all tables, and one of them with every column. */
export function profileRoutes(app: FastifyInstance, site: Site): void {
  app.get(`${DEPARTMENT_ROUTE}/profiles`, async (request, reply) => {
    const place = placeOf(request);
    const identity = personOf(request);
    const [{ name }, { profiles }] = await Promise.all([
      site.reads.onboarding(identity, place),
      readProfiles(site.reads, identity, place),
    ]);
    return sendPage(site, request, reply, 'profiles.njk', {
      title: `Data profiles – ${name}`,
      crumbs: breadcrumbs(place, name, 'Data profiles'),
      name,
      profiles: profiles.map((profile) => ({
        ...profile,
        tables: profile.tables.map((table) => ({
          ...table,
          href: profilesAddress(place, profile.source, table.table),
        })),
      })),
    });
  });

  app.get<{ Params: Place & { source: string; table: string } }>(
    `${DEPARTMENT_ROUTE}/profiles/:source/:table`,
    async (request, reply) => {
      const place = placeOf(request);
      const identity = personOf(request);
      const { source, table } = request.params;
      const since = queryValue(request, 'since');
      const { name } = await site.reads.onboarding(identity, place);
      const profile = await readProfile(site.reads, identity, place, { source, table, since });
      const [shown] = profile.tables;
      if (queryValue(request, 'as') === 'file') {
        return reply
          .type('application/json; charset=utf-8')
          .header(
            'content-disposition',
            `attachment; filename="profile-${profile.hash.slice(0, 12)}.json"`,
          )
          .header('cache-control', 'no-store')
          .send(JSON.stringify(profile, undefined, 2));
      }
      if (shown === undefined) return reply.redirect(profilesAddress(place), 303);
      const own = profilesAddress(place, source, shown.table);
      return sendPage(site, request, reply, 'profile.njk', {
        title: `${shown.table} – ${name}`,
        crumbs: [
          ...breadcrumbs(place, name, ' ').slice(0, -1),
          { text: 'Data profiles', href: profilesAddress(place) },
          { text: shown.table },
        ],
        name,
        source,
        table: shown.table,
        at: profile.at,
        hash: profile.hash,
        since: profile.since,
        file: `${own}?as=file`,
        earlier: profile.runs.slice(1).map((run) => ({ ...run, href: `${own}?since=${run.hash}` })),
        view: profileView(profile, shown),
      });
    },
  );
}
