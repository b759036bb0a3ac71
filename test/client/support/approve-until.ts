import { findPerson } from '../../../store/identities.ts';
import type { Identity } from '../../../store/identities.ts';
import type { Manifest } from '../../../domain/manifest.ts';
import { findOnboarding } from '../../../store/read-model.ts';
import { onboardingId } from '../../../workflows/messages.ts';
import { until } from '../../support/until.ts';
import type { World } from './world.ts';

/** Gives every approval that is asked for, by the people whom the manifest names, until a step has succeeded. */
export async function approveUntil(
  { services: { database, commands } }: World,
  { programme, department, people }: Manifest,
  key: string,
): Promise<void> {
  const place = { programme, department: department.id };
  await until(
    `${place.department} has ${key} succeeded`,
    async () => {
      const detail = await findOnboarding(database, onboardingId(programme, department.id));
      const steps = detail?.steps ?? [];
      if (steps.find((step) => step.key === key)?.status === 'succeeded') return true;
      for (const step of steps.filter(({ status }) => status === 'waiting')) {
        for (const role of Object.keys(step.quorum ?? {})) {
          const named = people.find(({ roles }) => roles.some((each) => each === role));
          if (named === undefined || step.decisions.some(({ by }) => by === named.id)) continue;
          const identity = (await findPerson(database, named.id)) as Identity;
          const by = { ...place, identity, reason: 'The evidence is complete' };
          await commands.approve(by, { step: step.key, evidence: step.evidence[0]?.hash ?? '' });
        }
      }
      return undefined;
    },
    60_000,
  );
}
