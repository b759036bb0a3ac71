import type { Json } from '../domain/json.ts';
import { contentHash } from '../store/hashing.ts';
import { evidencePack } from '../store/evidence-pack.ts';
import type { StepBody } from './step-activity.ts';

/** Closes the onboarding with its evidence pack: everything an auditor needs to check it offline. */
export const closeOnboarding: StepBody = async ({ run, database }) => {
  const pack = await evidencePack(database, run.onboarding);
  const content = pack as unknown as Json;
  return {
    output: {
      pack: contentHash(content),
      events: pack.events.length,
      documents: pack.evidence.length,
    },
    evidence: [{ kind: 'evidence-pack', content }],
  };
};
