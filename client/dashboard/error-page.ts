import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ERRORS, SlipwayError } from '../../domain/errors.ts';
import { asSlipwayError } from '../api/problem.ts';
import { sendPage, wantsFragment } from './site.ts';
import type { Site } from './site.ts';

/** Errors as pages: what happened, what to do, and the code to ask about it with. */
export function answerErrors(app: FastifyInstance, site: Site): void {
  app.setErrorHandler((thrown, request, reply) => {
    if (isExpiredForm(thrown)) return sendExpiredForm(site, request, reply);
    const error = asSlipwayError(thrown);
    if (error.code === 'internal/unexpected')
      request.log.error({ err: error.cause ?? error }, 'a page failed unexpectedly');
    return sendError(site, request, reply, error);
  });
  app.setNotFoundHandler((request, reply) =>
    sendError(
      site,
      request,
      reply,
      new SlipwayError('request/not-found', `There is no page at ${request.url}.`),
    ),
  );
}

/** Answers with the page of an error. */
function sendError(
  site: Site,
  request: FastifyRequest,
  reply: FastifyReply,
  { code, message }: SlipwayError,
): FastifyReply {
  const { title, advice, http } = ERRORS[code];
  reply.code(http);
  // The script of a page keeps what is there and says that it is old.
  if (wantsFragment(request)) return reply.type('text/plain').send(message);
  return sendPage(site, request, reply, 'error.njk', { title, message, advice, code });
}

/** The token of a form was missing, wrong, or of somebody who is not signed in any more. */
function isExpiredForm(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('FST_CSRF_');
}

function sendExpiredForm(site: Site, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.code(403);
  return sendPage(site, request, reply, 'error.njk', {
    title: 'This form can no longer be sent',
    message:
      'It was opened for another session, or did not come from this site. Nothing was changed.',
    advice: 'Go back, reload the page and send the form again.',
    code: 'access/not-permitted',
  });
}
