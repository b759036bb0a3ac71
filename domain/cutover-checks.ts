import type { ManifestDraft } from './manifest-draft.ts';
import type { ManifestProblem } from './manifest-checks.ts';
import { readinessCriteria } from './readiness/criteria.ts';
import { ROLES } from './roles.ts';
import { ENGINE_LINE_IDS, runbookProblem } from './runbook.ts';

/** What does not fit together in the description of the cutover. */
export function checkCutover({ cutover, people = [] }: ManifestDraft): ManifestProblem[] {
  if (cutover === undefined) return [];
  const problems: ManifestProblem[] = [];
  const ids = [...ENGINE_LINE_IDS, ...cutover.runbook.map(({ id }) => id)];
  const owners = [...ROLES, ...people.flatMap(({ id }) => id ?? [])];
  for (const [index, line] of cutover.runbook.entries()) {
    const path = ['cutover', 'runbook', index];
    for (const [place, other] of line.after.entries()) {
      if (ids.includes(other)) continue;
      problems.push({
        path: [...path, 'after', place],
        message: `${other} is not in the runbook`,
        known: ids,
      });
    }
    if (!owners.some((owner) => owner === line.owner)) {
      problems.push({
        path: [...path, 'owner'],
        message: `${line.owner} is neither a role nor a person of this manifest`,
        known: owners,
      });
    }
  }
  const circle = problems.length === 0 ? runbookProblem(cutover.runbook) : undefined;
  if (circle !== undefined) problems.push({ path: ['cutover', 'runbook'], message: circle });
  const criteria = readinessCriteria({ cutover }).map(({ id }) => id);
  for (const id of Object.keys(cutover.readiness.notApplicable)) {
    if (criteria.includes(id)) continue;
    problems.push({
      path: ['cutover', 'readiness', 'notApplicable', id],
      message: `there is no criterion ${id}`,
      known: criteria,
      ofKey: true,
    });
  }
  return problems;
}
