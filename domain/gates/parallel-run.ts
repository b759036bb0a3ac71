import type { CriterionRule } from './criterion.ts';
import { one } from './measures.ts';

/** Criteria of `parallel-run/gate`. */
export const PARALLEL_RUN_GATE: readonly CriterionRule[] = [
  {
    id: 'clean-periods',
    title: 'Enough consecutive pay periods are clean, with every person compared (control C1)',
    measure: (facts) => {
      const { parallelRun, policy } = facts.manifest;
      if ('notApplicable' in parallelRun) {
        return {
          value: `not in scope: ${parallelRun.notApplicable}`,
          threshold: 'not in scope',
          met: true,
          measuredBy: [],
        };
      }
      const keys = parallelRun.periods.map((period) => `parallel-run/verdict/${period}`);
      const needed = keys.filter(
        (key) => facts.outputs.has(key) && Object.keys(one(facts, key)).length > 0,
      );
      const clean = needed.map((key) => one(facts, key)['clean'] === true);
      // The periods compared last must be clean, without a gap.
      const inARow = clean.length - 1 - clean.lastIndexOf(false);
      return {
        value: inARow,
        threshold: policy.cleanPeriods,
        met: inARow >= policy.cleanPeriods,
        measuredBy: needed,
      };
    },
  },
];
