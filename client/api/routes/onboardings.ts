import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Services } from '../../services.ts';
import {
  evidenceItemSchema,
  evidenceSchema,
  loggedEventSchema,
  onboardingSchema,
  readinessSchema,
  stepDetailSchema,
  stepSchema,
  summarySchema,
} from '../../views.ts';
import {
  varianceGroupSchema,
  unmatchedSchema,
  varianceSchema,
  varianceTrendSchema,
} from '../../variance-views.ts';
import { identityOf } from '../authentication.ts';
import { period, placeParams, problems, stepKey } from '../schemas.ts';

const limit = z.coerce.number().int().min(1).max(1000).default(200);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** Looking at onboardings. */
export function onboardingRoutes({ reads }: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/onboardings',
      {
        schema: {
          tags: ['onboardings'],
          summary: 'The programme board',
          querystring: z.object({ programme: z.string().optional() }),
          response: { 200: z.object({ onboardings: z.array(summarySchema) }), ...problems },
        },
      },
      async (request) => ({
        onboardings: await reads.board(identityOf(request), request.query.programme),
      }),
    );

    app.get(
      '/onboardings/:programme/:department',
      {
        schema: {
          tags: ['onboardings'],
          summary: 'One onboarding with its stages and steps',
          params: placeParams,
          response: { 200: onboardingSchema, ...problems },
        },
      },
      async (request) => reads.onboarding(identityOf(request), request.params),
    );

    app.get(
      '/onboardings/:programme/:department/steps',
      {
        schema: {
          tags: ['onboardings'],
          summary: 'The steps, in the order of the journey',
          params: placeParams,
          response: { 200: z.object({ steps: z.array(stepSchema) }), ...problems },
        },
      },
      async (request) => {
        const { steps } = await reads.onboarding(identityOf(request), request.params);
        return { steps };
      },
    );

    app.get(
      '/onboardings/:programme/:department/steps/:key',
      {
        schema: {
          tags: ['onboardings'],
          summary: 'Everything about a step',
          description: 'The slashes of the key are written `%2F`.',
          params: placeParams.extend({ key: stepKey }),
          response: { 200: stepDetailSchema, ...problems },
        },
      },
      async (request) => reads.step(identityOf(request), request.params, request.params.key),
    );

    app.get(
      '/onboardings/:programme/:department/history',
      {
        schema: {
          tags: ['onboardings'],
          summary: 'The event log, a page at a time',
          params: placeParams,
          querystring: z.object({ after: z.coerce.number().int().min(0).default(0), limit }),
          response: {
            200: z.object({
              events: z.array(loggedEventSchema),
              next: z.number().int().nullable().describe('`after` of the next page.'),
            }),
            ...problems,
          },
        },
      },
      async (request) => {
        const { after, limit: most } = request.query;
        const events = await reads.events(identityOf(request), request.params, after, most);
        const last = events.at(-1)?.position ?? null;
        return { events, next: events.length < most ? null : last };
      },
    );

    app.get(
      '/onboardings/:programme/:department/manifest',
      {
        schema: {
          tags: ['onboardings'],
          summary: 'The manifest it runs from, as it was given',
          params: placeParams,
          response: {
            200: z.object({ hash: z.string(), source: z.string(), baseFolder: z.string() }),
            ...problems,
          },
        },
      },
      async (request) => {
        const stored = await reads.manifest(identityOf(request), request.params);
        return { hash: stored.hash, source: stored.source, baseFolder: stored.baseFolder };
      },
    );

    app.get(
      '/onboardings/:programme/:department/readiness',
      {
        schema: {
          tags: ['onboardings'],
          summary: 'How ready it is, measured from the record now, the red lines first',
          params: placeParams,
          response: { 200: readinessSchema, ...problems },
        },
      },
      async (request) => reads.readiness(identityOf(request), request.params),
    );

    app.get(
      '/onboardings/:programme/:department/evidence',
      {
        schema: {
          tags: ['evidence'],
          summary: 'The documents that decisions rest on',
          params: placeParams,
          response: { 200: z.object({ evidence: z.array(evidenceItemSchema) }), ...problems },
        },
      },
      async (request) => ({
        evidence: await reads.evidenceOf(identityOf(request), request.params),
      }),
    );

    app.get(
      '/onboardings/:programme/:department/evidence/:hash',
      {
        schema: {
          tags: ['evidence'],
          summary: 'A document by its hash',
          params: placeParams.extend({ hash }),
          response: { 200: evidenceSchema, ...problems },
        },
      },
      async (request) => reads.evidence(identityOf(request), request.params, request.params.hash),
    );

    app.get(
      '/onboardings/:programme/:department/variances',
      {
        schema: {
          tags: ['variances'],
          summary: 'The trend: differences of every compared pay period, and what became of them',
          params: placeParams,
          response: { 200: z.object({ periods: z.array(varianceTrendSchema) }), ...problems },
        },
      },
      async (request) => ({
        periods: await reads.varianceTrend(identityOf(request), request.params),
      }),
    );

    app.get(
      '/onboardings/:programme/:department/variances/:period',
      {
        schema: {
          tags: ['variances'],
          summary: 'The pay differences of a period, by signature',
          params: placeParams.extend({ period }),
          response: { 200: z.object({ groups: z.array(varianceGroupSchema) }), ...problems },
        },
      },
      async (request) => ({
        groups: await reads.varianceGroups(
          identityOf(request),
          request.params,
          request.params.period,
        ),
      }),
    );

    app.get(
      '/onboardings/:programme/:department/variances/:period/lines',
      {
        schema: {
          tags: ['variances'],
          summary: 'The pay differences of a period, by person and element',
          params: placeParams.extend({ period }),
          querystring: z.object({ signature: z.string().optional(), limit }),
          response: { 200: z.object({ lines: z.array(varianceSchema) }), ...problems },
        },
      },
      async (request) => {
        const { params, query } = request;
        const identity = identityOf(request);
        const lines = await reads.variances(
          identity,
          params,
          params.period,
          query.signature,
          query.limit,
        );
        return { lines };
      },
    );

    app.get(
      '/onboardings/:programme/:department/variances/:period/unmatched',
      {
        schema: {
          tags: ['variances'],
          summary: 'People with pay of a period on one side only: the population is not whole',
          params: placeParams.extend({ period }),
          response: { 200: z.object({ people: z.array(unmatchedSchema) }), ...problems },
        },
      },
      async (request) => ({
        people: await reads.unmatched(identityOf(request), request.params, request.params.period),
      }),
    );
  };
}
