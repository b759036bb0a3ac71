import { z } from 'zod';
import { SlipwayError } from '../domain/errors.ts';
import { SUGGESTIONS_KIND, suggestionsSchema } from '../domain/matching/suggestions.ts';
import type { Identity } from '../store/identities.ts';
import type { Place } from './access.ts';
import type { Reads } from './reads.ts';

const STEP = 'mapping/suggest';

/** What was suggested, and whether the manifest is still the one that was looked at. */
export const suggestionsViewSchema = suggestionsSchema
  .extend({
    hash: z.string().describe('Of the evidence it is.'),
    current: z.boolean().describe('False when the manifest was amended since.'),
  })
  .meta({ id: 'MappingSuggestionsView' });
/** What was suggested, as people look at it. */
export type SuggestionsView = z.output<typeof suggestionsViewSchema>;

/**
 * The suggestions of an onboarding: what `mapping/suggest` found last.
 * @throws SlipwayError `request/not-found` when that step has not ended or was skipped; as `Reads` does
 */
export async function readSuggestions(
  reads: Reads,
  identity: Identity,
  place: Place,
): Promise<SuggestionsView> {
  const { onboarding, steps } = await reads.journey(identity, place);
  const step = steps.find(({ key }) => key === STEP);
  const document = step?.evidence.find(({ kind }) => kind === SUGGESTIONS_KIND);
  if (document === undefined) {
    throw new SlipwayError(
      'request/not-found',
      `${onboarding.id} has no suggestions yet: they come with ${STEP}`,
    );
  }
  const { hash, content } = await reads.evidence(identity, place, document.hash);
  const found = suggestionsSchema.parse(content);
  return { ...found, hash, current: found.manifest === onboarding.manifest };
}
