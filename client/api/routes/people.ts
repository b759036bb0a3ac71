import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { SlipwayError } from '../../../domain/errors.ts';
import { createToken, listTokens, revokeToken } from '../../../store/identities.ts';
import type { Services } from '../../services.ts';
import { identitySchema, tokenSchema } from '../../views.ts';
import { identityOf } from '../authentication.ts';
import { problems } from '../schemas.ts';

const DAY = 86_400_000;

/** Who is who, and the tokens one has. */
export function peopleRoutes({ reads, database }: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/whoami',
      {
        schema: {
          tags: ['people'],
          summary: 'Who you are, and the roles you hold',
          response: { 200: identitySchema, ...problems },
        },
      },
      async (request) => ({ ...identityOf(request), grants: [...identityOf(request).grants] }),
    );

    app.get(
      '/people',
      {
        schema: {
          tags: ['people'],
          summary: 'The people of the departments you may look at',
          response: { 200: z.object({ people: z.array(identitySchema) }), ...problems },
        },
      },
      async (request) => {
        const people = await reads.people(identityOf(request));
        return { people: people.map((person) => ({ ...person, grants: [...person.grants] })) };
      },
    );

    app.get(
      '/tokens',
      {
        schema: {
          tags: ['people'],
          summary: 'Your tokens',
          response: { 200: z.object({ tokens: z.array(tokenSchema) }), ...problems },
        },
      },
      async (request) => {
        const tokens = await listTokens(database, identityOf(request).id);
        return {
          tokens: tokens.map(({ createdAt, expiresAt, revokedAt, ...token }) => ({
            ...token,
            createdAt: createdAt.toISOString(),
            expiresAt: expiresAt?.toISOString() ?? null,
            revokedAt: revokedAt?.toISOString() ?? null,
          })),
        };
      },
    );

    app.post(
      '/tokens',
      {
        schema: {
          tags: ['people'],
          summary: 'Make a token for yourself; its secret is shown once',
          body: z.strictObject({
            label: z.string().trim().min(1).max(100),
            expiresInDays: z.number().int().min(1).max(366).default(90),
          }),
          response: {
            201: z.object({ id: z.string(), secret: z.string(), expiresAt: z.string() }),
            ...problems,
          },
        },
      },
      async (request, reply) => {
        const { label, expiresInDays } = request.body;
        const expiresAt = new Date(Date.now() + expiresInDays * DAY);
        const { id, secret } = await createToken(
          database,
          identityOf(request).id,
          label,
          expiresAt,
        );
        return reply.code(201).send({ id, secret, expiresAt: expiresAt.toISOString() });
      },
    );

    app.delete(
      '/tokens/:id',
      {
        schema: {
          tags: ['people'],
          summary: 'Revoke one of your tokens',
          params: z.object({ id: z.string().max(100) }),
          response: { 200: z.object({ revoked: z.string() }), ...problems },
        },
      },
      async (request) => {
        const { id } = request.params;
        if (!(await revokeToken(database, identityOf(request).id, id)))
          throw new SlipwayError('request/not-found', `you have no token ${id}`);
        return { revoked: id };
      },
    );
  };
}
