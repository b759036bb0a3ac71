import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Services } from '../../services.ts';
import { readSuggestions, suggestionsViewSchema } from '../../suggestions.ts';
import { identityOf } from '../authentication.ts';
import { placeParams, problems } from '../schemas.ts';

/** What is suggested for the mapping of an onboarding. */
export function suggestionRoutes({ reads }: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/onboardings/:programme/:department/suggestions',
      {
        schema: {
          tags: ['mapping'],
          summary: 'Which source tables, columns and codes may mean which of the platform',
          description:
            'What the step `mapping/suggest` found: candidates with scores and reasons, compared with what the manifest maps. Suggestions decide nothing.',
          params: placeParams,
          response: { 200: suggestionsViewSchema, ...problems },
        },
      },
      async (request) => readSuggestions(reads, identityOf(request), request.params),
    );
  };
}
