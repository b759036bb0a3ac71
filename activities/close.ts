import { SEAL_KIND } from '../domain/evidence-pack.ts';
import type { Json } from '../domain/json.ts';
import { contentHash } from '../store/hashing.ts';
import { sealOf } from '../store/pack/seal.ts';
import type { StepBody } from './step-activity.ts';

/**
 * Closes the onboarding by announcing its record: a document with the hash of everything that it was decided on. Every evidence
 * pack that is exported from then on holds this document, and must hold what it names.
 */
export const closeOnboarding: StepBody = async ({ run, database }) => {
  const seal = await sealOf(database, run.onboarding);
  const content = seal as unknown as Json;
  return {
    output: {
      pack: contentHash(content),
      events: seal.event,
      documents: new Set(seal.documents.map(({ hash }) => hash)).size,
    },
    evidence: [{ kind: SEAL_KIND, content }],
  };
};
