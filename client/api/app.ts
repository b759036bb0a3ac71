import { createHash, randomUUID } from 'node:crypto';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import Fastify from 'fastify';
import type { FastifyInstance, FastifyPluginAsync, FastifyServerOptions } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { SlipwayError } from '../../domain/errors.ts';
import type { Services } from '../services.ts';
import { authenticate } from './authentication.ts';
import { OPENAPI } from './openapi.ts';
import { asSlipwayError, PROBLEM_TYPE, problemOf } from './problem.ts';
import { afterCutoverRoutes } from './routes/after-cutover.ts';
import { commandRoutes } from './routes/commands.ts';
import { cutoverRoutes } from './routes/cutover.ts';
import { evidencePackRoutes } from './routes/evidence-packs.ts';
import { healthRoutes } from './routes/health.ts';
import { liveRoutes } from './routes/live.ts';
import { manifestRoutes } from './routes/manifests.ts';
import { onboardingRoutes } from './routes/onboardings.ts';
import { peopleRoutes } from './routes/people.ts';
import { profileRoutes } from './routes/profiles.ts';
import { programmeRoutes } from './routes/programmes.ts';
import { quarantineRoutes } from './routes/quarantine.ts';
import { suggestionRoutes } from './routes/suggestions.ts';

export interface AppOptions {
  readonly services: Services;
  readonly logger?: FastifyServerOptions['logger'];
  /** Requests a minute from one token or address. */
  readonly requestsPerMinute?: number;
  /** What else the server serves: the dashboard. */
  readonly pages?: FastifyPluginAsync;
}

/** Where the API is. */
const API_PREFIX = '/api/v1';

/** The HTTP server of API and dashboard, not listening yet. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { services, logger = false, requestsPerMinute = 1200, pages } = options;
  const app = Fastify({
    logger,
    bodyLimit: 256 * 1024,
    // A step's key is one part of an address, however many slashes it has.
    routerOptions: { maxParamLength: 300 },
    requestIdHeader: false,
    genReqId: () => randomUUID(),
    forceCloseConnections: 'idle',
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
    },
    // Whoever serves it over HTTPS has a proxy that says so; on one machine there is no HTTPS.
    hsts: false,
  });
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: '1 minute',
    keyGenerator: (request) => {
      const { authorization } = request.headers;
      return authorization === undefined
        ? request.ip
        : createHash('sha256').update(authorization).digest('base64');
    },
  });
  await app.register(swagger, OPENAPI);
  app.setErrorHandler(answerError);
  await app.register(healthRoutes(services));
  await app.register(api(services), { prefix: API_PREFIX });
  if (pages !== undefined) await app.register(pages);
  return app;
}

function api(services: Services): FastifyPluginAsync {
  return async (scope) => {
    scope.setErrorHandler(answerError);
    scope.setNotFoundHandler((request) => {
      throw new SlipwayError('request/not-found', `there is no ${request.method} ${request.url}`);
    });
    scope.addContentTypeParser(
      ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/plain'],
      { parseAs: 'string' },
      (_request, body, done) => done(null, { manifest: body }),
    );
    scope.get('/openapi.json', { schema: { hide: true } }, async () => scope.swagger());
    await scope.register(async (secured) => {
      authenticate(secured, services.database);
      await secured.register(manifestRoutes(services));
      await secured.register(onboardingRoutes(services));
      await secured.register(evidencePackRoutes(services));
      await secured.register(profileRoutes(services));
      await secured.register(cutoverRoutes(services));
      await secured.register(afterCutoverRoutes(services));
      await secured.register(programmeRoutes(services));
      await secured.register(suggestionRoutes(services));
      await secured.register(commandRoutes(services));
      await secured.register(quarantineRoutes(services));
      await secured.register(liveRoutes(services));
      await secured.register(peopleRoutes(services));
    });
  };
}

const answerError: Parameters<FastifyInstance['setErrorHandler']>[0] = (thrown, request, reply) => {
  const error = asSlipwayError(thrown);
  if (error.code === 'internal/unexpected')
    request.log.error({ err: error.cause ?? error }, 'a request failed unexpectedly');
  if (error.code === 'access/not-signed-in') void reply.header('www-authenticate', 'Bearer');
  return reply
    .code(error.entry.http)
    .type(PROBLEM_TYPE)
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(problemOf(error, `urn:slipway:request:${request.id}`));
};
