import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Services } from '../../services.ts';
import { packExportSchema, signingKeySchema } from '../../views.ts';
import { identityOf } from '../authentication.ts';
import { placeParams, problems } from '../schemas.ts';

/** Evidence packs: one file with the whole record of an onboarding, and the keys that sign them. */
export function evidencePackRoutes({ packs }: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/onboardings/:programme/:department/evidence/pack',
      {
        schema: {
          tags: ['evidence'],
          summary: 'The evidence pack: the whole record in one signed file',
          description:
            'A ZIP file. The same record gives the same bytes. It is written down who took it out. Check it with `slipway evidence verify`.',
          params: placeParams,
          produces: ['application/zip'],
          response: { 200: z.any().describe('The file.'), ...problems },
        },
      },
      async (request, reply) => {
        const pack = await packs.export(identityOf(request), request.params);
        return reply
          .type('application/zip')
          .header('content-length', pack.bytes)
          .header('content-disposition', `attachment; filename="${pack.fileName}"`)
          .header('cache-control', 'no-store')
          .send(pack.stream);
      },
    );

    app.get(
      '/onboardings/:programme/:department/evidence/exports',
      {
        schema: {
          tags: ['evidence'],
          summary: 'Who took evidence packs out, the latest first',
          params: placeParams,
          response: { 200: z.object({ exports: z.array(packExportSchema) }), ...problems },
        },
      },
      async (request) => {
        const exports = await packs.exports(identityOf(request), request.params);
        return { exports: exports.map((each) => ({ ...each, at: each.at.toISOString() })) };
      },
    );

    app.get(
      '/signing-keys',
      {
        schema: {
          tags: ['evidence'],
          summary: 'The public keys that evidence packs are signed with, the newest first',
          response: { 200: z.object({ keys: z.array(signingKeySchema) }), ...problems },
        },
      },
      async () => {
        const keys = await packs.keys();
        return { keys: keys.map((each) => ({ ...each, since: each.since.toISOString() })) };
      },
    );
  };
}
