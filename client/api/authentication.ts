import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SlipwayError } from '../../domain/errors.ts';
import type { Database } from '../../store/database.ts';
import { findTokenHolder } from '../../store/identities.ts';
import type { Identity } from '../../store/identities.ts';

declare module 'fastify' {
  export interface FastifyRequest {
    /** Who sent the request, once it was found out. */
    identity: Identity | undefined;
  }
}

/** Finds out who sends each request of a scope, by its bearer token, and refuses everybody else. */
export function authenticate(app: FastifyInstance, database: Database): void {
  app.decorateRequest('identity', undefined);
  app.addHook('onRequest', async (request) => {
    const secret = bearerOf(request);
    request.identity = secret === undefined ? undefined : await findTokenHolder(database, secret);
    if (request.identity !== undefined) return;
    throw new SlipwayError(
      'access/not-signed-in',
      secret === undefined
        ? 'the request has no bearer token'
        : 'the token is unknown, revoked or has expired',
    );
  });
}

/** Who sent a request of an authenticated scope. */
export function identityOf(request: FastifyRequest): Identity {
  if (request.identity === undefined)
    throw new SlipwayError('access/not-signed-in', 'the request has no bearer token');
  return request.identity;
}

/** The secret of the request's bearer token. */
export function bearerOf(request: FastifyRequest): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
}
