import { switchToPlatform } from '../dataplane/switch.ts';
import type { StepBody } from './step-activity.ts';

/** Makes the platform serve the department. Until the point of no return this can be taken back. */
export const switchTheDepartment: StepBody = async ({ manifest, urls, work }) => {
  const tenant = await switchToPlatform(
    { urls: await urls(), department: manifest.department.id },
    work,
  );
  const liveFrom = tenant.liveFrom ?? new Date().toISOString();
  const viableUntil = new Date(
    Date.parse(liveFrom) + manifest.cutover.rollbackHours * 3_600_000,
  ).toISOString();
  return { output: { liveFrom, rollbackViableUntil: viableUntil } };
};
