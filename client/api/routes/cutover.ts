import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { calendarSchema, readCalendar } from '../../calendar.ts';
import { readCutover } from '../../cutover.ts';
import { cutoverSchema } from '../../cutover-views.ts';
import type { Services } from '../../services.ts';
import { identityOf } from '../authentication.ts';
import { placeParams, problems } from '../schemas.ts';

/** Rehearsals, runbook and calendar. */
export function cutoverRoutes({ reads, database }: Services): FastifyPluginAsyncZod {
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

    app.get(
      '/onboardings/:programme/:department/calendar',
      {
        schema: {
          tags: ['cutover'],
          summary: 'Closed days, other cutovers of the team, and whether a window is legal',
          params: placeParams,
          querystring: z
            .object({
              from: z.iso.datetime({ offset: true }).optional(),
              to: z.iso.datetime({ offset: true }).optional(),
            })
            .refine(({ from, to }) => (from === undefined) === (to === undefined), {
              message: 'a window has both from and to',
            }),
          response: { 200: calendarSchema, ...problems },
        },
      },
      async (request) => {
        const { from, to } = request.query;
        const asked = from === undefined || to === undefined ? undefined : { from, to };
        return readCalendar({ reads, database }, identityOf(request), request.params, asked);
      },
    );
  };
}
