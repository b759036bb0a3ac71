import type { Manifest } from '../../../domain/manifest.ts';
import { findPerson } from '../../../store/identities.ts';
import type { Identity } from '../../../store/identities.ts';
import { findOnboarding } from '../../../store/read-model.ts';
import { onboardingId } from '../../../workflows/messages.ts';
import { until } from '../../support/until.ts';
import type { World } from './world.ts';

/**
 * Gives every approval that is asked for, by the people whom the manifest names and with everything acknowledged that is
 * open, until a step has a status. What is red stays as it is.
 */
export async function approveUntil(
  { services: { database, commands } }: Pick<World, 'services'>,
  { programme, department, people }: Manifest,
  key: string,
  status = 'succeeded',
): Promise<void> {
  const place = { programme, department: department.id };
  await until(
    `${place.department} has ${key} ${status}`,
    async () => {
      const detail = await findOnboarding(database, onboardingId(programme, department.id));
      const steps = detail?.steps ?? [];
      if (steps.find((step) => step.key === key)?.status === status) return true;
      const unexpected = steps.find((step) => step.status === 'parked');
      if (unexpected !== undefined && unexpected.key !== key)
        throw new Error(`${unexpected.key} is parked: ${unexpected.failure?.message ?? ''}`);
      for (const step of steps) {
        const { red = [], open = [] } = step.output ?? {};
        if (step.status !== 'waiting' || (red as unknown[]).length > 0) continue;
        for (const role of Object.keys(step.quorum ?? {})) {
          const named = people.find(({ roles }) => roles.some((each) => each === role));
          if (named === undefined || step.decisions.some(({ by }) => by === named.id)) continue;
          const identity = (await findPerson(database, named.id)) as Identity;
          const evidence = step.evidence[0]?.hash ?? '';
          await commands.approve(
            { ...place, identity, reason: 'The evidence is complete' },
            { step: step.key, evidence, acknowledge: open as string[] },
          );
        }
      }
      return undefined;
    },
    60_000,
  );
}
