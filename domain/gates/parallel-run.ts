import { judgeCleanRuns } from '../controls/c01-clean-runs.ts';
import type { CleanRuns } from '../controls/c01-clean-runs.ts';
import { judgeScenarios } from '../controls/c04-scope-ledger.ts';
import type { PeriodScenarios } from '../controls/c04-scope-ledger.ts';
import type { CriterionRule, GateFacts, Measure } from './criterion.ts';
import { number, one } from './measures.ts';

const verdictOf = (period: string): string => `parallel-run/verdict/${period}`;

function cleanRuns(facts: GateFacts, periods: readonly string[]): CleanRuns {
  const runs = periods.map((period) => {
    const verdict = one(facts, verdictOf(period));
    return {
      period,
      judged: Object.keys(verdict).length > 0,
      clean: verdict['clean'] === true,
      population: number(verdict['population']),
      compared: number(verdict['compared']),
    };
  });
  return judgeCleanRuns(runs, facts.manifest.policy.cleanPeriods);
}

/** Periods whose verdict has said something. */
function judged(facts: GateFacts, periods: readonly string[]): string[] {
  return periods.filter((period) => Object.keys(one(facts, verdictOf(period))).length > 0);
}

function notInScope(why: string): Measure {
  return { value: `not in scope: ${why}`, threshold: 'not in scope', met: true, measuredBy: [] };
}

/** Criteria of `parallel-run/gate`. */
export const PARALLEL_RUN_GATE: readonly CriterionRule[] = [
  {
    id: 'clean-periods',
    title: 'Enough consecutive pay periods are clean, with every person compared (control C1)',
    measure: (facts) => {
      const { parallelRun, policy } = facts.manifest;
      if ('notApplicable' in parallelRun) return notInScope(parallelRun.notApplicable);
      const { inARow, met, missing } = cleanRuns(facts, parallelRun.periods);
      return {
        value: met ? inARow : `${inARow}; ${missing.join('; ')}`,
        threshold: policy.cleanPeriods,
        met,
        measuredBy: judged(facts, parallelRun.periods).map(verdictOf),
      };
    },
  },
  {
    id: 'scope-ledger',
    title: 'Every scenario of pay that occurs was compared in a clean period (control C4)',
    measure: (facts) => {
      const { parallelRun } = facts.manifest;
      if ('notApplicable' in parallelRun) return notInScope(parallelRun.notApplicable);
      const { counting } = cleanRuns(facts, parallelRun.periods);
      const ran = judged(facts, parallelRun.periods);
      const lines = judgeScenarios(
        parallelRun.scenarios,
        ran.map((period) => ({
          period,
          scenarios: one(facts, verdictOf(period))['scenarios'] as PeriodScenarios['scenarios'],
        })),
        counting,
      );
      const missing = lines.filter((line) => !line.met);
      const occurring = lines.filter((line) => line.population > 0);
      return {
        value:
          missing.length === 0
            ? occurring.map(({ id, comparedClean }) => `${id}: ${comparedClean} compared`)
            : missing.map((line) => line.missing),
        threshold: 'none missing',
        met: missing.length === 0,
        measuredBy: ran.map(verdictOf),
      };
    },
  },
];
