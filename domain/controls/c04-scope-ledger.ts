import type { Control } from './control.ts';

/** A scenario of pay that must not go untested, and the elements of pay it is recognised by. */
export interface Scenario {
  readonly id: string;
  readonly elements: readonly string[];
  /** Why nobody of the department is paid so. Refused when somebody is. */
  readonly notPresent?: string | undefined;
}

/** What a period holds of a scenario. A case is one person's pay of one of its elements. */
export interface ScenarioCases {
  /** Cases on either side. */
  readonly population: number;
  /** Cases that both sides have: only those can be compared. */
  readonly compared: number;
}

/** What one period counted, by scenario. */
export interface PeriodScenarios {
  readonly period: string;
  readonly scenarios: Readonly<Record<string, ScenarioCases>> | undefined;
}

/** The line of one scenario over all periods. */
export interface ScenarioLine {
  readonly id: string;
  /** Cases in all periods that were run. */
  readonly population: number;
  /** Compared cases in the clean periods that count. */
  readonly comparedClean: number;
  readonly met: boolean;
  /** What is missing, in words; empty when nothing is. */
  readonly missing: string;
}

/**
 * The scenarios of a manifest with what the periods hold of each (control C4). What no period has counted is not met:
 * nothing turns green for lack of evidence. Pure.
 * @param periods every period that has a verdict
 * @param counting the clean periods in a row that the decision rests on
 */
export function judgeScenarios(
  scenarios: readonly Scenario[],
  periods: readonly PeriodScenarios[],
  counting: readonly string[],
): ScenarioLine[] {
  return scenarios.map((scenario) => {
    const counted = periods.flatMap(({ period, scenarios: found }) => {
      const cases = found?.[scenario.id];
      return cases === undefined ? [] : [{ period, ...cases }];
    });
    const population = sum(counted.map((each) => each.population));
    const comparedClean = sum(
      counted.filter((each) => counting.includes(each.period)).map((each) => each.compared),
    );
    const missing = whatIsMissing(scenario, {
      uncounted: periods.filter((each) => each.scenarios?.[scenario.id] === undefined),
      ran: periods.length,
      population,
      comparedClean,
    });
    return { id: scenario.id, population, comparedClean, met: missing === '', missing };
  });
}

function whatIsMissing(
  { id, notPresent }: Scenario,
  found: {
    readonly uncounted: readonly PeriodScenarios[];
    readonly ran: number;
    readonly population: number;
    readonly comparedClean: number;
  },
): string {
  if (found.ran === 0) return `${id}: no period was run`;
  if (found.uncounted.length > 0)
    return `${id}: not counted in ${found.uncounted.map((each) => each.period).join(', ')}`;
  if (found.population === 0) return '';
  if (notPresent !== undefined)
    return `${id}: declared as not present, but there are ${found.population} cases`;
  return found.comparedClean > 0
    ? ''
    : `${id}: ${found.population} cases, none of them compared in a clean period`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** Control C4. */
export const C04_SCOPE_LEDGER: Control = {
  id: 'C4',
  title: 'Every scenario of pay that occurs was compared',
  wentWrong:
    'Phoenix in Canada dropped retroactive pay, and there was no test of the whole system (Auditor General of Canada 2017-18).',
  rule: 'Each scenario of the scope ledger that occurs in the population needs at least one compared case in a clean period.',
  refuses: [
    'A scenario that occurs and of which no case was on both sides in a clean period.',
    'A scenario that is declared as not present, and occurs.',
    'A period that did not count the scenarios.',
  ],
  codes: ['approval/red-criteria'],
  usedBy: ['parallel-run/verdict', 'parallel-run/gate'],
  evidence: ['scope-ledger'],
};
