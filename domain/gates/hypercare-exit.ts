import type { CriterionRule } from './criterion.ts';
import { number, one, text } from './measures.ts';

/** Criteria of `cutover/exit`: hypercare ends, and with it the hold on legacy systems and teams (control C15). */
export const HYPERCARE_EXIT: readonly CriterionRule[] = [
  {
    id: 'hypercare-criteria',
    title: 'Every exit criterion of hypercare is met',
    measure: (facts) => {
      const { open } = one(facts, 'cutover/hypercare');
      const met = Array.isArray(open) && open.length === 0;
      return {
        value: met ? 'all met' : text(open, 'not measured'),
        threshold: 'all met',
        met,
        measuredBy: ['cutover/hypercare'],
      };
    },
  },
  {
    id: 'smoke-at-exit',
    title: 'The smoke checks pass at the end of hypercare',
    measure: (facts) => {
      const failed = number(one(facts, 'cutover/hypercare')['failed']);
      return {
        value: failed ?? null,
        threshold: 0,
        met: failed === 0,
        measuredBy: ['cutover/hypercare'],
      };
    },
  },
];
