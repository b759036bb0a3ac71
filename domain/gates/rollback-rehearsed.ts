import { rollbackProblems } from '../controls/c09-rollback-rehearsed.ts';
import { rehearsalItems } from '../rehearsals.ts';
import type { CriterionRule } from './criterion.ts';

/** A roll-back was rehearsed: it can be taken back (control C9). */
export const ROLLBACK_REHEARSED: CriterionRule = {
  id: 'rollback-rehearsed',
  title: 'A complete, timed roll-back was rehearsed and fits the window (control C9)',
  measure: ({ manifest, outputs, now }) => {
    const measuredBy = rehearsalItems(manifest).map((item) => `cutover/rehearse/${item}`);
    const problems = now === undefined ? [] : rollbackProblems({ manifest, outputs, now });
    const met = now !== undefined && problems.length === 0;
    return {
      value: met ? 'rehearsed' : problems.map(({ detail }) => detail).join('; ') || null,
      threshold: `within ${manifest.policy.rehearsalValidDays} days, at most ${manifest.cutover.rollbackHours} h`,
      met,
      measuredBy,
    };
  },
};
