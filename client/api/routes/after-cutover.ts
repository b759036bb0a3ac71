import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { heldSchema, savingsSchema } from '../../programme-views.ts';
import type { Services } from '../../services.ts';
import { identityOf } from '../authentication.ts';
import { identifier, placeParams, problems, reason } from '../schemas.ts';

const ATTACHMENT = 200_000;

/** Letting the legacy side go after hypercare, and savings against the baseline. */
export function afterCutoverRoutes({ afterCutover }: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/onboardings/:programme/:department/release-hold',
      {
        schema: {
          tags: ['cutover'],
          summary: 'Legacy systems and teams that are held until hypercare has ended',
          params: placeParams,
          response: { 200: heldSchema, ...problems },
        },
      },
      async (request) => afterCutover.held(identityOf(request), request.params),
    );

    app.post(
      '/onboardings/:programme/:department/release',
      {
        schema: {
          tags: ['cutover'],
          summary: 'Let a legacy system or team go; refused before the exit of hypercare',
          params: placeParams,
          body: z.strictObject({ item: identifier, reason }),
          response: { 200: heldSchema, ...problems },
        },
      },
      async (request) => {
        const { item, reason: why } = request.body;
        return afterCutover.release(identityOf(request), request.params, item, why);
      },
    );

    app.get(
      '/onboardings/:programme/:department/savings',
      {
        schema: {
          tags: ['cutover'],
          summary: 'Savings that were claimed against the baseline',
          params: placeParams,
          response: { 200: z.object({ claims: z.array(savingsSchema) }), ...problems },
        },
      },
      async (request) => ({
        claims: await afterCutover.savings(identityOf(request), request.params),
      }),
    );

    app.post(
      '/onboardings/:programme/:department/savings',
      {
        schema: {
          tags: ['cutover'],
          summary: 'Claim savings: after hypercare, against the baseline, with actuals attached',
          params: placeParams,
          body: z.strictObject({
            from: z.iso.date(),
            to: z.iso.date(),
            serviceCost: z
              .number()
              .nonnegative()
              .describe('Pounds from the first to the last day.'),
            kpis: z.record(z.string(), z.number()).default({}),
            attached: z.string().min(1).max(ATTACHMENT).describe('The actuals, as text.'),
            reason,
          }),
          response: { 200: savingsSchema, ...problems },
        },
      },
      async (request) => {
        const { attached, reason: why, ...actuals } = request.body;
        const claim = { actuals, attached, reason: why };
        return afterCutover.claim(identityOf(request), request.params, claim);
      },
    );

    app.post(
      '/onboardings/:programme/:department/savings/:number/confirm',
      {
        schema: {
          tags: ['cutover'],
          summary: 'Confirm a claim: another person than made it',
          params: placeParams.extend({ number: z.coerce.number().int().min(1) }),
          body: z.strictObject({ reason }),
          response: { 200: savingsSchema, ...problems },
        },
      },
      async (request) => {
        const { number, ...place } = request.params;
        return afterCutover.confirm(identityOf(request), place, number, request.body.reason);
      },
    );
  };
}
