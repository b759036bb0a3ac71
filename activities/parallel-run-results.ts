import { resultsState } from '../dataplane/results.ts';
import { compareResults } from '../dataplane/variance.ts';
import type { Comparison } from '../dataplane/variance.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import { forgetExplanations, replaceVariances } from '../store/variances.ts';
import { takeInAgain } from './intake.ts';
import type { StepBody, StepContext } from './step-activity.ts';

/** Waits for the pay results of both sides. Not there yet is an outage, not a failure: the engine looks again and again. */
export const awaitResults: StepBody = async (context) => {
  const { item, manifest, urls, work } = context;
  await takeInResults(context);
  const state = await resultsState({ manifest, urls: await urls(), period: item }, work);
  if (!state.complete) {
    const waits = (['legacy', 'platform'] as const).filter((side) => !state[side].complete);
    throw new SlipwayError(
      'results/incomplete',
      waits.map((side) => `${side}: ${state[side].why}`).join('; '),
    );
  }
  const { legacy, platform } = state;
  return {
    output: {
      legacyPeople: legacy.people,
      platformPeople: platform.people,
      legacyLines: legacy.lines,
      platformLines: platform.lines,
    },
  };
};

/** Results that come as files, or lie in MariaDB, are seen only when they are taken in again. */
async function takeInResults(context: StepContext): Promise<void> {
  const { parallelRun } = context.manifest;
  if ('notApplicable' in parallelRun) return;
  for (const { source, from, control } of [parallelRun.legacy, parallelRun.platform]) {
    const only = [from, ...(control === undefined ? [] : [control.from])];
    await takeInAgain(context, source, { only });
  }
}

/**
 * Compares every person and element of a period. The variances take the place of those of an earlier comparison, whose
 * explanations no longer count.
 */
export const comparePeriod: StepBody = async ({ run, item, manifest, urls, work, database }) => {
  const places = await urls();
  const { tolerances } = manifest.policy;
  let comparison: Comparison | undefined;
  let variances = 0;
  await forgetExplanations(database, run.onboarding, item);
  await replaceVariances(database, run.onboarding, item, async (add) => {
    comparison = await compareResults(
      { manifest, urls: places, period: item, tolerances },
      work,
      async (batch) => {
        variances += batch.length;
        await add(batch);
      },
    );
  });
  if (comparison === undefined)
    throw new SlipwayError('internal/unexpected', `period ${item} was not compared`);
  const { people, lines, overTolerance, coverage } = comparison;
  return {
    output: {
      population: people.both + people.missing + people.extra,
      compared: people.both,
      coverage,
      lines: lines.compared,
      variances,
      overTolerance,
    },
    evidence: [{ kind: 'comparison', content: { ...comparison, tolerances } as unknown as Json }],
  };
};
