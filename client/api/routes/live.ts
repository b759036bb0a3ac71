import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { findTokenHolder } from '../../../store/identities.ts';
import { liveBoard, liveOnboarding } from '../../live.ts';
import type { Watcher } from '../../live.ts';
import type { Services } from '../../services.ts';
import { bearerOf, identityOf } from '../authentication.ts';
import { placeParams } from '../schemas.ts';

const resume = z.object({
  after: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe('Position to go on from; `Last-Event-ID` wins over it.'),
});
const lastEventId = z.object({ 'last-event-id': z.coerce.number().int().min(0).optional() });

/** Live streams. */
export function liveRoutes(services: Services): FastifyPluginAsyncZod {
  const { database, reads, board } = services;
  const watcherOf = (request: FastifyRequest): { watcher: Watcher; end: () => void } => {
    const gone = new AbortController();
    const secret = bearerOf(request) ?? '';
    return {
      watcher: { signal: gone.signal, identity: () => findTokenHolder(database, secret) },
      end: () => gone.abort(),
    };
  };
  return async (app) => {
    // A stream has no end of its own: it would keep the server from closing.
    const open = new Set<() => void>();
    app.addHook('preClose', async () => {
      for (const end of open) end();
    });
    const stream = (
      reply: FastifyReply,
      end: () => void,
      source: AsyncGenerator<string>,
    ): FastifyReply => {
      open.add(end);
      const body = Readable.from(source, { objectMode: false });
      reply.raw.once('close', () => {
        open.delete(end);
        end();
      });
      return (
        reply
          .type('text/event-stream')
          .header('cache-control', 'no-store')
          .header('x-accel-buffering', 'no')
          // Kept alive behind its end, the connection would hold the server up when it closes.
          .header('connection', 'close')
          .send(body)
      );
    };

    app.get(
      '/onboardings/:programme/:department/events',
      {
        config: { rateLimit: false },
        schema: {
          tags: ['live'],
          summary: 'What happens to an onboarding, as it happens (server-sent events)',
          description:
            '`event`: an event of the log, its id is the position. `progress`: how far the running steps are.',
          produces: ['text/event-stream'],
          params: placeParams,
          querystring: resume,
          headers: lastEventId,
        },
      },
      async (request, reply) => {
        const { id, position } = await reads.onboarding(identityOf(request), request.params);
        const after = request.headers['last-event-id'] ?? request.query.after ?? position;
        const { watcher, end } = watcherOf(request);
        return stream(reply, end, liveOnboarding(services, id, after, watcher));
      },
    );

    app.get(
      '/events',
      {
        config: { rateLimit: false },
        schema: {
          tags: ['live'],
          summary: 'The programme board as it changes (server-sent events)',
          description:
            '`board`: all lines, first and whenever something may have been missed. `lines`: those that changed.',
          produces: ['text/event-stream'],
        },
      },
      async (request, reply) => {
        const { watcher, end } = watcherOf(request);
        return stream(
          reply,
          end,
          liveBoard(board, (identity) => reads.board(identity), watcher),
        );
      },
    );
  };
}
