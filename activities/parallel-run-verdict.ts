import { text } from '../domain/gates/measures.ts';
import type { Json } from '../domain/json.ts';
import { explainVariances, varianceGroups } from '../store/variances.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { StepBody } from './step-activity.ts';

/**
 * Asks for an explanation of every signature of variances over tolerance. Waits while one is open; goes on by itself
 * when none is.
 */
export const explainPeriod: StepBody = async ({ run, item, database }) => {
  const known = new Set(
    (await varianceGroups(database, run.onboarding, item)).map((group) => group.signature),
  );
  const unknown = run.explanations.filter((each) => !known.has(each.signature));
  if (unknown.length > 0) {
    throw new SlipwayError(
      'request/invalid',
      `period ${item} has no variances of the signature ${unknown.map((each) => each.signature).join(', ')}`,
    );
  }
  await explainVariances(database, run.onboarding, item, run.explanations);
  const groups = await varianceGroups(database, run.onboarding, item);
  const over = groups.filter((group) => group.overTolerance);
  const open = over.filter((group) => group.decision === null);
  return {
    output: { signatures: groups.length, explained: over.length - open.length, open: open.length },
    evidence: [
      { kind: 'variance-groups', content: { period: item, groups: groups as unknown as Json } },
    ],
    waits: open.length > 0,
  };
};

/** The verdict on a period: clean when everybody was compared and no variance over tolerance is open. */
export const judgePeriod: StepBody = async ({ item, outputs }) => {
  const all = await outputs();
  const compared = all.get(`parallel-run/compare/${item}`) ?? {};
  const explained = all.get(`parallel-run/explain/${item}`) ?? {};
  const reasons: string[] = [];
  // A step that was waived has measured nothing, and what is not measured is not clean.
  if (compared['coverage'] !== 1) {
    reasons.push(
      `${text(compared['compared'], '0')} of ${text(compared['population'], 'an unknown number of')} people were compared`,
    );
  }
  if (explained['open'] !== 0)
    reasons.push(`${text(explained['open'])} signatures of variances are open`);
  return { output: { clean: reasons.length === 0, reasons } };
};
