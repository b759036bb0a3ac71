import type { Queryable } from './database.ts';
import { knownDepartments } from './known-departments.ts';

/**
 * The cutover windows of the other departments of a programme that the same team moves, as they were rescheduled last.
 * Those that were aborted or are closed no longer count.
 * @param except id of the department that asks
 */
export async function otherCutovers(
  database: Queryable,
  programme: string,
  team: string,
  except: string,
): Promise<{ department: string; from: string; to: string }[]> {
  const departments = await knownDepartments(database, programme);
  return departments
    .filter(({ id, status }) => id !== except && status !== 'closed')
    .filter(({ manifest }) => (manifest.cutover.team ?? 'programme') === team)
    .map(({ id, window }) => ({ department: id, ...window }));
}
