import type { JsonObject } from '../json.ts';
import type { StepKey } from '../step-catalogue.ts';
import type { CriterionRule, GateFacts } from './criterion.ts';
import { atLeast, datasets, number, one, rate, rejectRate } from './measures.ts';

/** Criteria of `mapping/gate`. */
export const MAPPING_GATE: readonly CriterionRule[] = [
  {
    id: 'mapping-valid',
    title: 'The mapping fits source and platform',
    measure: (facts) => {
      const problems = number(one(facts, 'mapping/check')['problems']);
      return {
        value: problems ?? null,
        threshold: 0,
        met: problems === 0,
        measuredBy: ['mapping/check'],
      };
    },
  },
  atLeast(
    'target-coverage',
    'Mandatory fields of the platform are mapped',
    'mapping/coverage',
    'target',
    (policy) => policy.targetCoverage,
  ),
  atLeast(
    'source-coverage',
    'Fields of the source are mapped or dropped with a reason',
    'mapping/coverage',
    'source',
    (policy) => policy.sourceCoverage,
  ),
  rejectRate(
    'simulated-reject-rate',
    'Rows that would be quarantined, of the worst dataset',
    (facts) => simulatedRates(facts),
  ),
  {
    id: 'mapping-confirmed',
    title: 'The data owner has confirmed this mapping',
    measure: (facts) => {
      const compiled = one(facts, 'mapping/compile')['hash'] ?? null;
      const confirmed = one(facts, 'mapping/confirm')['hash'] ?? null;
      return {
        value: confirmed,
        threshold: compiled,
        met: compiled !== null && confirmed === compiled,
        measuredBy: ['mapping/compile', 'mapping/confirm'],
      };
    },
  },
];

function simulatedRates(facts: GateFacts): [StepKey, number | undefined][] {
  const simulated = (one(facts, 'mapping/simulate')['datasets'] ?? {}) as JsonObject;
  return datasets(facts).map((id) => [
    'mapping/simulate',
    rate((simulated[id] ?? {}) as JsonObject),
  ]);
}
