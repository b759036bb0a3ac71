import { switchToPlatform } from '../dataplane/switch.ts';
import { rollbackViableUntil } from '../domain/rollback-clock.ts';
import type { StepBody } from './step-activity.ts';

/** Makes the platform serve the department. Until the point of no return this can be taken back. */
export const switchTheDepartment: StepBody = async ({ manifest, outputs, urls, work }) => {
  const tenant = await switchToPlatform(
    { urls: await urls(), department: manifest.department.id },
    work,
  );
  const liveFrom = tenant.liveFrom ?? new Date().toISOString();
  const viableUntil = rollbackViableUntil(manifest, await outputs(), liveFrom);
  return { output: { liveFrom, rollbackViableUntil: viableUntil } };
};
