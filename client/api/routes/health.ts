import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { SlipwayError } from '../../../domain/errors.ts';
import type { Services } from '../../services.ts';
import { problems } from '../schemas.ts';

/** Is the process alive, and can it do its work? Nobody has to sign in for these. */
export function healthRoutes({ database }: Services): FastifyPluginAsyncZod {
  return async (app) => {
    const ok = z.object({ status: z.literal('ok') });
    const open = { security: [], tags: ['health'] };

    app.get(
      '/health',
      {
        config: { rateLimit: false },
        schema: { ...open, summary: 'The process lives', response: { 200: ok } },
      },
      async () => ({ status: 'ok' as const }),
    );

    app.get(
      '/ready',
      {
        config: { rateLimit: false },
        schema: { ...open, summary: 'The database answers', response: { 200: ok, ...problems } },
      },
      async () => {
        try {
          await database.query('select 1');
        } catch (cause) {
          throw new SlipwayError('service/unreachable', "Slipway's own database does not answer", {
            cause,
          });
        }
        return { status: 'ok' as const };
      },
    );
  };
}
