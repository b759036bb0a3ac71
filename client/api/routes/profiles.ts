import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { profileListSchema, profileSchema } from '../../profile-views.ts';
import { readProfile, readProfiles } from '../../profiles.ts';
import type { Services } from '../../services.ts';
import { identityOf } from '../authentication.ts';
import { placeParams, problems } from '../schemas.ts';

const source = z.string().min(1).max(100).describe('Name of a source of the manifest.');

/** What discovery found in the sources. */
export function profileRoutes({ reads }: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/onboardings/:programme/:department/profiles',
      {
        schema: {
          tags: ['discovery'],
          summary: 'The profiled sources and their tables',
          params: placeParams,
          response: { 200: profileListSchema, ...problems },
        },
      },
      async (request) => readProfiles(reads, identityOf(request), request.params),
    );

    app.get(
      '/onboardings/:programme/:department/profiles/:source',
      {
        schema: {
          tags: ['discovery'],
          summary:
            'The newest profile of a source, with keys, references, dependencies and findings',
          description:
            'Columns with personal data show no values. `since` compares with an earlier profile of the same source.',
          params: placeParams.extend({ source }),
          querystring: z.object({
            table: z.string().max(200).optional().describe('One table, by its name.'),
            since: z
              .string()
              .max(64)
              .optional()
              .describe('`previous`, or the hash of a profile (8 characters at least).'),
          }),
          response: { 200: profileSchema, ...problems },
        },
      },
      async (request) => {
        const { source: name, ...place } = request.params;
        return readProfile(reads, identityOf(request), place, { source: name, ...request.query });
      },
    );
  };
}
