import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { readCutover } from '../../cutover.ts';
import { cutoverSchema } from '../../cutover-views.ts';
import type { Services } from '../../services.ts';
import { identityOf } from '../authentication.ts';
import { placeParams, problems } from '../schemas.ts';

/** Rehearsals and runbook. */
export function cutoverRoutes({ reads }: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/onboardings/:programme/:department/cutover',
      {
        schema: {
          tags: ['cutover'],
          summary: 'The rehearsals and the runbook of the cutover, with its critical path',
          params: placeParams,
          response: { 200: cutoverSchema, ...problems },
        },
      },
      async (request) => readCutover(reads, identityOf(request), request.params),
    );
  };
}
