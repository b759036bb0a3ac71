import { resultsState } from '../dataplane/results.ts';
import { resultsFingerprint } from '../dataplane/results/fingerprint.ts';
import { compareResults } from '../dataplane/variance.ts';
import type { Comparison } from '../dataplane/variance.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import {
  absentElements,
  PROTECTED_WORDS,
  protectedElements,
} from '../domain/protected-elements.ts';
import { differencesOf, findComparison, replaceComparison } from '../store/comparisons.ts';
import { contentHash } from '../store/hashing.ts';
import { takeInAgain } from './intake.ts';
import { countingTolerances } from './parallel-run-tolerances.ts';
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
      [...waits.map((side) => `${side}: ${state[side].why}`), ...lateness(context)].join('; '),
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

/** Says of results that are not there when they were due: on the pay day, when people were paid by them. */
function lateness({ item, manifest }: StepContext): string[] {
  const payDay = manifest.payCalendar?.periods.find((period) => period.id === item)?.payDay;
  const today = new Date().toISOString().slice(0, 10);
  return payDay !== undefined && today > payDay ? [`late since the pay day, ${payDay}`] : [];
}

/** Results that come as files, or lie in MariaDB, are seen only when they are taken in again. */
async function takeInResults(context: StepContext): Promise<void> {
  const { parallelRun } = context.manifest;
  if ('notApplicable' in parallelRun) return;
  for (const { source, from, control } of [parallelRun.legacy, parallelRun.platform]) {
    const only = [from, ...(control === undefined ? [] : [control.from])];
    await takeInAgain(context, source, { only });
  }
  const { identifiers } = parallelRun;
  if (identifiers !== undefined)
    await takeInAgain(context, identifiers.source, { only: [identifiers.from] });
}

/**
 * Compares every person and element of a period. Its outcome takes the place of that of an earlier comparison, whose
 * explanations no longer count; when nothing changed since then, the earlier one stands and nothing is done.
 */
export const comparePeriod: StepBody = async (context) => {
  const { run, item, manifest, urls, work, database } = context;
  const tolerances = await countingTolerances(context);
  const places = await urls();
  const request = { manifest, urls: places, period: item };
  const { previous, next } = neighboursOf(manifest, item);
  const fingerprint = contentHash({
    results: await resultsFingerprint(request, work),
    parallelRun: manifest.parallelRun as unknown as Json,
    tolerances: tolerances as unknown as Json,
    neighbours: await Promise.all(
      [previous, next].map(async (period) =>
        period === undefined
          ? null
          : ((await findComparison(database, run.onboarding, period))?.fingerprint ?? null),
      ),
    ),
  });
  const before = await findComparison(database, run.onboarding, item);
  if (before?.fingerprint !== fingerprint) {
    await replaceComparison(database, run.onboarding, item, async (writer) => {
      const rules = { tolerances, protectedElements: new Set(protectedElements(manifest).keys()) };
      const comparison = await compareResults({ ...request, ...rules }, work, {
        variances: (batch) => writer.variances(batch),
        unmatched: (batch) => writer.unmatched(batch),
        neighbours: async (people) => {
          const of = async (period: string | undefined): Promise<Differences> =>
            period === undefined
              ? new Map()
              : await differencesOf(database, run.onboarding, period, people);
          const [earlier, later] = await Promise.all([of(previous), of(next)]);
          return new Map(
            people.map((person) => [
              person,
              {
                previous: earlier.get(person) ?? NOTHING,
                next: later.get(person) ?? NOTHING,
              },
            ]),
          );
        },
      });
      return { fingerprint, content: { ...comparison, tolerances } as unknown as Json };
    });
  }
  const stored = await findComparison(database, run.onboarding, item);
  if (stored === undefined)
    throw new SlipwayError('internal/unexpected', `period ${item} was not compared`);
  const { people, lines, classes, overTolerance, coverage, totals } =
    stored.content as unknown as Comparison;
  return {
    output: {
      population: people.both + people.missing + people.extra,
      compared: people.both,
      missing: people.missing,
      extra: people.extra,
      coverage,
      lines: lines.compared,
      variances: lines.compared - classes.equal,
      overTolerance,
      absent: absentElements(manifest, totals).map(
        ({ element, kind, side }) => `${element} (${PROTECTED_WORDS[kind]}), ${side}`,
      ),
    },
    evidence: [{ kind: 'comparison', content: stored.content }],
  };
};

type Differences = ReadonlyMap<string, ReadonlyMap<string, number>>;
const NOTHING: ReadonlyMap<string, number> = new Map();

/** The periods before and after one, of those that are compared. */
function neighboursOf(
  { parallelRun }: StepContext['manifest'],
  period: string,
): { readonly previous: string | undefined; readonly next: string | undefined } {
  const periods = 'notApplicable' in parallelRun ? [] : parallelRun.periods;
  const place = periods.indexOf(period);
  return { previous: periods[place - 1], next: periods[place + 1] };
}
