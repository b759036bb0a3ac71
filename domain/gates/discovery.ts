import { judgeBaseline } from '../controls/c16-baseline.ts';
import type { CriterionRule } from './criterion.ts';
import { every, number, one } from './measures.ts';

/** Criteria of `discovery/gate`. */
export const DISCOVERY_GATE: readonly CriterionRule[] = [
  every(
    'sources-read-only',
    'Every database source is proven read-only',
    'discovery/connect',
    ({ manifest }) =>
      Object.keys(manifest.sources).filter((id) => manifest.sources[id]?.kind !== 'files'),
    (output) => output['readOnly'] === true,
  ),
  every(
    'files-taken-in',
    'Every source that is taken in is there, row by row',
    'discovery/intake',
    ({ manifest }) =>
      Object.keys(manifest.sources).filter((id) => manifest.sources[id]?.kind !== 'postgres'),
    (output) => number(output['rows']) !== undefined,
  ),
  every(
    'profiled',
    'Every column of every source is profiled',
    'discovery/profile',
    ({ manifest }) => Object.keys(manifest.sources),
    (output) => (number(output['columns']) ?? 0) > 0,
  ),
  {
    id: 'blockers',
    title: 'Findings that block are at most as many as the policy allows',
    measure: (facts) => {
      const blockers = number(one(facts, 'discovery/assess')['blockers']);
      const limit = facts.manifest.policy.maxBlockers;
      return {
        value: blockers ?? null,
        threshold: limit,
        met: blockers !== undefined && blockers <= limit,
        measuredBy: ['discovery/assess'],
      };
    },
  },
  {
    id: 'headcount',
    title: 'The people found agree with the declared headcount',
    measure: (facts) => {
      const output = one(facts, 'discovery/baseline');
      const declared = facts.manifest.department.headcount;
      const found = number(output['people']);
      const tolerance = facts.manifest.policy.headcountTolerance;
      // A department whose scope holds neither people nor posts has no headcount to find: the baseline says so.
      const measured = output['peopleMeasured'] !== false;
      const difference = found === undefined ? undefined : Math.abs(found - declared) / declared;
      return {
        value: measured ? (found ?? null) : 'not in scope',
        threshold: `${declared} within ${tolerance * 100} %`,
        met:
          Object.keys(output).length > 0 &&
          (!measured || (difference !== undefined && difference <= tolerance)),
        measuredBy: ['discovery/baseline'],
      };
    },
  },
  {
    id: 'cost-baseline',
    title: 'The cost of the service today is recorded (control C16)',
    measure: (facts) => {
      const { annualServiceCost } = one(facts, 'discovery/baseline');
      return {
        ...judgeBaseline({ annualServiceCost }),
        threshold: 'recorded',
        measuredBy: ['discovery/baseline'],
      };
    },
  },
];
