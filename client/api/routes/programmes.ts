import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { measurementShape } from '../../../domain/programme-shape.ts';
import { forecastSchema, planVersionSchema, programmeSchema } from '../../programme-views.ts';
import type { Services } from '../../services.ts';
import { identityOf } from '../authentication.ts';
import { identifier, MANIFEST_LIMIT, problems, reason } from '../schemas.ts';

const params = z.object({ programme: identifier });
const hash = z.string().regex(/^[0-9a-f]{64}$/);

const registered = z
  .object({
    programme: z.string(),
    version: z.number().int(),
    hash,
    registered: z.boolean().describe('False when the newest version has this content already.'),
    newBaseline: z
      .boolean()
      .describe('Does it have other departments or dates than the plan in force?'),
  })
  .meta({ id: 'RegisteredPlan' });

/** Plans of programmes: waves, windows, what was measured of the provider, forecasts. */
export function programmeRoutes({ programmes }: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/programmes',
      {
        bodyLimit: MANIFEST_LIMIT,
        schema: {
          tags: ['programmes'],
          summary: 'Hand in a plan of waves; it is in force once another person has approved it',
          body: z.strictObject({
            plan: z.string().min(1).describe('The text of the plan, YAML.'),
            fileName: z.string().max(400).default('programme.yaml'),
            reason,
          }),
          response: { 200: registered, 201: registered, ...problems },
        },
      },
      async (request, reply) => {
        const { plan, fileName, reason: why } = request.body;
        const answer = await programmes.register(identityOf(request), plan, fileName, why);
        return reply.code(answer.registered ? 201 : 200).send(answer);
      },
    );

    app.post(
      '/programmes/:programme/approve',
      {
        schema: {
          tags: ['programmes'],
          summary: 'Put the newest plan in force: a senior person who has not prepared it',
          params,
          body: z.strictObject({
            hash: hash.describe('Of the version that was looked at.'),
            reason,
          }),
          response: { 200: planVersionSchema, ...problems },
        },
      },
      async (request) => {
        const { hash: looked, reason: why } = request.body;
        return programmes.approve(identityOf(request), request.params.programme, looked, why);
      },
    );

    app.get(
      '/programmes/:programme',
      {
        schema: {
          tags: ['programmes'],
          summary: 'The plan in force, its versions, what was measured, what was saved',
          params,
          response: { 200: programmeSchema, ...problems },
        },
      },
      async (request) => programmes.show(identityOf(request), request.params.programme),
    );

    app.get(
      '/programmes/:programme/forecast',
      {
        schema: {
          tags: ['programmes'],
          summary: 'When every department and wave will cut over, beside when it was to',
          params,
          response: { 200: forecastSchema, ...problems },
        },
      },
      async (request) => programmes.forecast(identityOf(request), request.params.programme),
    );

    app.post(
      '/programmes/:programme/measurements',
      {
        schema: {
          tags: ['programmes'],
          summary: 'Record what the provider has carried in a month, as independent assurance',
          params,
          body: measurementShape.extend({ reason }),
          response: { 200: z.object({ recorded: z.literal(true) }), ...problems },
        },
      },
      async (request) => {
        const { reason: why, ...measurement } = request.body;
        const { programme } = request.params;
        await programmes.measure(identityOf(request), programme, measurement, why);
        return { recorded: true as const };
      },
    );
  };
}
