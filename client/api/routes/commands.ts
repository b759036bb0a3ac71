import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { CommandBy } from '../../commands.ts';
import type { Services } from '../../services.ts';
import { onboardingId } from '../../../workflows/messages.ts';
import { identityOf } from '../authentication.ts';
import { COMMAND_ROUTES } from '../command-routes.ts';
import { MANIFEST_LIMIT, placeParams, problems } from '../schemas.ts';

const commandHeaders = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('The same command with the same key is carried out once, however often it arrives.'),
});

const answer = z
  .object({
    onboarding: z.string(),
    version: z.number().int().describe('The record has everything up to this version.'),
    rewindTo: z.string().optional().describe('Of an amendment: where the journey goes on.'),
    manifest: z.string().optional().describe('Of an amendment: the hash of its manifest.'),
    proposed: z
      .boolean()
      .optional()
      .describe('Of an amendment: it waits for a second, senior person to confirm it.'),
    outcome: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('Of a decision about the quarantine: what it did, and what is open now.'),
    changes: z.array(z.object({ path: z.string(), step: z.string() })).optional(),
  })
  .meta({ id: 'CommandAnswer' });

/** `POST /onboardings/:programme/:department/<command>`, one for each command. */
export function commandRoutes({ commands }: Services): FastifyPluginAsyncZod {
  return async (app) => {
    for (const { name, summary, body, run } of COMMAND_ROUTES) {
      app.post(
        `/onboardings/:programme/:department/${name}`,
        {
          bodyLimit: name === 'amend' ? MANIFEST_LIMIT : 256 * 1024,
          schema: {
            tags: ['commands'],
            summary,
            params: placeParams,
            headers: commandHeaders,
            body,
            response: { 200: answer, ...problems },
          },
        },
        async (request) => {
          const { programme, department } = request.params;
          const said = request.body as { reason: string };
          const by: CommandBy = {
            identity: identityOf(request),
            programme,
            department,
            reason: said.reason,
            idempotencyKey: request.headers['idempotency-key'],
          };
          const result = (await run(commands, by, said)) as Omit<
            z.input<typeof answer>,
            'onboarding'
          >;
          return { onboarding: onboardingId(programme, department), ...result };
        },
      );
    }
  };
}
