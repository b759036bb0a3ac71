import type { Control } from './control.ts';

/** One pay period of the parallel run, as its steps have measured it. */
export interface PeriodRun {
  readonly period: string;
  /** Has its verdict said anything? A verdict that was waived, or is still ahead, has measured nothing. */
  readonly judged: boolean;
  readonly clean: boolean;
  /** People with pay on either side; undefined when nobody counted them. */
  readonly population: number | undefined;
  /** People with pay on both sides. */
  readonly compared: number | undefined;
}

/** How many runs in a row are clean, and what is missing for enough of them. */
export interface CleanRuns {
  readonly inARow: number;
  readonly met: boolean;
  /** The runs that count: the clean ones at the end, without a gap. */
  readonly counting: readonly string[];
  /** One sentence per run that is missing or does not count. Empty when there are enough. */
  readonly missing: readonly string[];
}

/**
 * Why a run does not count as a clean comparison of everybody; undefined when it does. People are counted, not rounded:
 * 74,999 of 75,000 is not everybody, whatever a share of it is printed as.
 */
export function whyNotClean(run: PeriodRun): string | undefined {
  const { period, judged, clean, population, compared } = run;
  if (!judged) return `${period} has no verdict`;
  if (population === undefined || compared === undefined)
    return `${period}: nobody counted who was compared`;
  if (population === 0) return `${period}: nobody was paid`;
  if (compared !== population)
    return `${period}: ${compared} of ${population} people were compared`;
  return clean ? undefined : `${period} is not clean`;
}

/**
 * Counts the clean runs at the end of the periods (control C1). Periods behind the last verdict have not been run and are
 * left out; one without a verdict before it is a gap, not a pause: clean, missing, clean is not two in a row. Pure.
 * @param runs every period of the manifest, in order
 * @param needed how many have to be clean, one behind the other
 */
export function judgeCleanRuns(runs: readonly PeriodRun[], needed: number): CleanRuns {
  const last = runs.findLastIndex((run) => run.judged);
  const run = runs.slice(0, last + 1);
  const dirty = run.findLastIndex((each) => whyNotClean(each) !== undefined);
  const counting = run.slice(dirty + 1).map((each) => each.period);
  const inARow = counting.length;
  if (inARow >= needed && inARow > 0) return { inARow, met: true, counting, missing: [] };
  const reasons = run.flatMap((each) => whyNotClean(each) ?? []);
  const ahead = runs.slice(last + 1).map((each) => each.period);
  const wanted = Math.max(needed, 1) - inARow;
  const next =
    ahead.length < wanted
      ? `the manifest has ${ahead.length === 0 ? 'no period' : `only ${ahead.join(', ')}`} left for ${wanted} more clean in a row`
      : `${ahead.slice(0, wanted).join(', ')} must be clean as well`;
  return { inARow, met: false, counting, missing: [...reasons, next] };
}

/** Control C1. */
export const C01_CLEAN_RUNS: Control = {
  id: 'C1',
  title: 'Consecutive clean parallel runs of everybody',
  wentWrong:
    'Queensland Health skipped the full parallel pay run as too big, and Phoenix in Canada had none (Queensland Audit Office report 7 of 2010; Auditor General of Canada 2017-18).',
  rule: 'Cutover needs a number of consecutive clean pay periods (two unless the policy says more), each of which compared every person in scope.',
  refuses: [
    'A parallel run in which not everybody was compared: a sample, or 99.9 %.',
    'Clean periods with a dirty or missing one between them.',
    'A period whose verdict was waived.',
  ],
  codes: ['approval/red-criteria'],
  usedBy: ['parallel-run/verdict', 'parallel-run/gate'],
  evidence: ['comparison', 'variance-groups'],
};
