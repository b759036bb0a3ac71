import { whyNotClean } from '../domain/controls/c01-clean-runs.ts';
import { number, text } from '../domain/gates/measures.ts';
import type { Json } from '../domain/json.ts';
import { scenarioCases } from '../store/scenario-cases.ts';
import { settleExplanations } from '../store/explanations.ts';
import { varianceGroups } from '../store/variances.ts';
import type { StepBody } from './step-activity.ts';

/**
 * Asks for an explanation of every signature of variances over tolerance. Waits while one is open; goes on by itself
 * when none is.
 */
export const explainPeriod: StepBody = async ({ run, item, manifest, database }) => {
  const { parallelRun } = manifest;
  const periods = 'notApplicable' in parallelRun ? [] : parallelRun.periods;
  const place = { period: item, previous: periods[periods.indexOf(item) - 1] };
  await settleExplanations(database, run.onboarding, place, run.explanations);
  const groups = await varianceGroups(database, run.onboarding, item);
  const over = groups.filter((group) => group.overTolerance);
  const open = over.filter((group) => group.openLines > 0);
  return {
    output: {
      signatures: groups.length,
      explained: over.length - open.length,
      carried: over.filter((group) => group.status === 'carried').length,
      open: open.length,
    },
    evidence: [
      { kind: 'variance-groups', content: { period: item, groups: groups as unknown as Json } },
    ],
    waits: open.length > 0,
  };
};

/** The verdict on a period: clean when everybody was compared and no variance over tolerance is open. */
export const judgePeriod: StepBody = async ({ run, item, manifest, outputs, database }) => {
  const all = await outputs();
  const compared = all.get(`parallel-run/compare/${item}`) ?? {};
  const explained = all.get(`parallel-run/explain/${item}`) ?? {};
  const reasons: string[] = [];
  const population = number(compared['population']);
  const both = number(compared['compared']);
  // A step that was waived has measured nothing, and what is not measured is not clean. Only whether everybody was compared
  // is asked here: whether the period is clean is what follows.
  const notEverybody = whyNotClean({
    period: item,
    judged: true,
    clean: true,
    population,
    compared: both,
  });
  if (notEverybody !== undefined) reasons.push(notEverybody);
  if (explained['open'] !== 0)
    reasons.push(`${text(explained['open'])} signatures of variances are open`);
  // An element that goes by another name would escape its tolerance of zero.
  const absent = compared['absent'];
  if (Array.isArray(absent) && absent.length > 0)
    reasons.push(`protected elements do not occur in the results: ${absent.join('; ')}`);
  const { parallelRun } = manifest;
  const scenarios =
    'notApplicable' in parallelRun
      ? {}
      : await scenarioCases(database, run.onboarding, item, parallelRun.scenarios);
  const clean = reasons.length === 0;
  return {
    output: {
      clean,
      reasons,
      population: population ?? null,
      compared: both ?? null,
      scenarios: (scenarios ?? null) as unknown as Json,
    },
    evidence: [
      {
        kind: 'scope-ledger',
        content: { period: item, clean, scenarios: (scenarios ?? null) as unknown as Json },
      },
    ],
  };
};
